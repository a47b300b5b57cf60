import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  catchError,
  defer,
  EMPTY,
  expand,
  merge,
  type Observable,
  of,
  race,
  Subject,
  Subscription,
  switchMap,
  take,
  timer,
} from 'rxjs';
import { TargetSecrets } from '../../keys/index.js';
import { Clock } from '../../platform/clock/index.js';
import { SETTINGS, type Settings } from '../../platform/config/index.js';
import { AlertTally, textOf } from '../alert-tally.js';
import { OutboxRepository } from '../outbox.repository.js';
import { TargetLine } from './target-line.js';

/** The longest sleep of a line: a row of another process, or one that is sent again, is due by then. */
const MAX_SLEEP_MS = 1_000;
/** Between two looks while the database is away. */
const AWAY_MS = 2_000;
const HOUSEKEEPING_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Longest time that shutdown waits for what is being sent: what is cut off is sent again by the next start. */
const SHUTDOWN_WAIT_MS = 2_000;

/** Tells every target what waits for it; one that is slow or away holds up no other. */
@Injectable()
export class Deliverer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly lines: readonly TargetLine[];
  private readonly subscription = new Subscription();
  private readonly woken$ = new Subject<void>();
  private readonly rounds = new Set<Promise<number>>();
  private isAway = false;

  constructor(
    private readonly outbox: OutboxRepository,
    secrets: TargetSecrets,
    private readonly tally: AlertTally,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'alerts'>,
  ) {
    const around = { outbox, secrets, tally, clock, settings: settings.alerts, random: Math.random };
    this.lines = settings.alerts.targets.map((target) => new TargetLine(target, around));
  }

  get names(): readonly string[] {
    return this.lines.map(({ target }) => target.name);
  }

  lineOf(name: string): TargetLine | null {
    return this.lines.find(({ target }) => target.name === name) ?? null;
  }

  /** What waited when the service ended, or was killed, goes out. */
  onApplicationBootstrap(): void {
    const work$ = merge(...this.lines.map((line) => this.telling(line)), this.keepingHouse());
    this.subscription.add(
      work$.subscribe({
        error: (error: unknown) => {
          this.tally.log.error('alerts are not delivered any more', { reason: textOf(error) });
        },
      }),
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.subscription.unsubscribe();
    await Promise.race([Promise.allSettled(this.rounds), delay(SHUTDOWN_WAIT_MS, undefined, { ref: false })]);
  }

  /** Has every target looked after now: there is something new. */
  wake(): void {
    this.woken$.next();
  }

  private telling(line: TargetLine): Observable<number> {
    return this.look(line).pipe(expand((waitMs) => this.sleep(waitMs).pipe(switchMap(() => this.look(line))), 1));
  }

  private look(line: TargetLine): Observable<number> {
    return defer(() => this.round(line)).pipe(catchError((error: unknown) => this.away(error)));
  }

  private sleep(ms: number): Observable<unknown> {
    return race(timer(Math.min(ms, MAX_SLEEP_MS)), this.woken$).pipe(take(1));
  }

  private async round(line: TargetLine): Promise<number> {
    const round = line.round();
    this.rounds.add(round);
    try {
      const waitMs = await round;
      this.isAway = false;
      return waitMs;
    } finally {
      this.rounds.delete(round);
    }
  }

  private away(error: unknown): Observable<number> {
    if (!this.isAway) this.tally.log.warn('alerts wait: the outbox cannot be read', { reason: textOf(error) });
    this.isAway = true;
    return timer(AWAY_MS).pipe(switchMap(() => of(0)));
  }

  private keepingHouse(): Observable<never> {
    return timer(0, HOUSEKEEPING_MS).pipe(
      switchMap(() => defer(() => this.keepHouse())),
      switchMap(() => EMPTY),
    );
  }

  /** What fails here is done an hour later. */
  private async keepHouse(): Promise<void> {
    try {
      const given = await this.outbox.buryUnknown(this.names);
      if (given > 0) this.tally.log.warn('alerts waited for targets that are not configured any more', { dead: given });
      await this.outbox.forget(this.clock.nowMs() - this.settings.alerts.keepDays * DAY_MS);
    } catch (error) {
      this.tally.log.warn('old alerts could not be forgotten', { reason: textOf(error) });
    }
  }
}
