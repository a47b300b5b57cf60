import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DetectorRig, detectorSettings } from './detector-rig.js';
import type { DetectionInput } from '../input/market-event.js';

const EXCHANGES = ['okx', 'binance', 'gate'] as const;
const SYMBOLS = ['BTC/USDT', 'BTC/USDC', 'USDC/USDT', '1000BTC/USDT', 'NEIRO/USDT'] as const;
const settings = {
  ...{ ...detectorSettings, minDwellMs: 20, capByBalance: true, maxNotionalUsd: 50_000 },
  limits: { ...detectorSettings.limits, maxNetBps: 4_000, minNotionalUsd: 1 },
};

type Untimed<T> = T extends DetectionInput ? Omit<T, 'atMs'> : never;
const instrument = fc.record({ exchange: fc.constantFrom(...EXCHANGES), symbol: fc.constantFrom(...SYMBOLS) });
const asset = fc.constantFrom('BTC', 'NEIRO', 'USDT', '1000BTC');
const exchange = fc.constantFrom(...EXCHANGES);
const network = fc.record({
  ...{ network: fc.constantFrom('ERC20', 'BSC'), contract: fc.option(fc.constantFrom('0x1', '0x2')) },
  ...{ deposit: fc.constantFrom(true, false, null), withdraw: fc.constantFrom(true, false, null) },
  ...{ withdrawFee: fc.option(fc.constantFrom(0.1, 2)), withdrawMin: fc.option(fc.constantFrom(1, 50)) },
});
const input: fc.Arbitrary<Untimed<DetectionInput>> = fc.oneof(
  fc.record({
    type: fc.constant('bookState'),
    instrument,
    state: fc.constantFrom('live', 'live', 'live', 'resyncing', 'unavailable'),
    reason: fc.constantFrom('removed', 'sequence_gap', 'crossed_book'),
  }),
  fc.record({
    ...{ type: fc.constant('exchange'), exchange, clockOffsetMs: fc.option(fc.constantFrom(0, 40)) },
    state: fc.constantFrom('live', 'live', 'degraded', 'down'),
  }),
  fc.record({ type: fc.constant('alive'), exchange, symbols: fc.subarray([...SYMBOLS]) }),
  fc.record({
    ...{ type: fc.constant('fee'), instrument, source: fc.constantFrom('account', 'default') },
    takerFeeBps: fc.constantFrom(-1, 0, 10),
  }),
  fc.record({ type: fc.constant('due') }),
  fc.record({ type: fc.constant('asset'), exchange, asset, networks: fc.array(network, { maxLength: 2 }) }),
  fc.record({ type: fc.constant('balance'), exchange, asset, free: fc.option(fc.constantFrom(0, 3, 1e6)) }),
  fc.record({
    ...{ type: fc.constant('identity'), asset, verdict: fc.constantFrom('allow', 'deny', 'clear') },
    ...{ exchanges: fc.option(fc.constant(['okx', 'gate'] as const)), evidence: fc.constant('seen') },
  }),
);
const move = fc.record({
  passed: fc.constantFrom(0, 1, 15, 100, 700, 61_000),
  book: instrument,
  bid: fc.integer({ min: 98, max: 103 }),
  width: fc.integer({ min: -1, max: 3 }),
  other: fc.option(input),
  delayMs: fc.constantFrom(0, 0, 0, 400),
});

/** A day at the markets that knows every kind of input. */
function first(moves: readonly (typeof move extends fc.Arbitrary<infer T> ? T : never)[]): DetectorRig {
  const bench = new DetectorRig(settings);
  for (const id of EXCHANGES) for (const symbol of SYMBOLS) bench.exchange(id, symbol, 1);
  for (const { passed, book, bid, width, other, delayMs } of moves) {
    bench.nowMs += passed;
    // One dollar is about another, and a thousand coins cost about a thousand times as much.
    const scale = { 'USDC/USDT': 0.01, '1000BTC/USDT': 1_000 }[book.symbol as string] ?? 1;
    bench.book(book.exchange, [bid * scale, 90], [(bid + width) * scale, 90], book.symbol);
    if (other) bench.feed({ ...other, atMs: bench.nowMs } as DetectionInput);
    bench.feed({ type: 'tick', nowMs: bench.nowMs, loopDelayMs: delayMs, queueMs: delayMs / 2 });
  }
  bench.detector.shutdown(bench.nowMs + 5);
  return bench;
}
const told = ({ events, minutes, candles, detector }: DetectorRig): string =>
  JSON.stringify({ events, minutes, candles, refusals: detector.refusals(), identities: detector.identities() });

describe('Detector, whatever is put into its log', () => {
  const moves = fc.array(move, { minLength: 5, maxLength: 60 });

  it('decides the same, byte for byte, from the same log', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const bench = first(all);
        const second = new DetectorRig(settings);
        for (const each of bench.log) second.feed(JSON.parse(JSON.stringify(each)) as DetectionInput);
        second.detector.shutdown(bench.nowMs + 5);
        expect(told(second)).toBe(told(bench));
      }),
    );
  });

  it('decides the same whoever asks it for explanations meanwhile', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const bench = first(all);
        const asked = new DetectorRig(settings);
        for (const each of bench.log) {
          asked.feed(each);
          for (const symbol of SYMBOLS) {
            asked.detector.explain({ exchange: 'okx', symbol }, { exchange: 'gate', symbol: SYMBOLS[0] });
          }
          asked.detector.identities();
          asked.detector.refusals();
        }
        asked.detector.shutdown(bench.nowMs + 5);
        expect(told(asked)).toBe(told(bench));
      }),
    );
  });

  it('opens and closes each opportunity once, in order, and leaves none open', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const bench = first(all);
        const lives = new Map<string, string[]>();
        for (const { event, opportunity } of bench.events) {
          const steps = lives.get(opportunity.id) ?? [];
          lives.set(opportunity.id, [...steps, event]);
          expect(opportunity.revision).toBe(steps.length + 1);
          expect(opportunity.epoch).toBe('e');
        }
        for (const steps of lives.values()) {
          expect(steps.join(' ')).toMatch(/^opened( updated)* closed$/);
        }
        expect(bench.detector.lives()).toEqual([]);
      }),
    );
  });

  it('tells minutes whose sums are the totals', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const bench = first(all);
        for (const { routeId, reason, entries, durationMs } of bench.detector.refusals()) {
          const rows = bench.minutes.filter((row) => row.routeId === routeId && row.reason === reason);
          expect(rows.reduce((sum, row) => sum + row.entries, 0)).toBe(entries);
          expect(rows.reduce((sum, row) => sum + row.durationMs, 0)).toBeCloseTo(durationMs, 6);
        }
      }),
    );
  });

  it('opens only what its own figures say pays', () => {
    fc.assert(
      fc.property(moves, (all) => {
        for (const { event, opportunity } of first(all).events) {
          if (event === 'closed') continue;
          expect(opportunity.netBps).toBeGreaterThanOrEqual(event === 'opened' ? 5 : 4);
          expect(opportunity.netBps).toBeLessThanOrEqual(4_000);
          expect(opportunity.netProfit).toBeCloseTo((opportunity.netBps * opportunity.notional) / 10_000, 6);
          expect(opportunity.notionalUsd ?? opportunity.notional).toBeLessThanOrEqual(50_000 * (1 + 1e-9));
          expect(opportunity.legs[0]?.exchange).not.toBe(opportunity.legs[1]?.exchange);
        }
      }),
    );
  });
});
