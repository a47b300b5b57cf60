import path from 'node:path';
import type { Clock } from '../platform/clock/index.js';
import type { Settings } from '../platform/config/index.js';
import type { Log } from '../platform/logging/index.js';
import { DatabaseError } from '../platform/prisma/index.js';
import { type PendingRecord, RecordQueue, type RecordRules } from './record-queue.js';
import { BrokenSegmentError, Spill } from './spill.js';

/** What may not be lost goes to the disk once it fills this part of the queue. */
const SPILL_PART = 1 / 2;
/** After the disk took nothing it is left alone for so long. */
const SPILL_PAUSE_MS = 5_000;
const MEGABYTE = 2 ** 20;

/** How far the writer is. */
export interface WriterMetrics {
  /** Subjects with changes that are not stored yet, in memory and on disk. */
  readonly waiting: number;
  /** Those of them on disk. */
  readonly spilled: number;
  /** Age of the oldest of those changes, milliseconds. */
  readonly lagMs: number;
  /** Rows written since the start, updates included. */
  readonly stored: number;
  /** Rows that could not be kept: queue and disk were full, the database refused them, or the disk spoiled them. */
  readonly lost: number;
  /** The database does not take rows at the moment. */
  readonly isBehind: boolean;
}

/** What a writer needs to know of the kind of rows that it stores. */
export interface WriterParts<T> extends RecordRules<T> {
  /** What the rows are, as the log names them. */
  readonly kind: string;
  /** Stores a batch of which each subject is there once; whole again is the same as once. */
  save(batch: readonly T[]): Promise<void>;
  /** What the log may say of a row that the database refused. */
  describe(value: T): string;
}

/** What a writer reads of the settings. */
export type WriterSettings = Pick<Settings, 'history' | 'dataDir'>;

/**
 * Stores changes in batches, off the hot path, and keeps those that the database does not take at the moment: in memory, and
 * where they grow many, on disk.
 *
 * One batch is under way at a time, and what lies on disk is stored before what waits in memory, so that a later state never
 * overtakes an earlier one.
 */
export class BatchWriter<T> {
  private readonly queue: RecordQueue<T>;
  private writing: Promise<void> | null = null;
  private next: Promise<void> | null = null;
  private inFlight: readonly PendingRecord<T>[] = [];
  private readonly spill: Spill<T>;
  private spilling: Promise<void> | null = null;
  /** On their way to the disk. */
  private moving: readonly PendingRecord<T>[] = [];
  private spillAgainAtMs = 0;
  private isSpillTold = false;
  private behindSinceMs: number | null = null;
  private stored = 0;
  private refused = 0;
  private isFullTold = false;

  /**
   * @param parts - What is stored, and how.
   * @param clock - Our clock.
   * @param settings - Bounds of the queue, of a batch and of the disk.
   * @param log - Where a database that takes nothing is told, once.
   */
  constructor(
    private readonly parts: WriterParts<T>,
    private readonly clock: Clock,
    private readonly settings: WriterSettings,
    private readonly log: Log,
  ) {
    this.queue = new RecordQueue(settings.history.queueRows, parts);
    const directory = path.resolve(settings.dataDir, 'spill', parts.kind);
    this.spill = new Spill(directory, settings.history.spillMb * MEGABYTE);
  }

  /**
   * Takes a change in; costs one entry in a map.
   *
   * @param value - The newest state of its subject.
   * @param isEssential - Whether nothing that comes later would make up for its loss.
   */
  push(value: T, isEssential: boolean): void {
    const isTaken = this.queue.push(value, isEssential, this.clock.nowMs());
    this.spillMany();
    if (isTaken || !isEssential || this.isFullTold) return;
    this.isFullTold = true;
    this.log.error('the history queue is full: rows are lost until the database or the disk takes some again', {
      kind: this.parts.kind,
      waiting: this.queue.size,
    });
  }

  get metrics(): WriterMetrics {
    const underWay = this.inFlight[0] ?? this.moving[0];
    const sinceMs = this.spill.oldestMs ?? underWay?.sinceMs ?? this.queue.oldestMs;
    return {
      waiting: this.queue.size + this.inFlight.length + this.moving.length + this.spill.rows,
      spilled: this.spill.rows,
      lagMs: sinceMs === null ? 0 : Math.max(0, this.clock.nowMs() - sinceMs),
      stored: this.stored,
      lost: this.queue.lost + this.refused,
      isBehind: this.behindSinceMs !== null,
    };
  }

  /**
   * Stores all that was emitted before the call, so that who reads next sees it.
   *
   * @throws {DatabaseError} When the database did not take it; it is kept and tried again.
   */
  flush(): Promise<void> {
    if (!this.writing) {
      this.writing = this.writeAll().finally(() => (this.writing = null));
      return this.writing;
    }
    // A batch is under way that may lack what came since: one more follows, shared by all who ask.
    this.next ??= this.writing
      .catch(() => undefined)
      .then(() => {
        this.next = null;
        return this.flush();
      });
    return this.next;
  }

  /**
   * Flushes, but waits no longer than given.
   *
   * @param waitMs - Longest wait.
   * @returns Whether all that was emitted before is stored.
   */
  async flushWithin(waitMs: number): Promise<boolean> {
    let expiry: NodeJS.Timeout | undefined;
    const expired = new Promise<false>((resolve) => (expiry = setTimeout(resolve, waitMs, false)));
    const flushed = this.flush().then(
      () => true,
      () => false,
    );
    try {
      return await Promise.race([flushed, expired]);
    } finally {
      clearTimeout(expiry);
    }
  }

