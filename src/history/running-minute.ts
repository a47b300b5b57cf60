import type { RefusalCount, RefusalMinute } from '../core/gates/refusal-reason.js';

const MINUTE_MS = 60_000;

interface Told {
  readonly minuteMs: number;
  /** Of that minute. */
  readonly entries: number;
  readonly durationMs: number;
  /** Of all minutes before it. */
  readonly entriesBefore: number;
  readonly durationBeforeMs: number;
}

/**
 * Works out the minute that is not over yet: what was counted since the start of the run, less what was told minute by
 * minute. Bounded by routes × reasons, as the counts are.
 */
export class RunningMinute {
  private readonly told = new Map<string, Told>();

  /** Takes in minutes that are over; one that is told again replaces what was told of it. */
  take(minutes: readonly RefusalMinute[]): void {
    for (const { routeId, reason, minuteMs, entries, durationMs } of minutes) {
      const key = `${routeId} ${reason}`;
      const last = this.told.get(key);
      const isAgain = last?.minuteMs === minuteMs;
      this.told.set(key, {
        minuteMs,
        entries,
        durationMs,
        entriesBefore: (last?.entriesBefore ?? 0) + (last && !isAgain ? last.entries : 0),
        durationBeforeMs: (last?.durationBeforeMs ?? 0) + (last && !isAgain ? last.durationMs : 0),
      });
    }
  }

  /**
   * @param counts - What was counted since the start of the run.
   * @param epoch - The run.
   * @returns What was not told yet, in the minute in which it was last seen.
   */
  of(counts: readonly RefusalCount[], epoch: string): RefusalMinute[] {
    return counts.flatMap((count) => {
      const { routeId, symbol, buyExchange, sellExchange, reason, lastAtMs } = count;
      const told = this.told.get(`${routeId} ${reason}`);
      const entries = Math.max(0, count.entries - (told ? told.entriesBefore + told.entries : 0));
      const durationMs = Math.max(0, count.durationMs - (told ? told.durationBeforeMs + told.durationMs : 0));
      const minuteMs = Math.floor(lastAtMs / MINUTE_MS) * MINUTE_MS;
      // Sums of fractions leave dust; and a minute that was told is told whole.
      if ((entries === 0 && durationMs < 0.001) || (told && minuteMs <= told.minuteMs)) return [];
      const route = { routeId, symbol, buyExchange, sellExchange };
      return [{ v: 1, epoch, minuteMs, ...route, reason, entries, durationMs }];
    });
  }
}
