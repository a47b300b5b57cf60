import { describe, expect, it } from '@jest/globals';
import type { RefusalCount } from '../../core/gates/refusal-reason.js';
import { V } from '../messages.js';
import { RefusalCounts } from './refusal-counts.js';

const count = (entries: number, lastAtMs: number): RefusalCount => ({
  ...{ routeId: 'cross:okx:BTC/USDT>kraken:BTC/USDT', symbol: 'BTC/USDT', buyExchange: 'okx', sellExchange: 'kraken' },
  ...{ reason: 'stale', entries, durationMs: entries * 10, lastAtMs, measured: { buyAgeMs: lastAtMs } },
});

describe('RefusalCounts', () => {
  it('keeps the newest counts of each run and adds the runs up', () => {
    const counts = new RefusalCounts();
    counts.take({ v: V, epoch: 'a', entered: [{ entered: 2, refusal: count(2, 5) }] });
    counts.take({ v: V, epoch: 'a', entered: [{ entered: 1, refusal: count(3, 9) }] });
    counts.take({ v: V, epoch: 'b', entered: [{ entered: 4, refusal: count(4, 7) }] });
    expect(counts.all()).toEqual([{ ...count(3, 9), entries: 7, durationMs: 70 }]);
  });

  it('tells once what was entered, with the sums', () => {
    const counts = new RefusalCounts();
    counts.take({ v: V, epoch: 'a', entered: [{ entered: 2, refusal: count(2, 5) }] });
    counts.take({ v: V, epoch: 'b', entered: [{ entered: 1, refusal: count(1, 6) }] });
    expect(counts.takeEntered()).toEqual([{ entered: 3, refusal: { ...count(1, 6), entries: 3, durationMs: 30 } }]);
    expect(counts.takeEntered()).toEqual([]);
  });

  it('counts nothing as entered that was only told again', () => {
    const counts = new RefusalCounts();
    counts.take({ v: V, epoch: 'a', entered: [{ entered: 0, refusal: count(2, 5) }] });
    expect(counts.takeEntered()).toEqual([]);
    expect(counts.all()).toHaveLength(1);
  });

  it('forgets the runs that spoke longest ago', () => {
    const counts = new RefusalCounts();
    for (let run = 0; run < 40; run++) {
      counts.take({ v: V, epoch: `e${run}`, entered: [{ entered: 1, refusal: count(1, run) }] });
    }
    expect(counts.all()[0]?.entries).toBe(32);
  });
});
