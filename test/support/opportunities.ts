import type { Opportunity, OpportunityEvent } from '../../src/core/opportunity/opportunity.js';
import { ScriptedFeed } from './scripted-feed.js';

/** Time of the first opportunity of a test, epoch ms with a fraction as our clock has it. */
export const OPENED_AT_MS = 1_795_000_000_000.125;

/** An open opportunity with figures that no rounding leaves as they are. */
export function opportunity(overrides: Partial<Opportunity> = {}): Opportunity {
  const openedAtMs = overrides.openedAtMs ?? OPENED_AT_MS;
  const leg = { symbol: 'BTC/USDT', size: 0.1 + 0.2, takerFeeBps: 10, sequence: 991, receivedAtMs: openedAtMs - 0.75 };
  return {
    id: 'epoch1-1',
    kind: 'cross',
    state: 'open',
    symbol: 'BTC/USDT',
    legs: [
      { ...leg, side: 'buy', exchange: 'okx', vwap: 64_010.2, feeSource: 'account', exchangeTimeMs: 1_794_999_999_988 },
      { ...leg, side: 'sell', exchange: 'kraken', vwap: 64_205.9, feeSource: 'default', exchangeTimeMs: null },
    ],
    grossBps: 33.1,
    topNetBps: 13.000000000000004,
    size: 0.1 + 0.2,
    notional: 19_203.06,
    netProfit: 1e-9,
    netBps: 10.54,
    currency: 'USDT',
    notionalUsd: null,
    routeId: 'cross:okx:BTC/USDT>kraken:BTC/USDT',
    epoch: 'epoch1',
    revision: 1,
    afterTransfer: { netProfit: -0.1, network: 'TRC20', feeAmount: 1e-7, minAmount: null, knownAtMs: openedAtMs - 5 },
    conversion: {
      from: 'USDC',
      to: 'USDT',
      rate: 0.9998,
      maxAmount: 50_000,
      steps: [{ exchange: 'kraken', symbol: 'USDC/USDT', side: 'sell', price: 0.9999, takerFeeBps: 1 }],
      depegBps: null,
    },
    identity: 'contract',
    cappedBy: 'sellBalance',
    openedAtMs,
    updatedAtMs: openedAtMs,
    closedAtMs: null,
    closeReason: null,
    peakNetBps: 12,
    peakSize: 0.7 + 0.1,
    aboveMs: 0.1 + 0.7,
    standing: false,
    detectedAtMs: openedAtMs + 0.25,
    ...overrides,
  };
}

/** The books of an opening. */
export const BOOKS: NonNullable<Opportunity['books']> = {
  opening: [
    { exchange: 'okx', symbol: 'BTC/USDT', bids: [[64_009.1, 0.4]], asks: [[64_009.9, 1e-8]] },
    { exchange: 'kraken', symbol: 'BTC/USDT', bids: [[64_206.3, 0.3]], asks: [[64_207, 5]] },
  ],
};

/** What the gates measured at an opening. */
export const GATES: NonNullable<Opportunity['gates']> = {
  stale: { buyAgeMs: 12.5, sellAgeMs: 0.1 + 0.2, maxAgeMs: 3_000 },
  identity: { evidence: 'contract', network: null },
};

/** The same without its books and measures, as lists and updates show it. */
export function withoutDetails(one: Opportunity): Opportunity {
  const copy: { -readonly [key in keyof Opportunity]: Opportunity[key] } = { ...one };
  delete copy.books;
  delete copy.gates;
  return copy;
}

/** A feed of opportunities that a test drives by hand; keeps what is open as a real one does. */
export class DrivenFeed extends ScriptedFeed {
  constructor(epoch = 'epoch1') {
    super(epoch);
  }

  override open(): readonly Opportunity[] {
    return [...this.live.values()].map(withoutDetails);
  }

  opens(one: Opportunity): Opportunity {
    return this.tell('opened', { books: BOOKS, gates: GATES, ...one });
  }

  updates(one: Opportunity, changes: Partial<Opportunity> = {}): Opportunity {
    return this.tell('updated', withoutDetails({ ...one, revision: one.revision + 1, ...changes }));
  }

  closes(one: Opportunity, changes: Partial<Opportunity> = {}): Opportunity {
    const closing = { state: 'closed', closeReason: 'collapsed', closedAtMs: one.updatedAtMs, ...changes } as const;
    return this.tell('closed', { ...withoutDetails(one), revision: one.revision + 1, ...closing });
  }

  private tell(event: OpportunityEvent['event'], one: Opportunity): Opportunity {
    this.emit({ v: 1, event, opportunity: one });
    return one;
  }
}
