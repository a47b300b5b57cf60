import { describe, expect, it } from '@jest/globals';
import { TestScheduler } from 'rxjs/testing';
import { ticks } from './ticks.js';

describe('ticks', () => {
  it('emits the clock each period, how late it came and how long inputs waited', () => {
    const scheduler = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
    const clock = [1_000, 1_010, 1_027];
    const waits = [0, 3, 5];
    let read = 0;
    scheduler.run(({ expectObservable }) => {
      const source = ticks(
        () => clock[read++] ?? 0,
        10,
        () => waits[read - 1] ?? NaN,
        scheduler,
      );
      expectObservable(source, '^ 35ms !').toBe('10ms a 9ms b 9ms c', {
        a: { type: 'tick', nowMs: 1_000, loopDelayMs: 0, queueMs: 0 },
        b: { type: 'tick', nowMs: 1_010, loopDelayMs: 0, queueMs: 3 },
        c: { type: 'tick', nowMs: 1_027, loopDelayMs: 7, queueMs: 5 },
      });
    });
  });
});
