/** Where an owner manages API keys, by exchange; the exchanges' own pages. */
const PAGES: Readonly<Record<string, string>> = {
  binance: 'https://www.binance.com/en/my/settings/api-management',
  okx: 'https://www.okx.com/account/my-api',
  bybit: 'https://www.bybit.com/app/user/api-management',
  kraken: 'https://pro.kraken.com/app/settings/api',
};

/** The page where an exchange's API keys are managed, null where it is not known. */
export function keyPage(exchange: string): string | null {
  return PAGES[exchange] ?? null;
}
