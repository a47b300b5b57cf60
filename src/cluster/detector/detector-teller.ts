import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import { type Observable, Subscription } from 'rxjs';
import type { IdentityEvent } from '../../core/input/market-event.js';
import type { Instrument } from '../../core/market/instrument.js';
import { assetOf } from '../../core/sharding/assets.js';
import type { DetectionService } from '../../detection/index.js';
import type { Log } from '../../platform/logging/index.js';
import { Outbox } from '../link/outbox.js';
import type { ClusterLink } from '../link/cluster-link.js';
import { type RefusalsMessage, V } from '../messages.js';
import type { StateLog } from '../states/state-log.js';
import { subjects } from '../subjects.js';
import type { AssetOwner } from './asset-owner.js';

/** How often refusals are told, milliseconds. */
const REFUSALS_MS = 1_000;

/** Tells what a detector counts and samples, answers questions about it, and hears what people decide. */
export class DetectorTeller implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly listening = new Subscription();
  private readonly records: Outbox;
  private isAsked = false;

  constructor(
    private readonly link: ClusterLink,
    private readonly detection: DetectionService,
    private readonly owner: AssetOwner,
    private readonly states: StateLog,
    private readonly log: Log,
  ) {
    this.records = new Outbox(link, log);
  }

  /** Listens before detection begins: no second and no minute is told twice. */
  onModuleInit(): void {
    const { detection, link } = this;
    this.hear(detection.refusalMinutes$, (minutes) => {
      this.records.push(subjects.record('refusals', link.id), minutes);
    });
    this.hear(detection.spreads$, (candles) => {
      this.records.push(subjects.record('spreads', link.id), candles);
    });
  }

  onApplicationBootstrap(): void {
    const { link } = this;
    this.hear(this.states.changes$, ({ kind, value }) => {
      if (kind === 'identity') this.detection.decideIdentity(value as Omit<IdentityEvent, 'type' | 'atMs'>);
    });
    const timer = setInterval(() => {
      this.tellRefusals();
    }, REFUSALS_MS);
    this.listening.add(() => {
      clearInterval(timer);
    });
    this.listening.add(
      link.broker.listen(subjects.refusalsAgain, () => {
        this.isAsked = true;
      }),
    );
    this.listening.add(
      link.broker.listen(subjects.identities(link.id), (message) => {
        void this.detection.identities().then((entries) => message.respond(JSON.stringify(entries)));
      }),
    );
    this.listening.add(
      link.broker.listen(subjects.explain(null), (message) => {
        const { buy, sell } = message.json<{ buy: Instrument; sell: Instrument }>();
        // The others do not see all the books of it.
        if (!this.owner.owned.includes(assetOf(buy.exchange, buy.symbol))) return;
        void this.detection.explain(buy, sell).then((explanation) => message.respond(JSON.stringify({ explanation })));
      }),
    );
  }

  /** Detection has told its last minute and second by now. */
  async beforeApplicationShutdown(): Promise<void> {
    this.listening.unsubscribe();
    await this.records.finish();
  }

  private tellRefusals(): void {
    const { detection } = this;
    const entered = detection.takeEnteredRefusals();
    if (entered.length > 0) this.tell(entered);
    if (this.isAsked) this.tell(detection.refusals().map((refusal) => ({ entered: 0, refusal })));
    this.isAsked = false;
  }

  private tell(entered: RefusalsMessage['entered']): void {
    const message: RefusalsMessage = { v: V, epoch: this.detection.epoch, entered };
    this.link.broker.tell(subjects.refusals(this.link.id), message);
  }

  private hear<T>(source$: Observable<T>, next: (value: T) => void): void {
    const error = (reason: unknown): void => {
      this.log.error('what this detector counts is no longer told: restart it', { reason: String(reason) });
    };
    this.listening.add(source$.subscribe({ next, error }));
  }
}
