import { type Route, namesOf } from '../market/route.js';
import type { Measured } from './candidate.js';
import {
  type EnteredRefusal,
  REFUSAL_REASONS,
  type RefusalCount,
  type RefusalMinute,
  type RefusalReason,
} from './refusal-reason.js';

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
  /** Since `takeEntered` was last asked. */
  entered: number;
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
  private readonly entered = new Set<Entry>();
  private readonly entriesOf = new Map<RefusalReason, number>(REFUSAL_REASONS.map((reason) => [reason, 0]));
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
      for (const entry of byReason.values()) rows.push(this.countOf(entry, nowMs));
    }
    return rows;
  }

  /** @returns Entries since the start, of all routes together; every reason is there. */
  totals(): ReadonlyMap<RefusalReason, number> {
    return this.entriesOf;
  }

  /**
   * Tells each entry once: there is one who asks.
   *
   * @param nowMs - Spells that still last are counted up to here.
   * @returns The routes and reasons that were entered since this was last asked, the least recent first.
   */
  takeEntered(nowMs: number): EnteredRefusal[] {
    const rows = [...this.entered].map((entry) => {
      const { entered } = entry;
      entry.entered = 0;
      return { entered, refusal: this.countOf(entry, nowMs) };
    });
    this.entered.clear();
    return rows;
  }

  /**
   * @param nowMs - Spells that still last are counted up to here.
   * @returns The minute that is not over.
   */
  minute(nowMs: number): RefusalMinute[] {
    return this.minuteRows((entry) => this.lastingMs(entry, nowMs));
  }

  private countOf(entry: Entry, nowMs: number): RefusalCount {
    const lastingMs = this.lastingMs(entry, nowMs);
    return {
      ...namesOf(entry.route),
      reason: entry.reason,
      entries: entry.entries,
      durationMs: entry.durationMs + lastingMs,
      lastAtMs: lastingMs > 0 ? nowMs : entry.lastAtMs,
      measured: entry.measured,
    };
  }

  // Time in a reason that is not counted yet.
  private lastingMs(entry: Entry, nowMs: number): number {
    const spell = this.current.get(entry.route);
    return spell?.entry === entry ? nowMs - spell.countedToMs : 0;
  }

  private enter(route: Route, reason: RefusalReason, nowMs: number, measured: Measured): Entry {
    let byReason = this.entries.get(route.id);
    if (!byReason) this.entries.set(route.id, (byReason = new Map<RefusalReason, Entry>()));
    let entry = byReason.get(reason);
    if (!entry) {
      const counts = { entries: 0, durationMs: 0, lastAtMs: 0, minuteEntries: 0, minuteMs: 0, entered: 0 };
      entry = { route, reason, measured, ...counts };
      byReason.set(reason, entry);
    }
    this.entriesOf.set(reason, (this.entriesOf.get(reason) ?? 0) + 1);
    entry.route = route;
    entry.entries += 1;
    entry.minuteEntries += 1;
    entry.entered += 1;
    this.entered.add(entry);
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
    const minutes = this.minuteRows(() => 0);
    for (const byReason of this.entries.values()) {
      for (const entry of byReason.values()) {
        entry.minuteEntries = 0;
        entry.minuteMs = 0;
      }
    }
    if (minutes.length > 0) this.tell(minutes);
  }

  private minuteRows(lastingMs: (entry: Entry) => number): RefusalMinute[] {
    const rows: RefusalMinute[] = [];
    for (const byReason of this.entries.values()) {
      for (const entry of byReason.values()) {
        const { route, reason, minuteEntries: entries } = entry;
        const durationMs = entry.minuteMs + lastingMs(entry);
        if (entries === 0 && durationMs === 0) continue;
        rows.push({ v: 1, epoch: this.epoch, minuteMs: this.minuteMs, ...namesOf(route), reason, entries, durationMs });
      }
    }
    return rows;
  }
}
