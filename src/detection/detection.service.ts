import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Observable, Subject, type Subscription, merge } from 'rxjs';
import { Detector, type DetectorSettings } from '../core/detector/detector.js';
import type { RefusalCount } from '../core/gates/refusal-reason.js';
import type { Opportunity, OpportunityEvent } from '../core/opportunity/opportunity.js';
import { MarketSource } from '../exchanges/index.js';
import { Clock } from '../platform/clock/index.js';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { Log } from '../platform/logging/index.js';
import { ticks } from '../streams/ticks.js';
import { newEpoch } from './epoch.js';
import { OpportunityFeed } from './ports.js';

/** At most ten `updated` a second and opportunity reach anybody. */
const UPDATE_EVERY_MS = 100;

/** Runs the detector on the live markets: the one place where its input log is put in order. */
@Injectable()
export class DetectionService extends OpportunityFeed implements OnApplicationBootstrap, OnModuleDestroy {
  override readonly epoch: string;
  override readonly events$: Observable<OpportunityEvent>;
  private readonly emitted$ = new Subject<OpportunityEvent>();
  private readonly detector: Detector;
  private running: Subscription | null = null;

  constructor(
    private readonly markets: MarketSource,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly log: Log,
  ) {
    super();
    this.epoch = newEpoch(clock.nowMs());
    this.events$ = this.emitted$.asObservable();
    this.detector = new Detector(detectorSettings(settings, this.epoch), markets.books, (event) => {
      this.emitted$.next(event);
    });
  }

  onApplicationBootstrap(): void {
    const clock$ = ticks(() => this.clock.nowMs(), this.settings.detection.tickMs);
    this.running = merge(this.markets.events$, clock$).subscribe({
      next: (input) => {
        this.detector.accept(input);
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

  override open(): readonly Opportunity[] {
    return this.detector.lives().map((life) => life.opportunity);
  }

  override find(id: string): Opportunity | undefined {
    const life = this.detector.lives().find(({ opportunity }) => opportunity.id === id);
    return life && { ...life.opportunity, books: { opening: life.opening } };
  }

  override refusals(): readonly RefusalCount[] {
    return this.detector.refusals();
  }

  /** First of the shutdown hooks, so that the closings still reach the recorder and the feed. */
  onModuleDestroy(): void {
    this.stop();
  }

  /** Takes no more inputs and closes what is open with `shutdown`; a second call does nothing. */
  stop(): void {
    if (!this.isRunning) return;
    this.running?.unsubscribe();
    this.detector.shutdown(this.clock.nowMs());
    this.emitted$.complete();
  }
}

function detectorSettings({ detection }: Settings, epoch: string): DetectorSettings {
  return {
    epoch,
    minNetBps: detection.minNetBps,
    hysteresisBps: detection.hysteresisBps,
    limits: {
      maxAgeMs: detection.maxAgeMs,
      maxQuietMs: detection.maxQuietMs,
      minNotionalUsd: detection.minNotionalUsd,
    },
    lifecycle: {
      graceMs: detection.graceMs,
      standingAfterMs: detection.standingAfterMs,
      maxOpenMs: detection.maxOpenMs,
      updateEveryMs: UPDATE_EVERY_MS,
    },
  };
}
