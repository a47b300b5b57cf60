import { ACCOUNT_EXCHANGES, type SimulatedExchange } from './listings.js';

/** How one exchange's books behave and what it charges. */
export interface ExchangeProfile {
  /** Taker and maker fee of every account, bps: what the signed fee endpoints serve. */
  readonly accountTakerBps: number;
  readonly accountMakerBps: number;
  /** Fee of the lowest tier, bps: what public metadata shows. */
  readonly publicTakerBps: number;
  readonly publicMakerBps: number;
  /** Share of the way to the true price taken in one step: 1 follows at once. */
  readonly follow: number;
  /** Standard deviation of the exchange's own deviation, bps. */
  readonly noiseBps: number;
  /** Ordinary distance of best ask and best bid, bps; never under one tick. */
  readonly spreadBps: number;
  /** Ordinary distance between neighbouring levels near the top, bps. */
  readonly spacingBps: number;
  /** What rests at the best level of BTC, USD. */
  readonly topUsd: number;
  /** Where the exchange's sequence numbers begin. */
  readonly firstSequence: number;
}

/** Every exchange. Fees are such that their ordinary differences never pay. */
export const PROFILES: Readonly<Record<SimulatedExchange, ExchangeProfile>> = {
  binance: {
    ...{ accountTakerBps: 7.5, accountMakerBps: 7.5, publicTakerBps: 10, publicMakerBps: 10 },
    ...{ follow: 0.9, noiseBps: 0.3, spreadBps: 0.1, spacingBps: 0.25, topUsd: 9_000, firstSequence: 98_494_969_448 },
  },
  okx: {
    ...{ accountTakerBps: 8, accountMakerBps: 6, publicTakerBps: 10, publicMakerBps: 8 },
    ...{ follow: 0.8, noiseBps: 0.4, spreadBps: 0.15, spacingBps: 0.3, topUsd: 7_000, firstSequence: 79_706_756_139 },
  },
  bybit: {
    ...{ accountTakerBps: 8, accountMakerBps: 6, publicTakerBps: 10, publicMakerBps: 10 },
    ...{ follow: 0.75, noiseBps: 0.45, spreadBps: 0.15, spacingBps: 0.3, topUsd: 6_500, firstSequence: 72_212_457 },
  },
  kraken: {
    ...{ accountTakerBps: 14, accountMakerBps: 8, publicTakerBps: 40, publicMakerBps: 25 },
    ...{ follow: 0.6, noiseBps: 0.7, spreadBps: 0.6, spacingBps: 0.45, topUsd: 3_500, firstSequence: 1 },
  },
  coinbase: {
    ...{ accountTakerBps: 25, accountMakerBps: 15, publicTakerBps: 120, publicMakerBps: 60 },
    ...{ follow: 0.85, noiseBps: 0.4, spreadBps: 0.2, spacingBps: 0.3, topUsd: 6_000, firstSequence: 1 },
  },
  bitget: {
    ...{ accountTakerBps: 10, accountMakerBps: 8, publicTakerBps: 20, publicMakerBps: 20 },
    ...{ follow: 0.7, noiseBps: 0.5, spreadBps: 0.2, spacingBps: 0.35, topUsd: 4_000, firstSequence: 711_330_212_481 },
  },
  gate: {
    ...{ accountTakerBps: 10, accountMakerBps: 9, publicTakerBps: 20, publicMakerBps: 20 },
    ...{ follow: 0.7, noiseBps: 0.5, spreadBps: 0.2, spacingBps: 0.35, topUsd: 3_500, firstSequence: 39_106_162_812 },
  },
  kucoin: {
    ...{ accountTakerBps: 10, accountMakerBps: 10, publicTakerBps: 10, publicMakerBps: 10 },
    ...{ follow: 0.7, noiseBps: 0.5, spreadBps: 0.2, spacingBps: 0.35, topUsd: 4_000, firstSequence: 14_701_689_783 },
  },
  cryptocom: {
    ...{ accountTakerBps: 50, accountMakerBps: 25, publicTakerBps: 50, publicMakerBps: 25 },
    ...{
      follow: 0.65,
      noiseBps: 0.6,
      spreadBps: 0.3,
      spacingBps: 0.4,
      topUsd: 3_000,
      firstSequence: 354_884_821_435_232,
    },
  },
  hyperliquid: {
    ...{ accountTakerBps: 7, accountMakerBps: 4, publicTakerBps: 7, publicMakerBps: 4 },
    ...{ follow: 0.6, noiseBps: 0.7, spreadBps: 0.3, spacingBps: 0.4, topUsd: 2_500, firstSequence: 1 },
  },
  htx: {
    ...{ accountTakerBps: 20, accountMakerBps: 20, publicTakerBps: 20, publicMakerBps: 20 },
    ...{ follow: 0.7, noiseBps: 0.5, spreadBps: 0.2, spacingBps: 0.35, topUsd: 3_500, firstSequence: 104_998_984_977 },
  },
  mexc: {
    ...{ accountTakerBps: 5, accountMakerBps: 0, publicTakerBps: 5, publicMakerBps: 0 },
    ...{ follow: 0.7, noiseBps: 0.5, spreadBps: 0.2, spacingBps: 0.35, topUsd: 3_500, firstSequence: 43_296_363_236 },
  },
  bitfinex: {
    ...{ accountTakerBps: 20, accountMakerBps: 10, publicTakerBps: 20, publicMakerBps: 10 },
    ...{ follow: 0.6, noiseBps: 0.6, spreadBps: 0.3, spacingBps: 0.4, topUsd: 3_000, firstSequence: 1 },
  },
};

/** Pairs of which an exchange charges less than of others: coinbase's stable pairs, as its fee table tells. */
const PAIR_TAKER_BPS: Readonly<Record<string, number>> = { 'coinbase:USDT/USD': 0.1 };

/**
 * Taker fees that a client pays, bps, by exchange: its account's where it can have one, else the lowest tier's; by
 * `exchange:symbol` where a pair has its own.
 */
export const TAKER_BPS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    Object.entries(PROFILES).map(([exchange, { accountTakerBps, publicTakerBps }]) => {
      const hasAccounts = (ACCOUNT_EXCHANGES as readonly string[]).includes(exchange);
      return [exchange, hasAccounts ? accountTakerBps : publicTakerBps];
    }),
  ),
  ...PAIR_TAKER_BPS,
};
