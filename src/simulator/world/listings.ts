import type { ExchangeId } from '../../core/market/instrument.js';

/** A spot pair as one exchange lists it. */
export interface Listing {
  readonly exchange: ExchangeId;
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** The pair's name in that exchange's market data. */
  readonly wireId: string;
  /** The tick is one unit of the last decimal. */
  readonly priceDecimals: number;
  /** The lot is one unit of the last decimal. */
  readonly sizeDecimals: number;
}

/** The exchanges that are played. */
export const SIMULATED_EXCHANGES = ['binance', 'okx', 'bybit', 'kraken'] as const;

/** One of the exchanges that are played. */
export type SimulatedExchange = (typeof SIMULATED_EXCHANGES)[number];

type Decimals = readonly [price: number, size: number];

// Ticks and lots as the exchanges have them for these pairs; binance and bybit list no pair against the dollar itself.
const DECIMALS: Record<SimulatedExchange, Record<string, Decimals>> = {
  binance: {
    'BTC/USDT': [2, 5],
    'ETH/USDT': [2, 4],
    'SOL/USDT': [2, 3],
    'XRP/USDT': [4, 1],
    'ADA/USDT': [4, 1],
    'DOGE/USDT': [5, 0],
    'LTC/USDT': [2, 3],
    'BTC/USDC': [2, 5],
    'ETH/USDC': [2, 4],
    'USDC/USDT': [4, 0],
  },
  okx: {
    'BTC/USDT': [1, 8],
    'ETH/USDT': [2, 6],
    'SOL/USDT': [2, 6],
    'XRP/USDT': [4, 6],
    'ADA/USDT': [4, 6],
    'DOGE/USDT': [5, 6],
    'LTC/USDT': [2, 6],
    'BTC/USDC': [1, 8],
    'ETH/USDC': [2, 6],
    'BTC/USD': [1, 8],
    'ETH/USD': [2, 6],
    'USDT/USD': [4, 6],
    'USDC/USDT': [4, 6],
    'USDC/USD': [4, 6],
  },
  bybit: {
    'BTC/USDT': [1, 6],
    'ETH/USDT': [2, 5],
    'SOL/USDT': [2, 3],
    'XRP/USDT': [4, 2],
    'ADA/USDT': [4, 2],
    'DOGE/USDT': [5, 1],
    'LTC/USDT': [2, 5],
    'BTC/USDC': [1, 6],
    'ETH/USDC': [2, 5],
    'USDC/USDT': [4, 2],
  },
  kraken: {
    'BTC/USDT': [1, 8],
    'ETH/USDT': [2, 8],
    'SOL/USDT': [2, 8],
    'XRP/USDT': [5, 8],
    'ADA/USDT': [6, 8],
    'DOGE/USDT': [7, 8],
    'LTC/USDT': [2, 8],
    'BTC/USDC': [1, 8],
    'ETH/USDC': [2, 8],
    'BTC/USD': [1, 8],
    'ETH/USD': [2, 8],
    'USDT/USD': [5, 8],
    'USDC/USDT': [4, 8],
    'USDC/USD': [4, 8],
  },
};

/** Every symbol that at least one exchange lists. */
export const SIMULATED_SYMBOLS: readonly string[] = [
  ...new Set(SIMULATED_EXCHANGES.flatMap((exchange) => Object.keys(DECIMALS[exchange]))),
];

/** Lists the pairs of one exchange, limited to `symbols` when given. */
export function listingsOf(exchange: SimulatedExchange, symbols?: readonly string[]): readonly Listing[] {
  return Object.entries(DECIMALS[exchange])
    .filter(([symbol]) => symbols?.includes(symbol) ?? true)
    .map(([symbol, [priceDecimals, sizeDecimals]]) => {
      const [base = '', quote = ''] = symbol.split('/');
      return { exchange, symbol, base, quote, wireId: wireId(exchange, base, quote), priceDecimals, sizeDecimals };
    });
}

function wireId(exchange: SimulatedExchange, base: string, quote: string): string {
  switch (exchange) {
    case 'binance':
    case 'bybit':
      return `${base}${quote}`;
    case 'okx':
      return `${base}-${quote}`;
    case 'kraken':
      return `${base}/${quote}`;
  }
}
