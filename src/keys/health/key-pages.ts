/** Where an owner manages API keys, by exchange; the exchanges' own pages. */
const PAGES: Readonly<Record<string, string>> = {
  binance: 'https://www.binance.com/en/my/settings/api-management',
  okx: 'https://www.okx.com/account/my-api',
  bybit: 'https://www.bybit.com/app/user/api-management',
  bitget: 'https://www.bitget.com/account/newapi',
  htx: 'https://www.htx.com/apikey/',
  bitfinex: 'https://setting.bitfinex.com/api',
  kraken: 'https://pro.kraken.com/app/settings/api',
  coinbase: 'https://portal.cdp.coinbase.com/access/api',
  gate: 'https://www.gate.com/myaccount/profile/api-key/manage',
  kucoin: 'https://www.kucoin.com/account/api',
  gemini: 'https://exchange.gemini.com/settings/api',
  deribit: 'https://www.deribit.com/account/BTC/API',
  upbit: 'https://upbit.com/mypage/open_api_management',
  mexc: 'https://www.mexc.com/user/openapi',
  cryptocom: 'https://crypto.com/exchange/user/settings/api-management',
  hyperliquid: 'https://app.hyperliquid.xyz/API',
};

/** The page where an exchange's API keys are managed, null where it is not known. */
export function keyPage(exchange: string): string | null {
  return PAGES[exchange] ?? null;
}
