import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { catchError, concatMap, defer, EMPTY, repeat, type Subscription, timer } from 'rxjs';
import { Clock } from '../platform/clock/index.js';
import { Log } from '../platform/logging/index.js';
import { DatabaseError } from '../platform/prisma/index.js';
import { CandleRoller } from './candle-roller.js';
import { WIDTH_MS } from './candle-widths.js';
import { Retention } from './retention.js';

/** How long after a minute is over its candles are made: what was told at its end is stored by then. */
const SETTLED_MS = 3_000;

/** Once a minute: makes the wide candles, then deletes what is old. */
@Injectable()
export class Housekeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ending = new AbortController();
  private running: Subscription | null = null;
  private isFailing = false;

  constructor(
    private readonly roller: CandleRoller,
    private readonly retention: Retention,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const next$ = defer(() => timer(WIDTH_MS['1m'] - (this.clock.nowMs() % WIDTH_MS['1m']) + SETTLED_MS));
    const kept$ = defer(() => this.keep()).pipe(
      catchError((error: unknown) => {
        this.tellFailing(error);
        return EMPTY;
      }),
    );
    this.running = next$.pipe(concatMap(() => kept$.pipe(repeat({ delay: () => next$ })))).subscribe({
      error: (error: unknown) => {
        this.tellFailing(error);
      },
    });
  }

  /** Lets the statement that runs come to its end, and begins no other. */
  beforeApplicationShutdown(): void {
    this.ending.abort();
    this.running?.unsubscribe();
  }

  private async keep(): Promise<void> {
    const nowMs = this.clock.nowMs();
    await this.roller.roll(nowMs, this.ending.signal);
    if (!this.ending.signal.aborted) await this.retention.apply(nowMs);
    if (this.isFailing) this.log.info('candles are made and old rows deleted again');
    this.isFailing = false;
  }

  private tellFailing(error: unknown): void {
    if (!this.isFailing) {
      const { code, message } = error instanceof DatabaseError ? error : { code: 'unknown', message: String(error) };
      this.log.warn('candles are not made and old rows not deleted at the moment', { code, reason: message });
    }
    this.isFailing = true;
  }
}
