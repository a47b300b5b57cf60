/** The newest state of one subject that waits for the database. */
export interface PendingRecord<T> {
  readonly value: T;
  /** Nothing that comes later would make up for its loss. */
  readonly isEssential: boolean;
  /** When the oldest change in it came, epoch ms. */
  readonly sinceMs: number;
}

/** How records of one kind wait together. */
export interface RecordRules<T> {
  /** The subject of a record; of one subject only one record waits. */
  keyOf(value: T): string;
  /** One record that holds all that two of one subject hold; the second came later, or was given back. */
  merge(first: T, second: T): T;
}

/**
 * What waits for the database: one entry per subject, so that it grows with subjects and not with changes.
 *
 * Bounded. When full, the oldest entry that is not essential makes room: the subject's next change carries the whole
 * state anyway. Essential ones give way to nothing; only when all of the queue is made of them is a new one turned
 * away, and counted. What is given back is never turned away.
 */
export class RecordQueue<T> {
  private essential = new Map<string, PendingRecord<T>>();
  private updates = new Map<string, PendingRecord<T>>();
  private turnedAway = 0;

  /**
   * @param maxRows - Most subjects that wait.
   * @param rules - What a subject is, and how its records join.
   */
  constructor(
    private readonly maxRows: number,
    private readonly rules: RecordRules<T>,
  ) {}

  /** Subjects that wait. */
  get size(): number {
    return this.essential.size + this.updates.size;
  }

  /** Subjects that wait and may not be lost. */
  get essentialSize(): number {
    return this.essential.size;
  }

  /** Essential records that found the queue full of others, since the start. */
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
   * @param value - The newest state.
   * @param isEssential - Whether nothing that comes later would make up for its loss.
   * @param nowMs - When it came.
   * @returns False if it was turned away.
   */
  push(value: T, isEssential: boolean, nowMs: number): boolean {
    return this.add({ value, isEssential, sinceMs: nowMs });
  }

  /** Takes out what may not be lost, oldest first. */
  takeEssential(): PendingRecord<T>[] {
    const all = [...this.essential.values()];
    this.essential = new Map();
    return all;
  }

  /** Takes out all that waits, oldest first. */
  takeAll(): PendingRecord<T>[] {
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
  putBack(records: readonly PendingRecord<T>[]): void {
    const since = this.takeAll();
    for (const record of records) this.add(record, true);
    for (const record of since) this.add(record, true);
  }

  private add(record: PendingRecord<T>, isTakenAlways = false): boolean {
    const key = this.rules.keyOf(record.value);
    const waiting = this.essential.get(key) ?? this.updates.get(key);
    const merged = waiting ? this.join(waiting, record) : record;
    if (waiting && !merged.isEssential) {
      this.updates.set(key, merged);
      return true;
    }
    this.updates.delete(key);
    const isTaken = this.hasRoom(key) || (isTakenAlways && merged.isEssential);
    if (!isTaken) {
      if (record.isEssential) this.turnedAway += 1;
      return false;
    }
    (merged.isEssential ? this.essential : this.updates).set(key, merged);
    return true;
  }

  private join(first: PendingRecord<T>, second: PendingRecord<T>): PendingRecord<T> {
    return {
      value: this.rules.merge(first.value, second.value),
      isEssential: first.isEssential || second.isEssential,
      sinceMs: Math.min(first.sinceMs, second.sinceMs),
    };
  }

  private hasRoom(key: string): boolean {
    return this.size < this.maxRows || this.essential.has(key) || this.makeRoom();
  }

  private makeRoom(): boolean {
    const oldest = this.updates.keys().next();
    if (oldest.done) return false;
    this.updates.delete(oldest.value);
    return true;
  }
}
