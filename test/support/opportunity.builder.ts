import type { Opportunity, OpportunityEvent } from '../../src/core/opportunity/opportunity.js';

const leg = {
  symbol: 'BTC/USDT',
  vwap: 64_010.2,
  size: 0.75,
  takerFeeBps: 10,
  feeSource: 'account',
  exchangeTimeMs: 1_795_000_000_000,
  receivedAtMs: 1_795_000_000_012.5,
  sequence: 991,
} as const;

/** An open opportunity; name only what a test is about. */
export function opportunity(part: Partial<Opportunity> = {}): Opportunity {
  return {
    id: 'o1',
    kind: 'cross',
    state: 'open',
    symbol: 'BTC/USDT',
    legs: [
      { ...leg, side: 'buy', exchange: 'okx' },
      { ...leg, side: 'sell', exchange: 'binance', vwap: 64_205.9 },
    ],
    grossBps: 33.1,
    topNetBps: 13,
    size: 0.75,
    notional: 48_007.65,
    netProfit: 50.61,
    netBps: 10.54,
    currency: 'USDT',
    notionalUsd: 48_010.1,
    routeId: 'cross:okx:BTC/USDT>binance:BTC/USDT',
    epoch: 'e1',
    revision: 1,
    afterTransfer: null,
    conversion: null,
    identity: 'allowed',
    cappedBy: null,
    openedAtMs: 1_795_000_000_013,
    updatedAtMs: 1_795_000_000_013,
    closedAtMs: null,
    closeReason: null,
    peakNetBps: 12,
    peakSize: 0.75,
    aboveMs: 0,
    standing: false,
    detectedAtMs: 1_795_000_000_013,
    ...part,
  };
}

/** Books as they come with `opened`. */
export const openingBooks = {
  opening: [{ exchange: 'okx', symbol: 'BTC/USDT', bids: [[64_009.1, 0.4]], asks: [[64_009.9, 0.3]] }],
} as const;

/** What the gates measured, as it comes with `opened`. */
export const openingGates = { stale: { buyAgeMs: 12.5, maxAgeMs: 3_000 } } as const;

export function opened(part: Partial<Opportunity> = {}): OpportunityEvent {
  return { v: 1, event: 'opened', opportunity: opportunity({ books: openingBooks, gates: openingGates, ...part }) };
}

export function updated(part: Partial<Opportunity> = {}): OpportunityEvent {
  return { v: 1, event: 'updated', opportunity: opportunity({ revision: 2, ...part }) };
}

export function closed(part: Partial<Opportunity> = {}): OpportunityEvent {
  const end = { state: 'closed', closeReason: 'collapsed', closedAtMs: 1_795_000_001_000, revision: 3 } as const;
  return { v: 1, event: 'closed', opportunity: opportunity({ ...end, ...part }) };
}
