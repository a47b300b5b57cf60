import { type MarketEvent, NOT_WATCHED } from '../../core/input/market-event.js';
import type { ExchangeFault, ExchangeStatus } from '../../core/market/exchange-status.js';
import type { ExchangeId } from '../../core/market/instrument.js';
import type { BookRegistry } from '../../core/order-book/book-registry.js';
import { assetOf } from '../../core/sharding/assets.js';
import { type AccountLedger, RemoteExchange } from '../../exchanges/index.js';
import type { Clock } from '../../platform/clock/index.js';
import type { Settings } from '../../platform/config/index.js';
import type { Log } from '../../platform/logging/index.js';
import type { Broker } from '../../platform/nats/index.js';
import { type AgainRequest, type BookMessage, type ExchangeMessage, V } from '../messages.js';
import { subjects } from '../subjects.js';
import { ClockGap } from './clock-gap.js';
import { eventInOurTime, statusInOurTime } from './in-our-time.js';
import { RemoteBooks } from './remote-books.js';

/** Between two questions about a collector's clock, milliseconds. */
const CLOCK_EVERY_MS = 2_000;
/** A first answer that took longer says too little, milliseconds. */
const CLOCK_WITHIN_MS = 1_000;

/** What a link needs around it. */
export interface LinkContext {
  readonly broker: Broker;
  readonly settings: Pick<Settings, 'cluster' | 'detection'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: BookRegistry;
  readonly accounts: AccountLedger;
  /** Takes what happens, once it is applied to the books. */
  readonly emit: (event: MarketEvent) => void;
  readonly judged: (status: ExchangeStatus) => void;
  /** Whether the books of an asset are wanted here. */
  readonly wants: (asset: string) => boolean;
}

/**
 * One exchange as its collector tells it: believed from the moment at which the collector's clock is known, dropped as soon
 * as it is silent for a lease, another took over, or its clock is too far from ours.
 */
export class RemoteLink {
  private readonly remote: RemoteExchange;
  private readonly books = new RemoteBooks();
  /** Under which asset each symbol is shared out: asked for every book with every beat. Bounded by the symbols. */
  private readonly assets = new Map<string, string>();
  private term = 0;
  private n = 0;
  private member = '';
  private gap = new ClockGap();
  /** Null while nothing is believed. */
  private gapMs: number | null = null;
  private heardAt = -Infinity;
  private askedAt = -Infinity;
  private isAsking = false;
  private fault: ExchangeFault | null = null;

  constructor(
    readonly exchange: ExchangeId,
    private readonly context: LinkContext,
  ) {
    this.remote = new RemoteExchange(exchange, context.registry, context.settings.detection.maxAgeMs);
  }

  status(nowMs: number): ExchangeStatus {
    const status = this.remote.status(nowMs);
    return this.fault ? { ...status, lastError: this.fault } : status;
  }

  /** Takes what is told of the exchange as a whole. */
  takeExchange(message: ExchangeMessage): void {
    if (message.v !== V || message.term < this.term) return;
    if (message.term > this.term) this.begin(message);
    this.heardAt = performance.now();
    if (this.gapMs === null) {
      this.n = message.n;
      void this.askClock();
      return;
    }
    const isMissing = message.n > this.n + 1;
    if (message.n <= this.n) return;
    this.n = message.n;
    this.takeTold(message.told, this.gapMs);
    if (isMissing) this.ask({ symbols: [], exchange: true });
  }

  /** Takes what is told of a book. */
  takeBook(symbol: string, message: BookMessage): void {
    if (message.v !== V || message.term !== this.term || this.gapMs === null) return;
    const step = this.books.judge(symbol, message);
    if (step === 'gap') {
      this.doubt(symbol);
      this.ask({ symbols: [symbol], exchange: false });
    } else if (step === 'take') {
      this.tell(eventInOurTime(message.event, this.gapMs));
      if (message.event.type === 'bookState' && message.event.reason === NOT_WATCHED) this.books.forget(symbol);
    }
  }

  /** Looks whether the collector still speaks; called a few times a second. */
  check(): void {
    if (this.gapMs === null) return;
    const nowMs = performance.now();
    if (nowMs - this.heardAt > this.context.settings.cluster.leaseMs) {
      this.drop(
        'collector_silent',
        `its collector ${this.member} has said nothing for a lease; another will take over`,
      );
    } else if (nowMs - this.askedAt > CLOCK_EVERY_MS) void this.askClock();
  }

