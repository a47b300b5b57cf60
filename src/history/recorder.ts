import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { defer, repeat, retry, Subscription, timer } from 'rxjs';
import { OpportunityFeed } from '../detection/index.js';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { Log } from '../platform/logging/index.js';
import { BatchWriter, type WriterMetrics } from './batch-writer.js';
import { DetectorLease } from './detector-lease.js';

/** Waits between two attempts while the database is away, doubling up to the second. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;
/** Longest time that shutdown waits for the last rows. */
const SHUTDOWN_WAIT_MS = 5_000;
const RELEASE_WAIT_MS = 1_000;

/** Records the life of every opportunity, and says in the database that this detector lives. */
@Injectable()
export class Recorder implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** One for all: events, writing and the lease; the end of one does not end the others. */
  private readonly subscription = new Subscription();

  constructor(
    private readonly feed: OpportunityFeed,
    private readonly writer: BatchWriter,
    private readonly lease: DetectorLease,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'history'>,
    private readonly log: Log,
  ) {}

  /** Listens before anything else, takes what is open already, then claims the epoch and starts to write. */
  async onApplicationBootstrap(): Promise<void> {
    this.subscription.add(
      this.feed.events$.subscribe({
        next: (event) => {
          this.writer.push(event);
        },
        error: this.tellBroken,
      }),
    );
    this.takeOpen();
    await this.lease.take(this.feed.epoch);

    const writing$ = defer(() => this.writer.flush()).pipe(
      retry({ delay: (_, attempt) => timer(Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), MAX_RETRY_MS)) }),
      repeat({ delay: this.settings.history.flushMs }),
    );
    this.subscription.add(writing$.subscribe({ error: this.tellBroken }));
    this.subscription.add(
      this.lease.keep().subscribe({
        next: () => {
          this.takeOpen();
        },
        error: this.tellBroken,
      }),
    );
  }

  /** Stores the last events of detection, then gives the epoch back; bounded, since a service must end. */
  async beforeApplicationShutdown(): Promise<void> {
    const isStored = await this.flushBefore(performance.now() + SHUTDOWN_WAIT_MS);
    this.subscription.unsubscribe();
    if (!isStored) this.log.error('changes were not stored before the end', { waiting: this.metrics.waiting });
    await this.lease.release(RELEASE_WAIT_MS);
  }

  get metrics(): WriterMetrics {
    return this.writer.metrics;
  }

  private async flushBefore(deadline: number): Promise<boolean> {
    for (;;) {
      if (await this.writer.flushWithin(Math.max(0, deadline - performance.now()))) return true;
      if (performance.now() + FIRST_RETRY_MS > deadline) return false;
      await delay(FIRST_RETRY_MS);
    }
  }

  /** What is open now, as if it opened now: at the start, and when others may have closed it in the database. */
  private takeOpen(): void {
    for (const { id } of this.feed.open()) {
      const opportunity = this.feed.find(id);
      if (opportunity) this.writer.push({ v: 1, event: 'opened', opportunity });
    }
  }

  /** None of these streams fails by design; if one does, a person must know that recording stopped. */
  private readonly tellBroken = (error: unknown): void => {
    this.log.error('the recorder stopped', { reason: error instanceof Error ? error.message : String(error) });
  };
}
