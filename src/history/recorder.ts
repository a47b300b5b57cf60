import { setTimeout as delay } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { defer, type Observable, repeat, retry, Subscription, timer } from 'rxjs';
import { OpportunityFeed } from '../detection/index.js';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { Log } from '../platform/logging/index.js';
import type { WriterMetrics } from './batch-writer.js';
import { type AnyWriter, HistoryWriters } from './history-writers.js';
import { RunLease } from './run-lease.js';

/** Waits between two attempts while the database is away, doubling up to the second. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;
/** Longest time that shutdown waits for the last rows. */
const SHUTDOWN_WAIT_MS = 5_000;
const RELEASE_WAIT_MS = 1_000;

/** Records opportunities, refusals and spreads, and says in the database that this detector lives. */
@Injectable()
export class Recorder implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  /** One for all: events, writing and the lease; the end of one does not end the others. */
  private readonly subscription = new Subscription();

  constructor(
    private readonly feed: OpportunityFeed,
    private readonly writers: HistoryWriters,
    private readonly lease: RunLease,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'history'>,
    private readonly log: Log,
  ) {}

  /** Listens before detection begins: nothing that it tells later would make up for a minute or a second. */
  onModuleInit(): void {
    this.hear(this.feed.events$, ({ event, opportunity }) => {
      this.writers.opportunities.push(opportunity, event !== 'updated');
    });
    this.hear(this.feed.refusalMinutes$, (minutes) => {
      this.writers.refusals.take(minutes);
    });
    this.hear(this.feed.spreads$, (candles) => {
      this.writers.spreads.take(candles);
    });
  }

  /**
   * Takes what is open already, stores what an earlier run left on disk, then claims the epoch, which closes what that run
   * left open, and starts to write.
   */
  async onApplicationBootstrap(): Promise<void> {
    this.takeOpen();
    await this.writers.recover();
    await this.lease.take(this.feed.epoch);
    for (const writer of this.writers.all) this.hear(this.writing(writer), () => undefined);
    this.hear(this.lease.keep(), () => {
      this.takeOpen();
    });
  }

  /** Stores the last events of detection, or leaves them on disk, then gives the epoch back; bounded, since a service must end. */
  async beforeApplicationShutdown(): Promise<void> {
    const isStored = await this.flushBefore(performance.now() + SHUTDOWN_WAIT_MS);
    this.subscription.unsubscribe();
    if (!isStored) await this.leave();
    await this.lease.release(RELEASE_WAIT_MS);
  }

  /** How far the writing of opportunities is. */
  get metrics(): WriterMetrics {
    return this.writers.opportunities.metrics;
  }

  /** How far the writing of each kind is. */
  get allMetrics(): HistoryWriters['metrics'] {
    return this.writers.metrics;
  }

  /** The database did not take the last rows: they are left on disk for the next start. */
  private async leave(): Promise<void> {
    const { waiting } = this;
    if (await this.writers.leave()) this.log.warn('changes wait on disk for the next start', { waiting });
    else this.log.error('changes were not stored before the end', { waiting });
  }

  private get waiting(): number {
    return this.writers.all.reduce((sum, writer) => sum + writer.metrics.waiting, 0);
  }

  private hear<T>(source$: Observable<T>, next: (value: T) => void): void {
    this.subscription.add(source$.subscribe({ next, error: this.tellBroken }));
  }

  /** Stores what waits, again and again; one that finds the database away does not hold up the others. */
  private writing(writer: AnyWriter): Observable<void> {
    return defer(() => writer.flush()).pipe(
      retry({ delay: (_, attempt) => timer(Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), MAX_RETRY_MS)) }),
      repeat({ delay: this.settings.history.flushMs }),
    );
  }

  private async flushBefore(deadline: number): Promise<boolean> {
    for (;;) {
      if (await this.writers.flushWithin(Math.max(0, deadline - performance.now()))) return true;
      if (performance.now() + FIRST_RETRY_MS > deadline) return false;
      await delay(FIRST_RETRY_MS);
    }
  }

  /** What is open now, as if it opened now: at the start, and when others may have closed it in the database. */
  private takeOpen(): void {
    for (const { id } of this.feed.open()) {
      const opportunity = this.feed.find(id);
      if (opportunity) this.writers.opportunities.push(opportunity, true);
    }
  }

  /** None of these streams fails by design; if one does, a person must know that recording stopped. */
  private readonly tellBroken = (error: unknown): void => {
    this.log.error('the recorder stopped', { reason: error instanceof Error ? error.message : String(error) });
  };
}
