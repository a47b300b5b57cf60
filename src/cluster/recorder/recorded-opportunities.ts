import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { NEVER, type Observable, Subject, type Subscription } from 'rxjs';
import type { RefusalMinute } from '../../core/gates/refusal-reason.js';
import type { DetectionInput } from '../../core/input/market-event.js';
import type { Opportunity, OpportunityEvent } from '../../core/opportunity/opportunity.js';
import type { SpreadCandle } from '../../core/spread-history/spread-candle.js';
import { OpportunityFeed } from '../../detection/index.js';
import type { Log } from '../../platform/logging/index.js';
import type { ClusterLink } from '../link/cluster-link.js';
import { type Duties, Owner } from '../link/owner.js';
import { OpportunityLog } from '../reader/opportunity-log.js';
import { LOOK_BACK_MS } from '../reader/remote-opportunities.js';
import { StreamReader } from '../link/stream-reader.js';
import type { StateLog } from '../states/state-log.js';
import { RECORDS } from '../subjects.js';

/** The one thing of its kind that is owned: what is recorded twice is stored once, but costs twice. */
const ALL = 'all';
const PIECES = [ALL];
/** How often it is noted how far everything is stored, milliseconds. */
const NOTE_MS = 1_000;
/** Longest wait for the rows of one note: while the database is away, nothing is noted. */
const STORE_MS = 5_000;

/** How far one kind of rows is. */
export interface RowProgress {
  readonly waiting: number;
  readonly lagMs: number;
  readonly lost: number;
  readonly isBehind: boolean;
}

/** Rows on their way to the database; whoever composes the application binds it. */
export abstract class RowStore {
  /** Stores what waits; false where it took longer than given. */
  abstract flushWithin(waitMs: number): Promise<boolean>;
  /** How far each kind is. */
  abstract readonly metrics: Readonly<Record<string, RowProgress>>;
}

/** Up to when the streams are stored, the broker's clock. */
interface Position {
  readonly opportunitiesMs: number;
  readonly recordsMs: number;
}

/** What a recorder tells of itself. */
export interface RecorderTold extends Position {
  readonly progress: Readonly<Record<string, RowProgress>>;
}

/**
 * What all detectors find and count, for the one recorder that writes it down; another stands by and goes on where it
 * stopped. What was read and not noted as stored is read again: rows are stored once however often they come.
 */
export class RecordedOpportunities
  extends OpportunityFeed
  implements Duties, OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown
{
  private readonly told$ = new Subject<OpportunityEvent>();
  private readonly minutes$ = new Subject<readonly RefusalMinute[]>();
  private readonly candles$ = new Subject<readonly SpreadCandle[]>();
  private readonly owner: Owner;
  private reader: OpportunityLog | null = null;
  private records: StreamReader | null = null;
  private recordsMs = 0;
  private opportunitiesMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private listening: Subscription | null = null;
  private noting: Promise<void> | null = null;

  override readonly epoch = 'recorder';
  override readonly events$: Observable<OpportunityEvent> = this.told$.asObservable();
  override readonly inputs$: Observable<DetectionInput> = NEVER;
  override readonly refusalMinutes$: Observable<readonly RefusalMinute[]> = this.minutes$.asObservable();
  override readonly spreads$: Observable<readonly SpreadCandle[]> = this.candles$.asObservable();
  override readonly endedAtMs = null;

  constructor(
    private readonly link: ClusterLink,
    private readonly states: StateLog,
    private readonly rows: () => RowStore,
    private readonly log: Log,
  ) {
    super();
    this.owner = new Owner('recorder', link.members, link.claims, this, log);
  }

  /** Whether this recorder writes; else it stands by. */
  get isWriting(): boolean {
    return this.owner.all.size > 0;
  }

  all(): readonly string[] {
    return PIECES;
  }

  onApplicationBootstrap(): void {
    // On the next turn, when the recorder listens.
    setImmediate(() => {
      this.owner.start();
    });
    this.timer = setInterval(() => {
      this.noting ??= this.note().finally(() => {
        this.noting = null;
      });
    }, NOTE_MS);
  }

  /** What comes from now on may find nobody who stores it: it is read again by the next. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.noting;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.owner.stop();
  }

  async gain(): Promise<boolean> {
    const stored = this.states.all('recorder')[0]?.value as RecorderTold | undefined;
    this.opportunitiesMs = stored?.opportunitiesMs ?? 0;
    this.recordsMs = stored?.recordsMs ?? 0;
    const { link } = this;
    const opportunities = new OpportunityLog(link);
    this.reader = opportunities;
    this.listening = opportunities.events$.subscribe({
      next: ({ event }) => {
        this.told$.next(event);
      },
      error: (error: unknown) => {
        throw error;
      },
    });
    await opportunities.open(Math.max(0, this.opportunitiesMs - LOOK_BACK_MS));
    const sinceMs = Math.max(0, this.recordsMs);
    this.records = StreamReader.open(link.broker, RECORDS, { sinceMs }, (message) => {
      const [, , kind] = message.subject.split('.');
      this.recordsMs = message.time.getTime();
      if (kind === 'refusals') this.minutes$.next(message.json<RefusalMinute[]>());
      else this.candles$.next(message.json<SpreadCandle[]>());
    });
    return true;
  }

  async lose(): Promise<void> {
    this.listening?.unsubscribe();
    await this.reader?.close();
    await this.records?.close();
    this.reader = null;
    this.records = null;
  }

  override open(): readonly Opportunity[] {
    return this.reader?.all() ?? [];
  }

  override find(id: string): Opportunity | undefined {
    return this.reader?.find(id);
  }

  override refusals(): [] {
    return [];
  }

  override takeEnteredRefusals(): [] {
    return [];
  }

  override refusalMinute(): [] {
    return [];
  }

  override explain(): Promise<null> {
    return Promise.resolve(null);
  }

  override identities(): Promise<[]> {
    return Promise.resolve([]);
  }

  override decideIdentity(): void {
    throw new Error('a recorder decides nothing');
  }

  /** Notes up to when everything is stored, once it is. */
  private async note(): Promise<void> {
    if (!this.isWriting) return;
    const opportunitiesMs = Math.max(this.opportunitiesMs, this.reader?.lastMs ?? 0);
    const { recordsMs } = this;
    const rows = this.rows();
    try {
      if (!(await rows.flushWithin(STORE_MS))) return;
      this.opportunitiesMs = opportunitiesMs;
      const told: RecorderTold = { opportunitiesMs, recordsMs, progress: rows.metrics };
      await this.states.put('recorder', ALL, told);
    } catch (error) {
      this.log.debug('how far the recorder is was not noted', { reason: (error as Error).message });
    }
  }
}
