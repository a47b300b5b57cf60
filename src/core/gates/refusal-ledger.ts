import { type Route, namesOf } from '../market/route.js';
import type { Measured } from './candidate.js';
import type { RefusalCount, RefusalMinute, RefusalReason } from './refusal-reason.js';

const MINUTE_MS = 60_000;

interface Entry {
  route: Route;
  readonly reason: RefusalReason;
  entries: number;
  durationMs: number;
  lastAtMs: number;
  measured: Measured;
  /** Of the running minute. */
  minuteEntries: number;
  minuteMs: number;
}

interface Spell {
  readonly entry: Entry;
  /** Counted up to here. */
  countedToMs: number;
}

/**
 * Counts what was turned away: entries into a reason and the time spent in it, never evaluations, since those only
 * measure the message rate. Bounded by routes × reasons.
 */
export class RefusalLedger {
  private readonly entries = new Map<string, Map<RefusalReason, Entry>>();
  private readonly current = new Map<Route, Spell>();
  private minuteEndsAtMs = -Infinity;
  private minuteMs = NaN;

  /**
   * @param epoch - Id of the run.
   * @param tell - Takes the counts of each minute that is over.
   */
  constructor(
    private readonly epoch: string,
    private readonly tell: (minutes: readonly RefusalMinute[]) => void,
  ) {}

  /**
   * Moves the clock on; tells of each minute that is over.
   *
   * @param nowMs - Our clock.
   */
  advance(nowMs: number): void {
    while (nowMs >= this.minuteEndsAtMs) {
      if (!Number.isNaN(this.minuteMs)) this.turn(this.minuteEndsAtMs);
      const isIdle = this.current.size === 0;
      // Minutes in which nothing stood are passed over at once: the machine may have slept for days.
      this.minuteMs = isIdle || Number.isNaN(this.minuteMs) ? nowMs - (nowMs % MINUTE_MS) : this.minuteEndsAtMs;
      this.minuteEndsAtMs = this.minuteMs + MINUTE_MS;
    }
  }

  /**
   * Notes the verdict on a route; the same reason twice in a row is one entry that goes on.
   *
   * @param route - The route.
   * @param reason - Why it was refused, null when it was accepted or is no candidate.
   * @param nowMs - When, on our clock.
   * @param measure - Tells what the gate measured; asked once an entry.
   */
  note(route: Route, reason: RefusalReason | null, nowMs: number, measure: () => Measured = () => ({})): void {
    const spell = this.current.get(route);
    if ((spell?.entry.reason ?? null) === reason) return;
    if (spell) {
      this.count(spell, nowMs);
      this.current.delete(route);
    }
    if (reason === null) return;
    const entry = this.enter(route, reason, nowMs, measure());
    this.current.set(route, { entry, countedToMs: nowMs });
  }

  /**
   * Notes a refusal that is over already.
   *
   * @param route - The route.
   * @param reason - Why it was refused.
   * @param sinceMs - Since when, on our clock.
   * @param nowMs - Until when.
   * @param measured - What the gate measured.
   */
  noteSpell(route: Route, reason: RefusalReason, sinceMs: number, nowMs: number, measured: Measured): void {
    const entry = this.enter(route, reason, nowMs, measured);
    entry.durationMs += nowMs - sinceMs;
    entry.minuteMs += nowMs - sinceMs;
  }

  /**
   * Ends every spell and tells of the minute that is not over.
   *
   * @param nowMs - Our clock.
   */
  end(nowMs: number): void {
    this.turn(nowMs);
    this.current.clear();
  }

  /**
   * @param nowMs - Spells that still last are counted up to here.
   * @returns One row per route and reason.
   */
  counts(nowMs: number): RefusalCount[] {
    const rows: RefusalCount[] = [];
    for (const byReason of this.entries.values()) {
      for (const entry of byReason.values()) {
        const spell = this.current.get(entry.route);
        const lasting = spell?.entry === entry ? nowMs - spell.countedToMs : 0;
        rows.push({
          ...namesOf(entry.route),
          reason: entry.reason,
          entries: entry.entries,
          durationMs: entry.durationMs + lasting,
          lastAtMs: lasting > 0 ? nowMs : entry.lastAtMs,
          measured: entry.measured,
        });
      }
    }
    return rows;
  }

  private enter(route: Route, reason: RefusalReason, nowMs: number, measured: Measured): Entry {
    let byReason = this.entries.get(route.id);
    if (!byReason) this.entries.set(route.id, (byReason = new Map<RefusalReason, Entry>()));
    let entry = byReason.get(reason);
    if (!entry) {
      entry = { route, reason, entries: 0, durationMs: 0, lastAtMs: 0, measured, minuteEntries: 0, minuteMs: 0 };
      byReason.set(reason, entry);
    }
    entry.route = route;
    entry.entries += 1;
    entry.minuteEntries += 1;
    entry.lastAtMs = nowMs;
    entry.measured = measured;
    return entry;
  }

  private count(spell: Spell, untilMs: number): void {
    const { entry } = spell;
    entry.durationMs += untilMs - spell.countedToMs;
    entry.minuteMs += untilMs - spell.countedToMs;
    entry.lastAtMs = untilMs;
    spell.countedToMs = untilMs;
  }

  private turn(endMs: number): void {
    for (const spell of this.current.values()) this.count(spell, endMs);
    const minutes: RefusalMinute[] = [];
    for (const byReason of this.entries.values()) {
      for (const entry of byReason.values()) {
        if (entry.minuteEntries === 0 && entry.minuteMs === 0) continue;
        const { route, reason, minuteEntries: entries, minuteMs: durationMs } = entry;
        minutes.push({
          v: 1,
          epoch: this.epoch,
          minuteMs: this.minuteMs,
          ...namesOf(route),
          reason,
          entries,
          durationMs,
        });
        entry.minuteEntries = 0;
        entry.minuteMs = 0;
      }
    }
    if (minutes.length > 0) this.tell(minutes);
  }
}
