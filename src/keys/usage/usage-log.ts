import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import type { SignedCall, SignedCallLog } from '../../exchanges/index.js';
import { Clock } from '../../platform/clock/index.js';
import type { Settings } from '../../platform/config/index.js';
import { Log } from '../../platform/logging/index.js';
import { SignedCallsRepository } from './signed-calls.repository.js';

/** DI token of {@link UsageLogOptions}. */
export const USAGE_LOG_OPTIONS = Symbol('USAGE_LOG_OPTIONS');

/** Bounds of the usage log. */
export interface UsageLogOptions {
  /** Longest time before a call is stored. */
  readonly flushMs: number;
  /** Most calls per insert. */
  readonly batchRows: number;
  /** Most calls that wait for the database; older ones are dropped and counted. */
  readonly queueRows: number;
  /** Rows older than this are deleted. */
  readonly retentionMs: number;
  /** Between two deletions. */
  readonly retentionIntervalMs: number;
}

const DAY_MS = 86_400_000;
const BOUNDS: Omit<UsageLogOptions, 'retentionMs'> = {
  flushMs: 1_000,
  batchRows: 500,
  queueRows: 10_000,
  retentionIntervalMs: DAY_MS / 4,
};
const MAX_BACKOFF_MS = 30_000;

/** The bounds of the service: calls are kept for as many days as its settings say. */
export function usageLogOptions({ usageRetentionDays }: Pick<Settings['keys'], 'usageRetentionDays'>): UsageLogOptions {
  return { ...BOUNDS, retentionMs: usageRetentionDays * DAY_MS };
}

/** Keeps every signed call off the path of who made it: queued, stored in batches, deleted after its time. */
@Injectable()
export class UsageLog implements SignedCallLog, OnApplicationBootstrap, BeforeApplicationShutdown {
  private queue: SignedCall[] = [];
  private dropped = 0;
  private failures = 0;
  private flushing: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private retention: NodeJS.Timeout | null = null;
  private readonly told$ = new Subject<SignedCall>();
  private readonly kept$ = new Subject<readonly SignedCall[]>();

  /** Hot: each signed call as it is told. */
  readonly calls$: Observable<SignedCall> = this.told$.asObservable();
  /** Hot: each batch once it is in the database. */
  readonly stored$: Observable<readonly SignedCall[]> = this.kept$.asObservable();

  constructor(
    @Inject(SignedCallsRepository)
    private readonly repository: Pick<SignedCallsRepository, 'insert' | 'deleteBefore' | 'isUsedBetween'>,
    private readonly clock: Clock,
    private readonly log: Log,
    @Inject(USAGE_LOG_OPTIONS) private readonly options: UsageLogOptions,
  ) {}

  /** Calls that wait to be stored. */
  get waiting(): number {
    return this.queue.length;
  }

  /** Calls that there was no room for, since the start. */
  get lost(): number {
    return this.dropped;
  }

  onApplicationBootstrap(): void {
    void this.deleteOld();
    this.retention ??= setInterval(() => void this.deleteOld(), this.options.retentionIntervalMs).unref();
  }

  /** What was signed until the end is stored: the database closes in the phase after this. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.retention) clearInterval(this.retention);
    await this.flush();
    if (this.timer) clearTimeout(this.timer);
    if (this.queue.length > 0) {
      this.log.warn('the usage log of keys was not stored whole before the end', { lost: this.queue.length });
    }
    this.told$.complete();
    this.kept$.complete();
  }

  record(call: SignedCall): void {
    const { keyId, exchange, method, outcome, durationMs, atMs } = call;
    const kept: SignedCall = { keyId, exchange, method, path: pathOnly(call.path), outcome, durationMs, atMs };
    this.queue.push(kept);
    if (this.queue.length > this.options.queueRows) {
      this.queue.shift();
      this.dropped += 1;
    }
    this.schedule(this.queue.length >= this.options.batchRows && this.failures === 0 ? 0 : this.options.flushMs);
    this.told$.next(kept);
  }

  /** Takes a call of another process, which stores it: whoever listens hears of it. */
  hear(call: SignedCall): void {
    this.told$.next(call);
  }

  /**
   * Tells whether a signed call of ours with a key was under way between two moments, stored or not.
   *
   * @throws {DatabaseError} When the database cannot be asked.
   */
  async isUsedBetween(keyId: string, fromMs: number, toMs: number): Promise<boolean> {
    await this.flush(); // A batch on its way is neither in the queue nor in the table.
    const isQueued = this.queue.some(
      (call) => call.keyId === keyId && call.atMs <= toMs && call.atMs + call.durationMs >= fromMs,
    );
    return isQueued || this.repository.isUsedBetween(keyId, fromMs, toMs);
  }

  /** Stores what is queued; on failure it stays queued, and the next attempt backs off. */
  async flush(): Promise<void> {
    if (this.flushing) await this.flushing; // It may be past the calls that this one is about.
    this.flushing ??= this.store().finally(() => {
      this.flushing = null;
    });
    await this.flushing;
  }

  private async store(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0, this.options.batchRows);
      try {
        await this.repository.insert(batch);
      } catch (error) {
        this.queue = [...batch, ...this.queue].slice(-this.options.queueRows);
        this.failed(error);
        return;
      }
      if (this.failures > 0) this.log.info('the usage log of keys is stored again', { dropped: this.dropped });
      this.failures = 0;
      this.kept$.next(batch);
    }
  }

  private failed(error: unknown): void {
    if (this.failures === 0) {
      this.log.warn('the usage log of keys cannot be stored; retrying', { reason: (error as Error).message });
    }
    this.failures += 1;
    this.schedule(Math.min(MAX_BACKOFF_MS, this.options.flushMs * 2 ** Math.min(this.failures, 10)));
  }

  private schedule(inMs: number): void {
    if (this.timer && inMs > 0) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.flush();
    }, inMs).unref();
  }

  private async deleteOld(): Promise<void> {
    try {
      await this.repository.deleteBefore(this.clock.nowMs() - this.options.retentionMs);
    } catch (error) {
      this.log.warn('old rows of the usage log of keys could not be deleted', { reason: (error as Error).message });
    }
  }
}

// Parameters and signatures stand behind the question mark; the port asks for none, this makes sure.
function pathOnly(path: string): string {
  return path.split(/[?#]/, 1)[0] ?? '';
}
