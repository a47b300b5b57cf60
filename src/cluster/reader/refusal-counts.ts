import type { EnteredRefusal, RefusalCount } from '../../core/gates/refusal-reason.js';
import type { RefusalsMessage } from '../messages.js';

/** Runs of detectors whose counts are kept; the one that spoke longest ago goes first. */
const MOST_EPOCHS = 32;

/** What all detectors turned away: the counts of each run, added up where a route went from one to another. */
export class RefusalCounts {
  private readonly byEpoch = new Map<string, Map<string, RefusalCount>>();
  private readonly entered = new Map<string, EnteredRefusal>();

  take({ epoch, entered }: RefusalsMessage): void {
    const known = this.byEpoch.get(epoch) ?? new Map<string, RefusalCount>();
    this.byEpoch.delete(epoch);
    this.byEpoch.set(epoch, known);
    for (const one of entered) {
      const key = keyOf(one.refusal);
      known.set(key, one.refusal);
      if (one.entered === 0) continue;
      const before = this.entered.get(key)?.entered ?? 0;
      this.entered.set(key, { entered: before + one.entered, refusal: one.refusal });
    }
    const [oldest] = this.byEpoch.keys();
    if (this.byEpoch.size > MOST_EPOCHS && oldest !== undefined) this.byEpoch.delete(oldest);
  }

  /** Since the start of each run. */
  all(): RefusalCount[] {
    const sums = new Map<string, RefusalCount>();
    for (const counts of this.byEpoch.values()) {
      for (const [key, count] of counts) sums.set(key, sumOf(sums.get(key), count));
    }
    return [...sums.values()];
  }

  /** What was entered since this was asked last. */
  takeEntered(): EnteredRefusal[] {
    const entered = [...this.entered].map(([key, one]) => ({ ...one, refusal: this.sum(key) ?? one.refusal }));
    this.entered.clear();
    return entered;
  }

  private sum(key: string): RefusalCount | undefined {
    let sum: RefusalCount | undefined;
    for (const counts of this.byEpoch.values()) {
      const count = counts.get(key);
      if (count) sum = sumOf(sum, count);
    }
    return sum;
  }
}

function keyOf({ routeId, reason }: RefusalCount): string {
  return `${routeId} ${reason}`;
}

function sumOf(one: RefusalCount | undefined, other: RefusalCount): RefusalCount {
  if (!one) return other;
  const newer = other.lastAtMs >= one.lastAtMs ? other : one;
  return { ...newer, entries: one.entries + other.entries, durationMs: one.durationMs + other.durationMs };
}
