import type { Opportunity, OpportunityEvent } from '../core/opportunity/opportunity.js';

/** The newest state of one opportunity that waits for the database. */
export interface PendingRecord {
  readonly opportunity: Opportunity;
  /** Holds an opening or a closing; without it only figures would be missing, until the next change. */
  readonly isEssential: boolean;
  /** When the oldest change in it came, epoch ms. */
  readonly sinceMs: number;
}

/**
 * What waits for the database: one entry per opportunity, so that it grows with opportunities and not with changes.
 *
 * Bounded. When full, the oldest entry that holds only updated figures makes room: the opportunity's next change
 * carries the whole state anyway. Openings and closings give way to nothing; only when all of the queue is made of
 * them is a new one turned away, and counted.
 */
export class RecordQueue {
  private essential = new Map<string, PendingRecord>();
  private updates = new Map<string, PendingRecord>();
  private turnedAway = 0;

  /** @param maxRows - Most opportunities that wait. */
  constructor(private readonly maxRows: number) {}

  /** Opportunities that wait. */
  get size(): number {
    return this.essential.size + this.updates.size;
  }

  /** Openings and closings that found the queue full of others, since the start. */
  get lost(): number {
    return this.turnedAway;
  }

  /** When the oldest change that waits came, epoch ms; null when nothing waits. */
  get oldestMs(): number | null {
    const heads = [this.essential, this.updates].flatMap((map) => [...map.values()].slice(0, 1));
    return heads.length === 0 ? null : Math.min(...heads.map((head) => head.sinceMs));
  }

  /**
   * Takes a change in.
   *
   * @param event - The change.
   * @param nowMs - When it came.
   * @returns False if it was turned away.
   */
  push(event: OpportunityEvent, nowMs: number): boolean {
    const isEssential = event.event !== 'updated';
    return this.add({ opportunity: event.opportunity, isEssential, sinceMs: nowMs });
  }

  /** Takes out all that waits, oldest first. */
  takeAll(): PendingRecord[] {
    const all = [...this.essential.values(), ...this.updates.values()];
    this.essential = new Map();
    this.updates = new Map();
    return all;
  }

  /**
   * Gives back what could not be stored; what came meanwhile stays newer.
   *
   * @param records - As taken out.
   */
  putBack(records: readonly PendingRecord[]): void {
    const since = this.takeAll();
    for (const record of records) this.add(record);
    for (const record of since) this.add(record);
  }

  private add(record: PendingRecord): boolean {
    const { id } = record.opportunity;
    const waiting = this.essential.get(id) ?? this.updates.get(id);
    const merged = waiting ? merge(waiting, record) : record;
    if (waiting && !merged.isEssential) {
      this.updates.set(id, merged);
      return true;
    }
    this.updates.delete(id);
    if (this.size >= this.maxRows && !this.essential.has(id) && !this.makeRoom()) {
      if (record.isEssential) this.turnedAway += 1;
      return false;
    }
    (merged.isEssential ? this.essential : this.updates).set(id, merged);
    return true;
  }

  private makeRoom(): boolean {
    const oldest = this.updates.keys().next();
    if (oldest.done) return false;
    this.updates.delete(oldest.value);
    return true;
  }
}

function merge(first: PendingRecord, second: PendingRecord): PendingRecord {
  const isNewer = second.opportunity.revision >= first.opportunity.revision;
  const [newer, older] = isNewer ? [second.opportunity, first.opportunity] : [first.opportunity, second.opportunity];
  const books = newer.books ?? older.books;
  return {
    opportunity: books === undefined || newer.books !== undefined ? newer : { ...newer, books },
    isEssential: first.isEssential || second.isEssential,
    sinceMs: Math.min(first.sinceMs, second.sinceMs),
  };
}
