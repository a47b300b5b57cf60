import { type Life, type OpeningRecord, type OpportunityFigures, type Verdict, open } from './lifecycle.js';
import type { LegBook } from './opportunity.js';

/** When {@link opened} opened. */
export const START_MS = 1_000;

export const identity = {
  id: 'e-1-0',
  kind: 'cross',
  symbol: 'BTC/USDT',
  currency: 'USDT',
  routeId: 'r',
  epoch: 'e',
} as const;

/** What pays so much. */
export const figures = (netBps: number, size = 1): OpportunityFigures => ({
  legs: [],
  grossBps: netBps + 20,
  topNetBps: netBps,
  size,
  notional: 100,
  netProfit: netBps / 100,
  netBps,
  notionalUsd: 100,
  afterTransfer: null,
  conversion: null,
  identity: 'allowed',
  cappedBy: null,
});

/** A book that shows at which net bps it was copied. */
export const bookAt = (netBps: number): LegBook => ({
  ...{ exchange: `${netBps}`, symbol: 'BTC/USDT', bids: [], asks: [] },
});

/** The gates accept what pays so much. */
export const paying = (netBps: number, size = 1): Verdict => ({
  ...{ kind: 'accepted', figures: figures(netBps, size), books: () => [bookAt(netBps)] },
});

export const opening: OpeningRecord = { books: [bookAt(10)], gates: { late: { lateMs: 0, maxLateMs: 250 } } };

/** An opportunity that just opened at 10 bps. */
export const opened = (): Life => open(identity, figures(10), opening, START_MS).life as Life;