  /**
   * Stores what an earlier run left on disk.
   *
   * @throws {DatabaseError} When the database did not take it; it stays where it is.
   */
  async recover(): Promise<void> {
    const { rows } = this.spill;
    if (rows === 0) return;
    const { kind } = this.parts;
    this.log.info('storing what an earlier run left on disk', { kind, rows });
    await this.storeSpilled();
    this.log.info('stored what an earlier run left on disk', { kind, rows });
  }

  /**
   * Puts on disk whatever is not stored, before the end.
   *
   * @returns Whether all of it lies there.
   */
  async leave(): Promise<boolean> {
    await this.spilling;
    const left = [...this.inFlight, ...this.queue.takeAll()];
    return left.length === 0 || this.putOnDisk(left);
  }

  private async writeAll(): Promise<void> {
    try {
      await this.storeSpilled();
      await this.writeWaiting();
    } catch (error) {
      this.tellBehind(error);
      throw error;
    } finally {
      this.spillMany();
    }
  }

  private async writeWaiting(): Promise<void> {
    const all = this.queue.takeAll();
    const { batchRows } = this.settings.history;
    this.inFlight = all;
    let done = 0;
    try {
      for (; done < all.length; done += batchRows) {
        await this.writeBatch(all.slice(done, done + batchRows).map(valueOf));
      }
      if (all.length > 0) this.tellStored();
    } catch (error) {
      this.queue.putBack(all.slice(done));
      throw error;
    } finally {
      this.inFlight = [];
    }
  }

  /** Stores all that lies on disk, and what comes to lie there meanwhile. */
  private async storeSpilled(): Promise<void> {
    for (;;) {
      await this.spilling;
      try {
        if (!(await this.spill.drainOldest(this.settings.history.batchRows, (batch) => this.writeBatch(batch)))) return;
        this.tellStored();
      } catch (error) {
        if (!(error instanceof BrokenSegmentError)) throw error;
        this.refused += error.rows;
        const { kind } = this.parts;
        this.log.error('rows on disk are spoilt and were put aside', { kind, file: error.file, rows: error.rows });
      }
    }
  }

  /**
   * Moves what may not be lost to the disk, where it has grown much. Not while older rows are on their way to the database:
   * should it not take them, they would come to stand behind younger ones.
   */
  private spillMany(): void {
    const { queueRows, spillMb } = this.settings.history;
    if (this.queue.essentialSize < queueRows * SPILL_PART || spillMb === 0) return;
    if (this.spilling || this.inFlight.length > 0 || this.clock.nowMs() < this.spillAgainAtMs) return;
    const records = this.queue.takeEssential();
    this.moving = records;
    this.spilling = this.putOnDisk(records).then((isDone) => {
      if (!isDone) this.queue.putBack(records);
      this.moving = [];
      this.spilling = null;
    });
  }

  private async putOnDisk(records: readonly PendingRecord<T>[]): Promise<boolean> {
    const { kind } = this.parts;
    try {
      const sinceMs = records.reduce((oldest, record) => Math.min(oldest, record.sinceMs), Infinity);
      await this.spill.write(records.map(valueOf), sinceMs);
      if (!this.isSpillTold) this.log.warn('history waits on disk for the database', { kind, rows: this.spill.rows });
      this.isSpillTold = true;
      return true;
    } catch (error) {
      this.spillAgainAtMs = this.clock.nowMs() + SPILL_PAUSE_MS;
      const reason = error instanceof Error ? error.message : String(error);
      this.log.error('history that waits could not be put on disk; it stays in memory', { kind, reason });
      return false;
    }
  }

  private async writeBatch(batch: readonly T[]): Promise<void> {
    try {
      await this.parts.save(batch);
      this.stored += batch.length;
    } catch (error) {
      if (!isBadRow(error)) throw error;
      if (batch.length > 1) {
        // One bad row must not hold up the others: halve until it stands alone.
        const half = Math.ceil(batch.length / 2);
        await this.writeBatch(batch.slice(0, half));
        await this.writeBatch(batch.slice(half));
        return;
      }
      this.refused += 1;
      const row = batch[0] ? this.parts.describe(batch[0]) : '';
      const { kind } = this.parts;
      this.log.error('the database refused a row', { kind, row, code: error.code, reason: error.message });
    }
  }

  private tellStored(): void {
    if (this.behindSinceMs === null) return;
    const { kind } = this.parts;
    this.log.info('history is stored again', { kind, afterMs: Math.round(this.clock.nowMs() - this.behindSinceMs) });
    this.behindSinceMs = null;
    this.isFullTold = false;
    this.isSpillTold = false;
  }

  private tellBehind(error: unknown): void {
    if (this.behindSinceMs !== null) return;
    this.behindSinceMs = this.clock.nowMs();
    const { code, message } = error instanceof DatabaseError ? error : { code: 'unknown', message: String(error) };
    this.log.warn('history is not stored at the moment; changes wait', {
      kind: this.parts.kind,
      code,
      reason: message,
    });
  }
}

function valueOf<T>(record: PendingRecord<T>): T {
  return record.value;
}

/** SQLSTATE 22 (bad value) and 23 (violated constraint) are about the row; anything else about the database. */
function isBadRow(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && /^2[23]/.test(error.code);
}
