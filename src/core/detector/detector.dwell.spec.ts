import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DetectorRig } from './detector-rig.js';
import { detectorSettings, paying } from './detector-rig.js';

const dwelling = { ...detectorSettings, minDwellMs: 100 };
const gone = (bench: DetectorRig): DetectorRig => bench.book('binance', [99.8, 40], [100.2, 40]);
const back = (bench: DetectorRig): DetectorRig => bench.book('binance', [100.5, 40], [100.6, 40]);
const later = (bench: DetectorRig, ms: number): DetectorRig => {
  bench.nowMs += ms;
  return bench;
};

describe('Detector with a least dwell', () => {
  it('opens only what has passed every gate for so long', () => {
    const bench = paying(dwelling);
    expect(bench.events).toEqual([]);
    bench.wait(99);
    expect(bench.events).toEqual([]);
    bench.wait(1);
    expect(bench.events).toMatchObject([{ event: 'opened', opportunity: { openedAtMs: 1_000_100 } }]);
    expect(bench.refused()).toEqual({});
  });

  it('counts what did not live through it once, with the time that it passed', () => {
    const bench = paying(dwelling);
    back(later(bench, 40));
    gone(later(bench, 30));
    expect(bench.detector.refusals()).toMatchObject([
      { reason: 'flicker', entries: 1, durationMs: 70, measured: { passedForMs: 70, minDwellMs: 100 } },
    ]);
    back(later(bench, 50));
    bench.wait(99);
    expect(bench.events).toEqual([]);
    gone(later(bench, 0));
    expect(bench.refused()).toEqual({ flicker: 2 });
  });

  it('begins again when another gate turns it away meanwhile', () => {
    const bench = paying(dwelling);
    bench.wait(60);
    bench.feed({ type: 'tick', nowMs: bench.nowMs, loopDelayMs: 999, queueMs: 0 });
    expect(bench.refused()).toEqual({ flicker: 1, late: 1 });
    bench.wait(60);
    expect(bench.events).toEqual([]);
    bench.wait(100);
    expect(bench.events).toHaveLength(1);
  });

  it('asks no dwell of what is open, and none of it is a flicker', () => {
    const bench = paying(dwelling).wait(100);
    gone(bench).wait(100);
    back(bench).wait(100);
    gone(bench).wait(300);
    expect(bench.events.map(({ event }) => event)).toEqual(['opened', 'closed']);
    expect(bench.refused()).toEqual({});
  });

  it('asks it anew after the longest age, and counts none of that age as a flicker', () => {
    const aged = { ...dwelling, lifecycle: { ...dwelling.lifecycle, maxOpenMs: 1_000 } };
    const bench = paying(aged);
    for (let i = 0; i < 11; i++) bench.wait(100);
    expect(bench.events.at(-1)?.opportunity.closeReason).toBe('max_age');
    gone(later(bench, 10));
    expect(bench.refused()).toEqual({});
    back(bench).wait(100);
    expect(bench.events.at(-1)?.event).toBe('opened');
  });

  it('opens again at once where no dwell is asked', () => {
    const aged = { ...detectorSettings, lifecycle: { ...detectorSettings.lifecycle, maxOpenMs: 1_000 } };
    const bench = paying(aged).wait(1_000).wait(100);
    expect(bench.events.map(({ event }) => event)).toEqual(['opened', 'closed', 'opened']);
    expect(bench.refused()).toEqual({});
  });

  it('asks to be woken when a dwell is over, and opens then without a tick', () => {
    const bench = paying(dwelling);
    expect(bench.detector.dueAtMs).toBe(1_000_100);
    const due = (ms: number): void => {
      later(bench, ms).feed({ type: 'due', atMs: bench.nowMs });
    };
    due(99);
    expect([bench.events.length, bench.detector.dueAtMs]).toEqual([0, 1_000_100]);
    due(1);
    expect(bench.events).toMatchObject([{ event: 'opened', opportunity: { openedAtMs: 1_000_100 } }]);
    expect(bench.detector.dueAtMs).toBe(Infinity);
  });

  it('wants to be woken for the first of those that dwell, and not for what is open or was broken off', () => {
    const bench = paying(dwelling);
    later(bench, 30).exchange('gate').book('gate', [100.7, 40], [100.8, 40]);
    expect(bench.detector.dueAtMs).toBe(1_000_100);
    gone(later(bench, 30));
    later(bench, 40).feed({ type: 'due', atMs: bench.nowMs });
    expect(bench.events).toEqual([]);
    expect(bench.detector.dueAtMs).toBe(1_000_130);
    later(bench, 30).feed({ type: 'due', atMs: bench.nowMs });
    expect(bench.events.map(({ opportunity }) => opportunity.routeId)).toEqual(['cross:okx:BTC/USDT>gate:BTC/USDT']);
    // What went away on binance pays the other way round since then.
    expect(bench.detector.dueAtMs).toBe(1_000_160);
    later(bench, 30).feed({ type: 'due', atMs: bench.nowMs });
    expect(bench.events).toHaveLength(2);
    expect(bench.detector.dueAtMs).toBe(Infinity);
    later(bench, 1).book('okx', [99.9, 50], [100, 51]);
    expect(bench.detector.dueAtMs).toBe(Infinity);
  });

  it('is never woken where no dwell is asked', () => {
    expect(paying().detector.dueAtMs).toBe(Infinity);
  });

  it('opens nothing sooner than the dwell, and loses nothing: every passing time opens or is counted', () => {
    const step = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 90 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const bench = gone(paying(dwelling));
        const start = bench.refused()['flicker'] ?? 0;
        let [since, flickers]: [number | null, number] = [null, start];
        for (const [pays, passed] of steps) {
          const isOpen = bench.detector.lives().length > 0;
          (pays ? back : gone)(bench);
          if (pays) since ??= bench.nowMs;
          else if (since !== null && !isOpen) flickers += 1;
          if (!pays) since = null;
          const opens = bench.events.filter(({ event }) => event === 'opened').length;
          bench.wait(passed);
          if (bench.events.filter(({ event }) => event === 'opened').length > opens) {
            expect(bench.nowMs - (since ?? NaN)).toBeGreaterThanOrEqual(100);
          }
        }
        expect(bench.refused()['flicker'] ?? 0).toBe(flickers);
      }),
    );
  });
});
