import type { Route } from '../market/route.js';
import type { RefusalCount, RefusalReason } from './refusal-reason.js';

interface Entry {
  routeId: string;
  symbol: string;
  reason: RefusalReason;
  entries: number;
  durationMs: number;
  lastAtMs: number;
}

interface Spell {
  entry: Entry;
  sinceMs: number;
}

/**
 * Counts what was turned away: entries into a reason and the time spent in it, never evaluations, since those only
 * measure the message rate. Bounded by routes × reasons.
 */
export class RefusalLedger {
  private readonly entries = new Map<string, Entry>();
  private readonly current = new Map<string, Spell>();
  private entered = 0;

  /** @returns Entries into any reason on any route. */
  get total(): number {
    return this.entered;
  }

  /**
   * Notes the verdict on a route; the same reason twice in a row is one entry that goes on.
   *
   * @param route - The route.
   * @param reason - Why it was refused, null when it was accepted or is no candidate.
   * @param nowMs - When, on our clock.
   */
  note(route: Route, reason: RefusalReason | null, nowMs: number): void {
    const spell = this.current.get(route.id);
    if (spell?.entry.reason === reason) return;
    if (spell) {
      spell.entry.durationMs += nowMs - spell.sinceMs;
      spell.entry.lastAtMs = nowMs;
      this.current.delete(route.id);
    }
    if (reason === null) return;
    const entry = this.entryOf(route, reason);
    entry.entries += 1;
    entry.lastAtMs = nowMs;
    this.entered += 1;
    this.current.set(route.id, { entry, sinceMs: nowMs });
  }

  /**
   * @param nowMs - Spells that still last are counted up to here.
   * @returns One row per route and reason.
   */
  counts(nowMs: number): RefusalCount[] {
    const running = new Map([...this.current.values()].map((spell) => [spell.entry, nowMs - spell.sinceMs]));
    return [...this.entries.values()].map((entry) => {
      const lasting = running.get(entry);
      if (lasting === undefined) return { ...entry };
      return { ...entry, durationMs: entry.durationMs + lasting, lastAtMs: nowMs };
    });
  }

  private entryOf(route: Route, reason: RefusalReason): Entry {
    const key = `${route.id} ${reason}`;
    let entry = this.entries.get(key);
    if (!entry) {
      entry = { routeId: route.id, symbol: route.buy.symbol, reason, entries: 0, durationMs: 0, lastAtMs: 0 };
      this.entries.set(key, entry);
    }
    return entry;
  }
}
