import type { OnApplicationBootstrap, OnModuleInit, OnApplicationShutdown } from '@nestjs/common';
import { map, NEVER, type Observable, Subject } from 'rxjs';
import type { Explanation } from '../../core/detector/explanation.js';
import type { EnteredRefusal, RefusalCount, RefusalMinute } from '../../core/gates/refusal-reason.js';
import type { DetectionInput, IdentityEvent } from '../../core/input/market-event.js';
import type { IdentityEntry } from '../../core/market/identity-entry.js';
import type { Instrument } from '../../core/market/instrument.js';
import type { Opportunity, OpportunityEvent } from '../../core/opportunity/opportunity.js';
import { assetOf } from '../../core/sharding/assets.js';
import type { SpreadCandle } from '../../core/spread-history/spread-candle.js';
import { OpportunityFeed } from '../../detection/index.js';
import type { Clock } from '../../platform/clock/index.js';
import type { Log } from '../../platform/logging/index.js';
import type { ClusterLink } from '../link/cluster-link.js';
import { type RefusalsMessage, TELL_OPEN_MS } from '../messages.js';
import type { StateLog } from '../states/state-log.js';
import { subjects } from '../subjects.js';
import { OpportunityLog } from './opportunity-log.js';
import { RefusalCounts } from './refusal-counts.js';

/** Whatever is open was told within the first; the rest is for clocks that differ and tellings that came late. */
export const LOOK_BACK_MS = TELL_OPEN_MS + 120_000;
/** An answer of a detector takes no longer, milliseconds. */
const ANSWER_MS = 1_500;

/** What all detectors find and refuse, as a gateway serves it. */
export class RemoteOpportunities
  extends OpportunityFeed
  implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown
{
  private readonly reader: OpportunityLog;
  private readonly counts = new RefusalCounts();
  private readonly candles$ = new Subject<readonly SpreadCandle[]>();
  private readonly stops: (() => void)[] = [];
  private ofStream = '';
  private isCaughtUp = false;

  override readonly isPlaced = true;
  override readonly events$: Observable<OpportunityEvent>;
  override readonly inputs$: Observable<DetectionInput> = NEVER;
  override readonly refusalMinutes$: Observable<readonly RefusalMinute[]> = NEVER;
  override readonly spreads$: Observable<readonly SpreadCandle[]> = this.candles$.asObservable();
  override readonly endedAtMs = null;

  /** @param withCounts - Whether refusals and spreads are heard too, which a client of the feed may ask for. */
  constructor(
    private readonly link: ClusterLink,
    private readonly states: StateLog,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly withCounts: boolean,
  ) {
    super();
    this.reader = new OpportunityLog(link);
    this.events$ = this.reader.events$.pipe(map(({ event, position }) => ({ ...event, position })));
  }

  override get epoch(): string {
    return this.ofStream;
  }

  /** Whether everything that is open is known. */
  get isReady(): boolean {
    return this.isCaughtUp;
  }

  async onModuleInit(): Promise<void> {
    this.ofStream = await this.reader.epoch();
  }

  onApplicationBootstrap(): void {
    if (this.withCounts) this.hearCounts();
    // On the next turn, when the feed listens: what is read back fills what clients may ask for again.
    setImmediate(() => {
      this.reader.open(this.clock.nowMs() - LOOK_BACK_MS).then(
        () => {
          this.isCaughtUp = true;
        },
        (error: unknown) => {
          throw error;
        },
      );
    });
  }

  async onApplicationShutdown(): Promise<void> {
    for (const stop of this.stops.splice(0)) stop();
    await this.reader.close();
  }

  override open(): readonly Opportunity[] {
    return this.reader.all();
  }

  override find(id: string): Opportunity | undefined {
    return this.reader.find(id);
  }

  override refusals(): readonly RefusalCount[] {
    return this.counts.all();
  }

  override takeEnteredRefusals(): readonly EnteredRefusal[] {
    return this.counts.takeEntered();
  }

  /** None: the recorder stores them with its next minute. */
  override refusalMinute(): readonly RefusalMinute[] {
    return [];
  }

  override async explain(buy: Instrument, sell: Instrument): Promise<Explanation | null> {
    const subject = subjects.explain(assetOf(buy.exchange, buy.symbol));
    try {
      const { explanation } = await this.link.broker.ask<{ explanation: Explanation | null }>(
        subject,
        { buy, sell },
        ANSWER_MS,
      );
      return explanation;
    } catch (error) {
      this.log.debug('no detector explained a route', { reason: (error as Error).message });
      return null;
    }
  }

  override async identities(): Promise<readonly IdentityEntry[]> {
    const members = this.link.members.living('detector');
    const answers = await Promise.all(
      members.map((member) => this.link.broker.ask<IdentityEntry[]>(subjects.identities(member), {}, ANSWER_MS)),
    );
    const entries = new Map<string, IdentityEntry>();
    // What settings and people say is the same everywhere; what was learnt is known to the owner of the asset alone.
    for (const entry of answers.flat())
      entries.set(JSON.stringify([entry.asset, entry.exchanges, entry.source]), entry);
    return [...entries.values()];
  }

  override decideIdentity(decision: Omit<IdentityEvent, 'type' | 'atMs'>): void {
    const { asset, exchanges } = decision;
    this.states.put('identity', `${asset} ${exchanges?.join(' ') ?? '*'}`, decision).catch((error: unknown) => {
      // It is stored, so every detector takes it at its start; those that run have not heard of it.
      this.log.error('a decision about a ticker did not reach the detectors; make it again', {
        asset,
        reason: (error as Error).message,
      });
    });
  }

  private hearCounts(): void {
    const { broker } = this.link;
    this.stops.push(
      broker.listen(subjects.record('spreads', null), (message) => {
        this.candles$.next(message.json<SpreadCandle[]>());
      }),
      broker.listen(subjects.refusals(null), (message) => {
        this.counts.take(message.json<RefusalsMessage>());
      }),
    );
    broker.tell(subjects.refusalsAgain, {});
  }
}
