import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Observable, Subject, type Subscription, merge } from 'rxjs';
import { Detector } from '../core/detector/detector.js';
import type { Explanation } from '../core/detector/explanation.js';
import type { EnteredRefusal, RefusalCount, RefusalMinute, RefusalReason } from '../core/gates/refusal-reason.js';
import type { DetectionInput, IdentityEvent, OwnershipEvent } from '../core/input/market-event.js';
import type { IdentityEntry } from '../core/market/identity-entry.js';
import type { Instrument } from '../core/market/instrument.js';
import { inFull } from '../core/opportunity/lifecycle.js';
import type { Opportunity, OpportunityEvent } from '../core/opportunity/opportunity.js';
import type { SpreadCandle } from '../core/spread-history/spread-candle.js';
import { MarketSource } from '../exchanges/index.js';
import { Clock } from '../platform/clock/index.js';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { Log } from '../platform/logging/index.js';
import { dues } from '../streams/dues.js';
import { ticks } from '../streams/ticks.js';
import { DetectionTally } from './detection-tally.js';
import { detectorSettings } from './detector-settings.js';
import { newEpoch } from './epoch.js';
import { OpportunityFeed } from './ports.js';

/** Runs the detector on the live markets: the one place where its input log is put in order. */
@Injectable()
export class DetectionService extends OpportunityFeed implements OnApplicationBootstrap, OnModuleDestroy {
  override readonly epoch: string;
  override readonly events$: Observable<OpportunityEvent>;
  override readonly refusalMinutes$: Observable<readonly RefusalMinute[]>;
  override readonly spreads$: Observable<readonly SpreadCandle[]>;
  override readonly inputs$: Observable<DetectionInput>;
  override endedAtMs: number | null = null;
  /** What was done so far, for the metrics. */
  readonly tally = new DetectionTally();
  private readonly emitted$ = new Subject<OpportunityEvent>();
  private readonly minutes$ = new Subject<readonly RefusalMinute[]>();
  private readonly candles$ = new Subject<readonly SpreadCandle[]>();
  private readonly decided$ = new Subject<IdentityEvent | OwnershipEvent>();
  private readonly taken$ = new Subject<DetectionInput>();
  private readonly dueAtMs$ = new Subject<number>();
  private readonly detector: Detector;
  private running: Subscription | null = null;
  /** Longest wait of an input since the last tick. */
  private queueMs = 0;
  /** What was last told by `dueAtMs$`. */
  private dueAtMs = Infinity;

  constructor(
    private readonly markets: MarketSource,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly log: Log,
  ) {
    super();
    this.epoch = newEpoch(clock.nowMs());
    this.events$ = this.emitted$.asObservable();
    this.refusalMinutes$ = this.minutes$.asObservable();
    this.spreads$ = this.candles$.asObservable();
    this.inputs$ = this.taken$.asObservable();
    this.detector = new Detector(detectorSettings(settings.detection, this.epoch), markets.books, {
      opportunity: (event) => {
        this.tally.opportunity(event);
        this.emitted$.next(event);
      },
      refusals: (minutes) => {
        this.minutes$.next(minutes);
      },
      spreads: (candles) => {
        this.candles$.next(candles);
      },
    });
  }

  onApplicationBootstrap(): void {
    const clock$ = ticks(
      () => this.clock.nowMs(),
      this.settings.detection.tickMs,
      () => this.takeQueueMs(),
    );
    const dues$ = dues(this.dueAtMs$, () => this.clock.nowMs());
    this.running = merge(this.markets.events$, this.decided$, clock$, dues$).subscribe({
      next: (input) => {
        this.tally.input();
        if (input.type === 'tick') this.tally.tick(input);
        else if (input.type === 'book')
          this.queueMs = Math.max(this.queueMs, this.clock.nowMs() - input.update.receivedAtMs);
        this.taken$.next(input);
        this.detector.accept(input);
        this.wakeFor(this.detector.dueAtMs);
      },
      // A detector that no longer sees its inputs must not look alive: this ends the process.
      error: (error: unknown) => {
        throw error;
      },
    });
    this.log.info('detection runs', { epoch: this.epoch, ...this.settings.detection });
  }

  /** Whether it takes inputs now. */
  get isRunning(): boolean {
    return this.running !== null && !this.running.closed;
  }

  /** How many are open. */
  get openCount(): number {
    return this.detector.lives().length;
  }

  /** Entries into each reason since the start, of all routes together. */
  refusalTotals(): ReadonlyMap<RefusalReason, number> {
    return this.detector.refusalTotals();
  }

  override open(): readonly Opportunity[] {
    return this.detector.lives().map((life) => life.opportunity);
  }

  override find(id: string): Opportunity | undefined {
    const life = this.detector.lives().find(({ opportunity }) => opportunity.id === id);
    return life && inFull(life);
  }

  override refusals(): readonly RefusalCount[] {
    return this.detector.refusals();
  }

  override takeEnteredRefusals(): readonly EnteredRefusal[] {
    return this.detector.takeEnteredRefusals();
  }

  override refusalMinute(): readonly RefusalMinute[] {
    return this.detector.refusalMinute();
  }

  override explain(buy: Instrument, sell: Instrument): Promise<Explanation | null> {
    return Promise.resolve(this.detector.explain(buy, sell));
  }

  override identities(): Promise<readonly IdentityEntry[]> {
    return Promise.resolve(this.detector.identities());
  }

  override decideIdentity(decision: Omit<IdentityEvent, 'type' | 'atMs'>): void {
    this.decided$.next({ type: 'identity', ...decision, atMs: this.clock.nowMs() });
  }

  /**
   * Judges the routes of these assets alone from now on; what is open of others is closed with `shutdown`.
   *
   * @param assets - Codes without multipliers.
   */
  own(assets: readonly string[]): void {
    this.decided$.next({ type: 'ownership', assets, atMs: this.clock.nowMs() });
  }

  /** First of the shutdown hooks, so that the closings still reach the recorder and the feed. */
  onModuleDestroy(): void {
    this.stop();
  }

  /** Takes no more inputs and closes what is open with `shutdown`; a second call does nothing. */
  stop(): void {
    if (!this.isRunning) return;
    this.running?.unsubscribe();
    this.endedAtMs = this.clock.nowMs();
    this.detector.shutdown(this.endedAtMs);
    this.emitted$.complete();
    this.minutes$.complete();
    this.candles$.complete();
    this.taken$.complete();
  }

  private wakeFor(dueAtMs: number): void {
    if (dueAtMs === this.dueAtMs) return;
    this.dueAtMs = dueAtMs;
    this.dueAtMs$.next(dueAtMs);
  }

  private takeQueueMs(): number {
    const { queueMs } = this;
    this.queueMs = 0;
    return queueMs;
  }
}
