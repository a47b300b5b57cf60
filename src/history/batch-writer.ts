import type { Clock } from '../platform/clock/index.js';
import type { Settings } from '../platform/config/index.js';
import type { Log } from '../platform/logging/index.js';
import { DatabaseError } from '../platform/prisma/index.js';
import { type PendingRecord, RecordQueue, type RecordRules } from './record-queue.js';

/** How far the writer is. */
export interface WriterMetrics {
  /** Subjects with changes that are not stored yet. */
  readonly waiting: number;
  /** Age of the oldest of those changes, milliseconds. */
  readonly lagMs: number;
  /** Rows written since the start, updates included. */
  readonly stored: number;
  /** Rows that could not be kept, because the queue was full or the database refused them. */
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

/**
 * Stores changes in batches, off the hot path, and keeps those that the database does not take at the moment.
 *
 * One batch is under way at a time, so that a later state never overtakes an earlier one.
 */
export class BatchWriter<T> {
  private readonly queue: RecordQueue<T>;
  private writing: Promise<void> | null = null;
  private next: Promise<void> | null = null;
  private inFlight: { readonly rows: number; readonly sinceMs: number } | null = null;
  private behindSinceMs: number | null = null;
  private stored = 0;
  private refused = 0;
  private isFullTold = false;

  /**
   * @param parts - What is stored, and how.
   * @param clock - Our clock.
   * @param settings - Bounds of the queue and of a batch.
   * @param log - Where a database that takes nothing is told, once.
   */
  constructor(
    private readonly parts: WriterParts<T>,
    private readonly clock: Clock,
    private readonly settings: Pick<Settings, 'history'>,
    private readonly log: Log,
  ) {
    this.queue = new RecordQueue(settings.history.queueRows, parts);
  }

  /**
   * Takes a change in; costs one entry in a map.
   *
   * @param value - The newest state of its subject.
   * @param isEssential - Whether nothing that comes later would make up for its loss.
   */
  push(value: T, isEssential: boolean): void {
    if (this.queue.push(value, isEssential, this.clock.nowMs()) || !isEssential || this.isFullTold) return;
    this.isFullTold = true;
    this.log.error('the history queue is full: rows are lost until the database takes some again', {
      kind: this.parts.kind,
      waiting: this.queue.size,
    });
  }

  get metrics(): WriterMetrics {
    const sinceMs = this.inFlight?.sinceMs ?? this.queue.oldestMs;
    return {
      waiting: this.queue.size + (this.inFlight?.rows ?? 0),
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

  private async writeAll(): Promise<void> {
    const all = this.queue.takeAll();
    const { batchRows } = this.settings.history;
    this.inFlight = all[0] ? { rows: all.length, sinceMs: all[0].sinceMs } : null;
    let done = 0;
    try {
      for (; done < all.length; done += batchRows) await this.writeBatch(all.slice(done, done + batchRows));
      if (all.length > 0) this.tellStored();
    } catch (error) {
      this.queue.putBack(all.slice(done));
      this.tellBehind(error);
      throw error;
    } finally {
      this.inFlight = null;
    }
  }

  private async writeBatch(batch: readonly PendingRecord<T>[]): Promise<void> {
    try {
      await this.parts.save(batch.map((record) => record.value));
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
      const row = batch[0] ? this.parts.describe(batch[0].value) : '';
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

/** SQLSTATE 22 (bad value) and 23 (violated constraint) are about the row; anything else about the database. */
function isBadRow(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && /^2[23]/.test(error.code);
}
