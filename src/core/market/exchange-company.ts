import type { ExchangeId } from './instrument.js';

/** ccxt's ids of markets that belong to one company and share its listings. */
const COMPANY: Readonly<Record<string, string>> = {
  binanceusdm: 'binance',
  binancecoinm: 'binance',
  krakenfutures: 'kraken',
  kucoinfutures: 'kucoin',
  coinbaseexchange: 'coinbase',
  coinbaseinternational: 'coinbase',
  okxus: 'okx',
};

/**
 * @param exchange - ccxt id.
 * @returns The id under which all of the company's markets are one.
 */
export function companyOf(exchange: ExchangeId): ExchangeId {
  return COMPANY[exchange] ?? exchange;
}
