import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { Candidate, GateLimits, Leg } from './candidate.js';
import type { Gate } from './gate.js';
import type { IdentityVerdict } from '../identity/asset-identity.js';
import type { Conversion } from '../market/conversion.js';
import { crossRoute } from '../market/route.js';
import type { BookState, ExchangeState } from '../market/states.js';
import { OrderBook } from '../order-book/order-book.js';
import type { LadderWalk } from '../spread/ladder-walk.js';
import type { TransferWay } from '../transfer/transfer-desk.js';

/** What a gate may learn of one leg. */
export interface LegFacts {
  exchangeState: ExchangeState;
  bookState: BookState;
  doubt: string | null;
  /** No book at all, one that waits for its snapshot, or one to read. */
  book: 'none' | 'waiting' | 'usable';
  /** Best price of each side; null for an empty one. */
  bid: number | null;
  ask: number | null;
  asOfMs: number;
  changedAtMs: number;
  unit: number;
}

/** What a gate may learn beside the legs. */
export interface CaseFacts extends GateLimits {
  quote: string;
  nowMs: number;
  lateMs: number;
  minNetBps: number;
  usdPerQuote: number | null;
  minDwellMs: number;
  passedForMs: number;
  hasTwoQuotes: boolean;
  conversion: Conversion | null;
  identity: IdentityVerdict;
  transfer: TransferWay | null;
  walk: Pick<LadderWalk, 'size' | 'notional' | 'netBps'> & Partial<Pick<LadderWalk, 'isCapped'>>;
}

/** All that a gate could look at, as plain values that are independent of each other. */
export interface Facts extends CaseFacts {
  buy: LegFacts;
  sell: LegFacts;
}

/** A part of {@link Facts}. */
export type SomeFacts = Partial<CaseFacts> & { buy?: Partial<LegFacts>; sell?: Partial<LegFacts> };

const NOW_MS = 1_000_000;
const sound: LegFacts = {
  ...{ exchangeState: 'live', bookState: 'live', doubt: null, book: 'usable', bid: 99, ask: 100 },
  ...{ asOfMs: NOW_MS - 100, changedAtMs: NOW_MS - 200, unit: 1 },
};
export const conversion: Conversion = {
  ...{ from: 'USDC', to: 'USDT', rate: 0.999, maxAmount: 1_000_000, depegBps: null },
  steps: [{ exchange: 'okx', symbol: 'USDC/USDT', side: 'sell', price: 1, takerFeeBps: 10 }],
};
const way: TransferWay = { network: 'TRC20', fee: 1, min: 5, knownAtMs: NOW_MS - 60_000 };
const accepted: Facts = {
  buy: sound,
  sell: { ...sound, bid: 101, ask: 102 },
  ...{ quote: 'USDT', nowMs: NOW_MS, lateMs: 0, minNetBps: 5, usdPerQuote: 1, minDwellMs: 0, passedForMs: 0 },
  ...{ hasTwoQuotes: false, conversion: null, identity: { proof: 'contract', reason: 'one contract' }, transfer: way },
  walk: { size: 10, notional: 1_000, netBps: 80 },
  ...{ maxAgeMs: 3_000, maxQuietMs: 60_000, maxSkewMs: 2_000, maxLateMs: 250, minNotionalUsd: 100, maxNetBps: 1_000 },
  ...{ requireTransfer: false, maxNetworkAgeMs: 3_600_000 },
};

/** A candidate that every gate accepts, but for what a test names. */
export function candidate({ buy, sell, ...rest }: SomeFacts = {}): Candidate {
  return candidateOf({ ...accepted, ...rest, buy: { ...accepted.buy, ...buy }, sell: { ...accepted.sell, ...sell } });
}

function candidateOf(facts: Facts): Candidate {
  const legs = { buy: legOf('okx', facts.quote, facts.buy), sell: legOf('binance', facts.quote, facts.sell) };
  const walk = { isCapped: false, ...facts.walk, proceeds: 0, buyVwap: 0, sellVwap: 0, netProfit: 0 };
  return {
    ...facts,
    ...legs,
    route: crossRoute(legs.buy.instrument, legs.sell.instrument),
    limits: facts,
    conversion: () => facts.conversion,
    identity: () => facts.identity,
    transfer: () => facts.transfer,
    walk: () => ({ ...walk, buyLevels: 1, sellLevels: 1 }),
  };
}