  /** Gives up the books of assets that are not wanted any more. */
  forgetUnwanted(): void {
    const atMs = this.context.clock.nowMs();
    for (const symbol of [...this.books.symbols]) {
      if (this.wants(symbol)) continue;
      this.books.forget(symbol);
      const instrument = { exchange: this.exchange, symbol };
      this.tell({ type: 'bookState', instrument, state: 'unavailable', reason: NOT_WATCHED, atMs });
    }
  }

  private begin({ term, member, n }: ExchangeMessage): void {
    if (this.gapMs !== null) this.drop('collector_changed', `${member} collects it now instead of ${this.member}`);
    // Answers of one clock say nothing of another.
    if (member !== this.member) this.gap = new ClockGap();
    this.term = term;
    this.member = member;
    this.n = n - 1;
  }

  private takeTold(told: ExchangeMessage['told'], gapMs: number): void {
    const { accounts } = this.context;
    switch (told.type) {
      case 'beat':
        this.compare(told.counts);
        return;
      case 'status':
        this.remote.takeStatus(statusInOurTime(told.status, gapMs));
        this.context.judged(this.status(this.context.clock.nowMs()));
        return;
      case 'account': {
        const { asOfMs } = told.reading;
        accounts.take({ ...told.reading, asOfMs: asOfMs === null ? null : asOfMs - gapMs });
        return;
      }
      case 'gone':
        this.drop('collector_gone', `its collector ${this.member} gave it up; another takes over`);
        return;
      default:
        this.tell(eventInOurTime(told, gapMs));
    }
  }

  // Asks for every book that is behind what its collector has told by now, or was never told as a whole.
  private compare(counts: Readonly<Record<string, number>>): void {
    const behind: string[] = [];
    for (const [symbol, count] of Object.entries(counts)) {
      if (!this.wants(symbol) || this.books.isCurrent(symbol, count)) continue;
      behind.push(symbol);
      this.doubt(symbol);
    }
    if (behind.length > 0) this.ask({ symbols: behind, exchange: false });
  }

  private wants(symbol: string): boolean {
    let asset = this.assets.get(symbol);
    if (asset === undefined) this.assets.set(symbol, (asset = assetOf(this.exchange, symbol)));
    return this.context.wants(asset);
  }

  private doubt(symbol: string): void {
    const instrument = { exchange: this.exchange, symbol };
    const atMs = this.context.clock.nowMs();
    const known = this.context.registry.get(`${this.exchange}:${symbol}`);
    if (known?.isUsable !== true) return;
    this.tell({ type: 'bookState', instrument, state: 'resyncing', reason: 'relay_gap', atMs });
  }

  private tell(event: MarketEvent): void {
    this.remote.take(event);
    this.context.emit(event);
  }

  private ask(request: AgainRequest): void {
    this.context.broker.tell(subjects.again(this.exchange), request);
  }

  private async askClock(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    this.askedAt = performance.now();
    const { broker, clock } = this.context;
    const { gap, member } = this;
    try {
      const askedAtMs = clock.nowMs();
      const { nowMs } = await broker.ask<{ nowMs: number }>(subjects.clock(member), {}, CLOCK_WITHIN_MS);
      gap.take(askedAtMs, nowMs, clock.nowMs());
      if (gap === this.gap) this.believe();
    } catch (error) {
      // It is asked again with its next word; without one it is silent, and told so.
      this.context.log.debug('a collector did not say its time', { member, reason: (error as Error).message });
    } finally {
      this.isAsking = false;
    }
  }

  private believe(): void {
    const { ms } = this.gap;
    if (ms === null) return;
    const { maxClockOffsetMs } = this.context.settings.cluster;
    if (Math.abs(ms) > maxClockOffsetMs) {
      const message =
        `the clock of its collector ${this.member} is ${Math.round(ms)} ms from ours, more than ` +
        `cluster.maxClockOffsetMs (${maxClockOffsetMs}); set both by NTP`;
      this.drop('clock_offset', message);
      return;
    }
    const isNew = this.gapMs === null;
    this.gapMs = ms;
    if (!isNew) return;
    this.fault = null;
    // What was told meanwhile is not known here; books are asked for with the next beat.
    this.ask({ symbols: [], exchange: true });
  }

  private drop(code: string, message: string): void {
    const { accounts, clock, emit, judged, log } = this.context;
    const atMs = clock.nowMs();
    const isNews = this.fault?.code !== code;
    this.fault = { code, message, host: null, atMs, untilMs: null };
    this.books.clear();
    const wasBelieved = this.gapMs !== null;
    this.gapMs = null;
    if (isNews) log.warn('an exchange is not told any more', { exchange: this.exchange, code, reason: message });
    if (!wasBelieved) return;
    for (const event of this.remote.lost(message, atMs)) emit(event);
    accounts.lose(this.exchange, { code, message });
    judged(this.status(atMs));
  }
}
