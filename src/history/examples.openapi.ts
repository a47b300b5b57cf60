const ROUTE = {
  routeId: 'cross:okx:BTC/USDT>kraken:BTC/USDT',
  symbol: 'BTC/USDT',
  buyExchange: 'okx',
  sellExchange: 'kraken',
};

const LEG = { symbol: 'BTC/USDT', size: 0.75, takerFeeBps: 10, receivedAtMs: 1_795_000_000_012.5 };

const OPPORTUNITY = {
  id: 'mwrsv6lc-4b53d120-17',
  kind: 'cross',
  state: 'closed',
  symbol: 'BTC/USDT',
  legs: [
    {
      ...{ ...LEG, side: 'buy', exchange: 'okx', vwap: 64_010.2, feeSource: 'account' },
      ...{ exchangeTimeMs: 1_795_000_000_000, sequence: 991 },
    },
    {
      ...{ ...LEG, side: 'sell', exchange: 'kraken', vwap: 64_205.9, feeSource: 'default' },
      ...{ exchangeTimeMs: null, sequence: null },
    },
  ],
  grossBps: 33.1,
  topNetBps: 13,
  size: 0.75,
  notional: 48_007.65,
  netProfit: 50.61,
  netBps: 10.54,
  currency: 'USDT',
  notionalUsd: 48_010.1,
  routeId: ROUTE.routeId,
  epoch: 'mwrsv6lc-4b53d120',
  revision: 4,
  afterTransfer: null,
  conversion: null,
  identity: 'contract',
  cappedBy: null,
  openedAtMs: 1_795_000_000_013.125,
  updatedAtMs: 1_795_000_001_900.5,
  closedAtMs: 1_795_000_002_013.25,
  closeReason: 'collapsed',
  peakNetBps: 12,
  peakSize: 0.8,
  aboveMs: 2_000.125,
  standing: false,
  detectedAtMs: 1_795_000_000_013.5,
};

const CANDLE = { openBps: -3.5, highBps: 1.25, lowBps: -4.125, closeBps: 0.3, grossBps: 20.3, samples: 10 };
const WHOLE = { nextCursor: null, hasMore: false };
const PERCENTILES = { p5: 5.1, p25: 6.2, p50: 8, p75: 11.4, p95: 21.9, p99: 40 };

/** Answers as they look, by route. */
export const EXAMPLES = {
  opportunities: {
    data: [OPPORTUNITY],
    nextCursor: 'WzEsIi1vcGVuZWRBdCIsMTc5NTAwMDAwMDAxMy4xMjUsImEiXQ',
    hasMore: true,
  },
  opportunity: {
    ...OPPORTUNITY,
    gates: { stale: { buyAgeMs: 12.5, sellAgeMs: 30, maxAgeMs: 3_000 } },
    books: {
      opening: [
        { exchange: 'okx', symbol: 'BTC/USDT', bids: [[64_009.1, 0.4]], asks: [[64_009.9, 0.8]] },
        { exchange: 'kraken', symbol: 'BTC/USDT', bids: [[64_206.3, 0.9]], asks: [[64_207, 5]] },
      ],
    },
    series: { interval: '1s', points: [{ startMs: 1_795_000_000_000, ...CANDLE }] },
  },
  samples: { data: [{ atMs: 1_795_000_000_000, ...ROUTE, netBps: 0.3, grossBps: 20.3 }], ...WHOLE },
  candles: { data: [{ startMs: 1_795_000_000_000, ...ROUTE, ...CANDLE, aboveMs: 250.5 }], ...WHOLE },
  matrix: {
    data: [
      {
        ...{ buyExchange: 'okx', sellExchange: 'kraken', routeId: ROUTE.routeId },
        ...{ netBps: 0.3, grossBps: 20.3, ageMs: 412.5 },
      },
    ],
    ...WHOLE,
    symbol: 'BTC/USDT',
    atMs: 1_795_000_001_412.5,
    interval: '1s',
    exchanges: ['kraken', 'okx'],
  },
  refusals: {
    data: [
      {
        ...{ minuteMs: 1_794_999_960_000, epoch: 'mwrsv6lc-4b53d120', ...ROUTE },
        ...{ reason: 'too_thin', entries: 17, durationMs: 940.5 },
      },
    ],
    ...WHOLE,
  },
  stats: {
    symbol: 'BTC/USDT',
    fromMs: 1_794_960_000_000,
    toMs: 1_795_046_400_000,
    opportunities: {
      count: 120,
      open: 1,
      netBps: PERCENTILES,
      durationMs: { p5: 80, p25: 240, p50: 900, p75: 2_400, p95: 9_000, p99: 31_000 },
      durationHistogram: [
        { fromMs: 0, toMs: 100, count: 9 },
        { fromMs: 3_600_000, toMs: null, count: 0 },
      ],
    },
    arbitrageIndex: {
      interval: '1m',
      days: [{ dayMs: 1_794_960_000_000, index: 1.00042, maxIndex: 1.0061, moments: 1_440, symbols: 1 }],
    },
  },
} as const;
