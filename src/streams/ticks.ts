import { type Observable, type SchedulerLike, asyncScheduler, interval, map } from 'rxjs';
import type { TickEvent } from '../core/input/market-event.js';

/**
 * Emits the clock of detection at a steady period, with how late each tick came: a late one means that our own event
 * loop was busy, so what we saw meanwhile is old.
 *
 * @param nowMs - Our clock, epoch milliseconds.
 * @param periodMs - Time between two ticks.
 * @param queueMs - Longest wait of an input since the last tick; asked once a tick.
 * @param scheduler - Gives the time between ticks; virtual in tests.
 * @returns Ticks without end.
 */
export function ticks(
  nowMs: () => number,
  periodMs: number,
  queueMs: () => number,
  scheduler: SchedulerLike = asyncScheduler,
): Observable<TickEvent> {
  let lastMs: number | null = null;
  return interval(periodMs, scheduler).pipe(
    map(() => {
      const now = nowMs();
      const loopDelayMs = lastMs === null ? 0 : Math.max(0, now - lastMs - periodMs);
      lastMs = now;
      return { type: 'tick', nowMs: now, loopDelayMs, queueMs: queueMs() };
    }),
  );
}
