import type { Instrument } from '../../core/market/instrument.js';
import { splitName } from './market-names.js';

/** USD per contract of COIN-M futures: 100 for bitcoin, 10 for all others (binance's contract specifications). */
const COIN_M_USD = { BTC: 100, others: 10 };

/** A market of binance as its streams show it. */
export interface BinanceMarket {
  readonly instrument: Instrument;
  /** Futures number their frames by `pu`, spot by `U`. */
  readonly isFutures: boolean;
  /** Turns what the stream calls quantity into base. */
  readonly baseSize: (price: number, quantity: number) => number;
}

/** The part of a frame that tells markets apart. */
export interface BinanceFrame {
  /** Type of frame; spot's best bid and ask carry none. */
  readonly e?: string;
  /** Symbol. */
  readonly s?: string;
  /** Pair: COIN-M only. */
  readonly ps?: string;
  /** End of the frame before: futures' depth only. */
  readonly pu?: number;
}

/**
 * Tells which market a frame is of: COIN-M names the pair too, USD-M numbers its depth by `pu` and types its best bid and ask.
 *
 * @param frame - A depth or best bid and ask frame; others do not tell.
 * @returns The market; null where the frame does not tell it.
 */
export function binanceMarketOf(frame: BinanceFrame): BinanceMarket | null {
  const { e, s, ps, pu } = frame;
  if (s === undefined || (e !== undefined && e !== 'depthUpdate' && e !== 'bookTicker')) return null;
  if (ps !== undefined) return coinMargined(s, ps);
  const symbol = splitName(s);
  if (symbol === null) return null;
  const isFutures = e === 'bookTicker' || pu !== undefined;
  const quote = symbol.slice(symbol.indexOf('/') + 1);
  return {
    instrument: isFutures ? { exchange: 'binanceusdm', symbol: `${symbol}:${quote}` } : { exchange: 'binance', symbol },
    isFutures,
    baseSize: (_price, quantity) => quantity,
  };
}

// BTCUSD_PERP, or BTCUSD_240927 for one that is delivered.
function coinMargined(name: string, pair: string): BinanceMarket | null {
  const symbol = splitName(pair);
  if (symbol === null) return null;
  const base = symbol.slice(0, symbol.indexOf('/'));
  const term = name.slice(name.indexOf('_') + 1);
  const usd = base === 'BTC' ? COIN_M_USD.BTC : COIN_M_USD.others;
  return {
    instrument: { exchange: 'binancecoinm', symbol: `${symbol}:${base}${term === 'PERP' ? '' : `-${term}`}` },
    isFutures: true,
    baseSize: (price, quantity) => (quantity * usd) / price,
  };
}
