/** Assets in which others are quoted, so that `BTCUSDT` can be taken apart; the longest that fits wins. */
const QUOTES = [
  ...['USDT', 'USDC', 'FDUSD', 'TUSD', 'PYUSD', 'USDG', 'DAI', 'USD', 'EUR', 'GBP', 'JPY', 'KRW', 'TRY', 'BRL'],
  ...['AUD', 'CAD', 'CHF', 'BTC', 'ETH', 'BNB', 'SOL'],
];

/**
 * Takes a market's name apart that has no sign between its assets.
 *
 * @param name - For example `btcusdt`.
 * @returns `BTC/USDT`; null where no known quote ends the name.
 */
export function splitName(name: string): string | null {
  const upper = name.toUpperCase();
  let found = '';
  for (const quote of QUOTES) {
    // Nothing is quoted as a price of the dollar: USDTUSD is USDT/USD, and not USD/TUSD.
    const isWhole = upper === quote || upper === `USD${quote}`;
    if (upper.endsWith(quote) && !isWhole && quote.length > found.length) found = quote;
  }
  return found === '' ? null : `${upper.slice(0, -found.length)}/${found}`;
}

/** Names of networks as exchanges' pages write them, by ccxt's code. */
const NETWORKS: Readonly<Record<string, readonly string[]>> = {
  ADA: ['Cardano'],
  ALGO: ['Algorand'],
  APT: ['Aptos'],
  ARBONE: ['Arbitrum One'],
  ATOM: ['Cosmos'],
  AVAXC: ['AVAX C-Chain', 'Avalanche C-Chain'],
  AVAXX: ['Avalanche', 'Avalanche X-Chain'],
  BASE: ['Base'],
  BCH: ['Bitcoin Cash', 'BitcoinCash'],
  BEP20: ['BNB Smart Chain (BEP20)', 'BSC'],
  BTC: ['Bitcoin'],
  CHZ: ['Chiliz Chain (CAP20)', 'Chiliz Chain', 'Chiliz 2.0 Chain'],
  DOGE: ['dogecoin', 'Dogecoin'],
  DOT: ['Polkadot'],
  ERC20: ['Ethereum (ERC20)', 'ERC20', 'Ethereum'],
  ETC: ['Ethereum Classic'],
  FIL: ['Filecoin'],
  HBAR: ['Hedera Hashgraph', 'Hedera'],
  ICP: ['Internet Computer', 'Dfinity'],
  LIGHTNING: ['Lightning Network', 'Lightning'],
  LTC: ['Litecoin'],
  MATIC: ['Polygon POS', 'Polygon'],
  NEAR: ['NEAR Protocol', 'NEAR'],
  NEO3: ['NEO N3', 'N3'],
  OPTIMISM: ['Optimism'],
  SOL: ['Solana'],
  STARKNET: ['Starknet'],
  STX: ['Stacks', 'l-Stacks'],
  SUI: ['Sui', 'SUI'],
  TON: ['The Open Network', 'TON'],
  TRC20: ['Tron (TRC20)', 'TRC20'],
  XLM: ['Stellar Network', 'Stellar Lumens'],
  XRP: ['XRP Ledger', 'Ripple'],
  XTZ: ['Tezos'],
  ZKSYNCERA: ['zkSync Era'],
};
const CODES = new Map(Object.entries(NETWORKS).flatMap(([code, names]) => names.map((name) => [name, code])));

/**
 * Gives a network the code that all exchanges share.
 *
 * @param name - As an exchange's page writes it.
 * @returns ccxt's code; the name in capitals where the table has none, so that equal names still meet.
 */
export function networkCode(name: string): string {
  return CODES.get(name) ?? name.toUpperCase();
}
