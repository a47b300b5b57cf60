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

/** Exchanges with accounts and signed endpoints; their books always move, and dislocations are planned on them alone. */
export const ACCOUNT_EXCHANGES = ['binance', 'okx', 'bybit', 'kraken'] as const;

/** Exchanges with public market data only; their books stand still while nobody is connected, so they cost nothing. */
export const PUBLIC_EXCHANGES = [
  'coinbase',
  'bitget',
  'gate',
  'kucoin',
  'cryptocom',
  'hyperliquid',
  'htx',
  'mexc',
  'bitfinex',
] as const;

/** The exchanges that are played; later ones come last, so that a seed keeps what it gave the earlier ones. */
export const SIMULATED_EXCHANGES = [...ACCOUNT_EXCHANGES, ...PUBLIC_EXCHANGES] as const;

/** Exchanges of which keys alone are played: they have no books here. */
export const KEYS_ONLY_EXCHANGES = ['gemini', 'deribit', 'upbit'] as const;

/** Every exchange that answers at all, with books or without. */
export const DESK_EXCHANGES = [...SIMULATED_EXCHANGES, ...KEYS_ONLY_EXCHANGES] as const;

/** Exchanges at which API keys can be made. */
export const KEYED_EXCHANGES = [
  ...ACCOUNT_EXCHANGES,
  ...(['coinbase', 'kucoin', 'gate', 'bitget', 'htx', 'bitfinex', 'mexc', 'cryptocom'] as const),
  ...KEYS_ONLY_EXCHANGES,
] as const;

/** One of the exchanges at which API keys can be made. */
export type KeyedExchange = (typeof KEYED_EXCHANGES)[number];

/** One of the exchanges with accounts. */
export type AccountExchange = (typeof ACCOUNT_EXCHANGES)[number];

/** One of the exchanges that are played. */
export type SimulatedExchange = (typeof SIMULATED_EXCHANGES)[number];

/** One of the exchanges that answer. */
export type DeskExchange = (typeof DESK_EXCHANGES)[number];

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
  coinbase: {
    'BTC/USDT': [2, 8],
    'ETH/USDT': [2, 8],
    'SOL/USDT': [2, 8],
    'XRP/USDT': [4, 6],
    'DOGE/USDT': [5, 1],
    'BTC/USD': [2, 8],
    'ETH/USD': [2, 8],
    'USDT/USD': [5, 2],
  },
  bitget: {
    'BTC/USDT': [2, 6],
    'ETH/USDT': [2, 4],
    'SOL/USDT': [2, 4],
    'XRP/USDT': [4, 4],
    'ADA/USDT': [4, 3],
    'DOGE/USDT': [5, 4],
    'LTC/USDT': [2, 4],
    'BTC/USDC': [2, 6],
    'ETH/USDC': [2, 4],
    'USDC/USDT': [4, 4],
  },
  gate: {
    'BTC/USDT': [1, 6],
    'ETH/USDT': [2, 4],
    'SOL/USDT': [2, 3],
    'XRP/USDT': [4, 2],
    'ADA/USDT': [4, 2],
    'DOGE/USDT': [5, 1],
    'LTC/USDT': [2, 3],
    'BTC/USDC': [1, 6],
    'ETH/USDC': [2, 4],
    'USDC/USDT': [4, 2],
  },
  kucoin: {
    'BTC/USDT': [1, 8],
    'ETH/USDT': [2, 7],
    'SOL/USDT': [3, 4],
    'XRP/USDT': [5, 4],
    'ADA/USDT': [4, 2],
    'DOGE/USDT': [5, 4],
    'LTC/USDT': [2, 6],
    'BTC/USDC': [1, 8],
    'ETH/USDC': [2, 7],
    'USDC/USDT': [4, 4],
  },
  cryptocom: {
    'BTC/USDT': [2, 5],
    'ETH/USDT': [2, 4],
    'ADA/USDT': [5, 0],
    'LTC/USDT': [3, 3],
    'BTC/USD': [2, 5],
    'ETH/USD': [2, 4],
  },
  // Five significant digits of price, and decimals of price and size together at most eight.
  hyperliquid: {
    'BTC/USDC': [0, 5],
    'ETH/USDC': [1, 4],
  },
  htx: {
    'BTC/USDT': [2, 6],
    'ETH/USDT': [2, 4],
    'SOL/USDT': [4, 4],
    'XRP/USDT': [5, 2],
    'ADA/USDT': [6, 4],
    'DOGE/USDT': [6, 2],
    'LTC/USDT': [2, 4],
    'USDC/USDT': [4, 4],
  },
  mexc: {
    'BTC/USDT': [2, 8],
    'ETH/USDT': [2, 5],
    'SOL/USDT': [2, 2],
    'XRP/USDT': [4, 2],
    'ADA/USDT': [4, 2],
    'DOGE/USDT': [5, 2],
    'LTC/USDT': [2, 4],
    'BTC/USDC': [2, 8],
    'ETH/USDC': [2, 5],
    'USDC/USDT': [4, 2],
  },
  // Five significant digits of price.
  bitfinex: {
    'BTC/USDT': [0, 8],
    'ETH/USDT': [1, 8],
    'SOL/USDT': [2, 8],
    'XRP/USDT': [4, 8],
    'ADA/USDT': [5, 8],
    'DOGE/USDT': [6, 8],
    'LTC/USDT': [3, 8],
    'BTC/USD': [0, 8],
    'ETH/USD': [1, 8],
    'USDT/USD': [4, 8],
  },
};