function legOf(exchange: string, quote: string, { book, bid, ask, ...facts }: LegFacts): Leg {
  const instrument = { exchange, symbol: `BTC/${quote}` };
  const made = new OrderBook(instrument, 10);
  const side = (price: number | null): number[] => (price === null ? [] : [price, 1]);
  const frame = { v: 1, instrument, kind: 'snapshot', sequence: 1, exchangeTimeMs: 1, receivedAtMs: 1 } as const;
  if (book === 'usable') made.apply({ ...frame, bids: side(bid), asks: side(ask) });
  return {
    ...facts,
    instrument,
    book: book === 'none' ? undefined : made,
    takerFeeBps: 10,
    feeSource: 'market',
  };
}

const price = fc.option(fc.integer({ min: 95, max: 105 }));
const ms = (from: number, to: number): fc.Arbitrary<number> => fc.integer({ min: from, max: to });
const anyLeg: fc.Arbitrary<LegFacts> = fc.record({
  exchangeState: fc.constantFrom<ExchangeState>('connecting', 'live', 'degraded', 'down'),
  bookState: fc.constantFrom<BookState>('live', 'resyncing', 'stale', 'unavailable'),
  doubt: fc.constantFrom(null, 'crossed_book', 'sequence_gap'),
  book: fc.constantFrom('none', 'waiting', 'usable'),
  bid: price,
  ask: price,
  asOfMs: ms(NOW_MS - 6_000, NOW_MS),
  changedAtMs: ms(NOW_MS - 120_000, NOW_MS),
  unit: fc.constantFrom(1, 1_000),
});

/** Any candidate at all, its parts independent of each other. */
export const anyFacts: fc.Arbitrary<Facts> = fc.record({
  buy: anyLeg,
  sell: anyLeg,
  quote: fc.constantFrom('USDT', 'USDC', 'USD', 'KRW', 'BTC'),
  nowMs: ms(NOW_MS, NOW_MS + 3_000),
  lateMs: ms(0, 500),
  minNetBps: ms(-10, 100),
  usdPerQuote: fc.option(fc.double({ min: 0.5, max: 2, noNaN: true })),
  minDwellMs: ms(0, 300),
  passedForMs: ms(0, 300),
  hasTwoQuotes: fc.boolean(),
  conversion: fc.option(fc.constant(conversion)),
  identity: fc.constantFrom(accepted.identity, { proof: null, reason: 'nothing' }),
  transfer: fc.option(fc.record({ network: fc.constant('X'), fee: price, min: price, knownAtMs: fc.constant(NOW_MS) })),
  walk: fc.record({
    size: fc.constantFrom(0, 1, 200),
    notional: ms(0, 400),
    netBps: fc.oneof(ms(-9, 200), fc.constant(NaN)),
  }),
  maxAgeMs: ms(0, 6_000),
  maxQuietMs: ms(0, 120_000),
  maxSkewMs: ms(0, 6_000),
  maxLateMs: ms(0, 500),
  minNotionalUsd: ms(0, 400),
  maxNetBps: ms(0, 200),
  requireTransfer: fc.boolean(),
  maxNetworkAgeMs: ms(0, 100),
});

/** Asserts that a gate's word is the same for any two candidates that agree in what is named, whatever else differs. */
export function expectDependsOnlyOn(gate: Gate, legs: (keyof LegFacts)[], rest: (keyof CaseFacts)[]): void {
  fc.assert(
    fc.property(anyFacts, anyFacts, (one, other) => {
      const mixed = {
        ...taken(other, one, rest),
        buy: taken(other.buy, one.buy, legs),
        sell: taken(other.sell, one.sell, legs),
      };
      expect(gate.refuses(candidateOf(mixed))).toBe(gate.refuses(candidateOf(one)));
    }),
  );
}

/** Asserts that what a gate accepts it still accepts when something about it is made better. */
export function expectMonotone(gate: Gate, better: (facts: Facts, by: number) => Facts): void {
  fc.assert(
    fc.property(anyFacts, ms(0, 200), (facts, by) => {
      fc.pre(!gate.refuses(candidateOf(facts)));
      expect(gate.refuses(candidateOf(better(facts, by)))).toBe(false);
    }),
  );
}

/** The candidate of any facts. */
export const anyCandidate: fc.Arbitrary<Candidate> = anyFacts.map(candidateOf);

function taken<T extends object>(base: T, from: T, keys: (keyof T)[]): T {
  const mixed = { ...base };
  for (const key of keys) mixed[key] = from[key];
  return mixed;
}
