import { EMPTY, type Observable, type SchedulerLike, asyncScheduler, map, switchMap, timer } from 'rxjs';
import type { DueEvent } from '../core/input/market-event.js';

/** A timer of the system may come this much early. */
const EARLY_MS = 1;

/**
 * Wakes detection when something is to be decided between two ticks.
 *
 * @param dueAtMs$ - When that is, our clock; the newest holds, Infinity for nothing.
 * @param nowMs - Our clock, epoch milliseconds.
 * @param scheduler - Gives the time until then; virtual in tests.
 * @returns One entry of the input log for each time that came.
 */
export function dues(
  dueAtMs$: Observable<number>,
  nowMs: () => number,
  scheduler: SchedulerLike = asyncScheduler,
): Observable<DueEvent> {
  return dueAtMs$.pipe(
    switchMap((dueAtMs) =>
      dueAtMs === Infinity ? EMPTY : timer(Math.max(0, Math.ceil(dueAtMs - nowMs())) + EARLY_MS, scheduler),
    ),
    map(() => ({ type: 'due', atMs: nowMs() })),
  );
}
