import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DetectionInput } from '../input/market-event.js';
import type { Instrument } from '../market/instrument.js';
import { assetOf, conversionAssets } from '../sharding/assets.js';
import { DetectorRig, detectorSettings, paying } from './detector-rig.js';

const own = (bench: DetectorRig, assets: string[] | null): void => {
  bench.feed({ type: 'ownership', assets, atMs: bench.nowMs });
};

describe('Detector, which of several', () => {
  it('judges nothing that it does not own, and looks at once at what it is given', () => {
    const bench = new DetectorRig();
    own(bench, []);
    bench
      .exchange('okx')
      .exchange('binance')
      .book('okx', [99.9, 50], [100, 50])
      .book('binance', [100.5, 40], [100.6, 40]);
    bench.wait(1_100).wait(1_100);
    expect(bench.events).toEqual([]);
    expect(bench.candles).toEqual([]);
    expect(bench.refused()).toEqual({});
    own(bench, ['BTC']);
    expect(bench.events.map(({ event }) => event)).toEqual(['opened']);
  });

  it('closes with "shutdown" what it gives up, and does not go on counting', () => {
    const bench = paying();
    own(bench, ['ETH']);
    expect(bench.events.map(({ event, opportunity }) => [event, opportunity.closeReason])).toEqual([
      ['opened', null],
      ['closed', 'shutdown'],
    ]);
    bench.book('okx', [99.9, 50], [100, 50]).wait(100);
    expect(bench.events).toHaveLength(2);
    own(bench, null);
    expect(bench.events).toHaveLength(3);
  });

  it('keeps what stays with it', () => {
    const bench = paying();
    own(bench, ['ETH', 'BTC']);
    expect(bench.events).toHaveLength(1);
    expect(bench.detector.lives()).toHaveLength(1);
  });
});

const EXCHANGES = ['okx', 'binance'] as const;
const SYMBOLS = ['BTC/USDT', 'BTC/USDC', 'USDC/USDT', '1000BTC/USDT', 'NEIRO/USDT', 'NEIRO/BTC', 'USDT/USD'] as const;
const ASSETS = ['BTC', 'NEIRO', 'USDC', 'USDT'] as const;
const settings = {
  ...detectorSettings,
  limits: { ...detectorSettings.limits, maxNetBps: 4_000, minNotionalUsd: 0, maxAgeMs: 10_000, maxSkewMs: 10_000 },
  identity: { ...detectorSettings.identity, allow: [...detectorSettings.identity.allow, 'NEIRO'] },
};
const SCALES: Readonly<Record<string, number>> = {
  ...{ 'USDC/USDT': 0.01, 'USDT/USD': 0.01, '1000BTC/USDT': 1_000, 'NEIRO/BTC': 0.01 },
};

const move = fc.record({
  passed: fc.constantFrom(0, 1, 15, 100, 400, 11_000),
  exchange: fc.constantFrom(...EXCHANGES),
  symbol: fc.constantFrom(...SYMBOLS),
  bid: fc.integer({ min: 98, max: 103 }),
  width: fc.integer({ min: 0, max: 3 }),
  fault: fc.constantFrom(...Array.from({ length: 12 }, () => null), 'resyncing', 'unavailable', 'down'),
});
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

function logOf(moves: readonly Move[]): { log: readonly DetectionInput[]; endMs: number } {
  const bench = new DetectorRig(settings);
  for (const exchange of EXCHANGES) for (const symbol of SYMBOLS) bench.exchange(exchange, symbol, 1);
  for (const { passed, exchange, symbol, bid, width, fault } of moves) {
    // Time passes by ticks, as it does in a service: rates are looked up once in each.
    bench.wait(passed);
    const atMs = bench.nowMs;
    const scale = SCALES[symbol] ?? 1;
    if (fault === 'down') bench.feed({ type: 'exchange', exchange, state: 'down', clockOffsetMs: 0, atMs });
    else if (fault)
      bench.feed({ type: 'bookState', instrument: { exchange, symbol }, state: fault, reason: 'x', atMs });
    else {
      bench.exchange(exchange, symbol, 1);
      bench.book(exchange, [bid * scale, 90], [(bid + width) * scale, 90], symbol);
    }
    bench.feed({ type: 'tick', nowMs: atMs, loopDelayMs: 0, queueMs: 0 });
  }
  return { log: bench.log, endMs: bench.nowMs + 5 };
}

function instrumentOf(input: DetectionInput): Instrument | null {
  if (input.type === 'book') return input.update.instrument;
  return input.type === 'bookState' || input.type === 'fee' ? input.instrument : null;
}

/** Ids hold the position in the log; what a quote is worth in USD is up to a second old, by who asked for it last. */
const INCOMPARABLE: ReadonlySet<string> = new Set(['id', 'notionalUsd', 'usdPerQuote']);
const comparable = (key: string, value: unknown): unknown => (INCOMPARABLE.has(key) ? null : value);

/** What one detector decides of a log, of which it sees its own books and those that convert. */
function decided(log: readonly DetectionInput[], endMs: number, assets: readonly string[] | null): string[] {
  const bench = new DetectorRig(settings);
  const seen = assets && new Set([...assets, ...conversionAssets(EXCHANGES, SYMBOLS)]);
  own(bench, assets && [...assets]);
  for (const input of log) {
    const instrument = instrumentOf(input);
    if (instrument && seen && !seen.has(assetOf(instrument.exchange, instrument.symbol))) continue;
    bench.nowMs = Math.max(bench.nowMs, input.type === 'tick' ? input.nowMs : 0);
    bench.feed(input);
  }
  bench.detector.shutdown(endMs);
  const events = bench.events.map(({ event, opportunity }) => [event, opportunity]);
  const refusals = bench.detector.refusals();
  return [...events, ...refusals, ...bench.minutes, ...bench.candles]
    .map((one) => JSON.stringify(one, comparable))
    .sort();
}

describe('detectors that share the assets out', () => {
  it('together find, refuse and sample exactly what one alone does', () => {
    const split = fc.array(fc.boolean(), { minLength: ASSETS.length, maxLength: ASSETS.length });
    let found = 0;
    fc.assert(
      fc.property(fc.array(move, { minLength: 60, maxLength: 120 }), split, (moves, sides) => {
        const { log, endMs } = logOf(moves);
        const alone = decided(log, endMs, null);
        const [one, other] = [true, false].map((side) => ASSETS.filter((_, index) => sides[index] === side));
        const together = [...decided(log, endMs, one ?? []), ...decided(log, endMs, other ?? [])].sort();
        expect(together).toEqual(alone);
        found += alone.filter((text) => text.startsWith('["opened"')).length;
      }),
    );
    expect(found).toBeGreaterThan(100);
  });
});