// Spot pairs are known by their index there.
const HYPERLIQUID_COINS: Readonly<Record<string, string>> = { BTC: '@142', ETH: '@151' };

const joined = (base: string, quote: string): string => `${base}${quote}`;
const dashed = (base: string, quote: string): string => `${base}-${quote}`;
const underscored = (base: string, quote: string): string => `${base}_${quote}`;

const WIRE_IDS: Readonly<Record<SimulatedExchange, (base: string, quote: string) => string>> = {
  binance: joined,
  okx: dashed,
  bybit: joined,
  kraken: (base, quote) => `${base}/${quote}`,
  coinbase: dashed,
  bitget: joined,
  gate: underscored,
  kucoin: dashed,
  cryptocom: underscored,
  hyperliquid: (base, quote) => HYPERLIQUID_COINS[base] ?? `${base}/${quote}`,
  htx: (base, quote) => joined(base, quote).toLowerCase(),
  mexc: joined,
  // A code of more than three letters is set apart.
  bitfinex: (base, quote) => {
    const code = BITFINEX_CODES[base] ?? base;
    return `t${code}${code.length > 3 ? ':' : ''}${BITFINEX_CODES[quote] ?? quote}`;
  },
};

/** What bitfinex calls assets that others call otherwise. */
export const BITFINEX_CODES: Readonly<Record<string, string>> = { USDT: 'UST', USDC: 'UDC' };

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
      return { exchange, symbol, base, quote, wireId: WIRE_IDS[exchange](base, quote), priceDecimals, sizeDecimals };
    });
}

/** What is copied: nearly every exchange lists it. */
const COPIED = 'ETH/USDT';
const COPY = /^C\d+$/;

/** Lists copies of one exchange's ETH/USDT under the bases `C01`, `C02` …; none where it is not listed. */
export function copiesOf(exchange: SimulatedExchange, count: number): readonly Listing[] {
  return listingsOf(exchange, [COPIED]).flatMap((listing) =>
    Array.from({ length: count }, (_, index) => {
      const base = `C${String(index + 1).padStart(2, '0')}`;
      const wireId = WIRE_IDS[exchange](base, listing.quote);
      return { ...listing, symbol: `${base}/${listing.quote}`, base, wireId };
    }),
  );
}

/** The asset by whose price one moves: that which it is a copy of, or itself. */
export function assetBehind(code: string): string {
  return COPY.test(code) ? 'ETH' : code;
}
