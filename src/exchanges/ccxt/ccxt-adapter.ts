import type { Settings } from '../../platform/config/index.js';
import type { Clock } from '../../platform/clock/index.js';
import type { Log } from '../../platform/logging/index.js';
import type { TellAccount } from '../assets/account-desk.js';
import type { BookDesk, EmitEvent } from '../books/book-desk.js';
import { FeeDesk } from '../books/fee-desk.js';
import type { CredentialSource, SignedCallLog } from '../contract/ports.js';
import { Backoff } from '../supervision/backoff.js';
import type { ExchangeMonitor } from '../supervision/exchange-monitor.js';
import { type Hold, RestGate } from '../supervision/rest-gate.js';
import { keepAliveMs, silentAfterMs } from '../supervision/silence.js';
import { ExchangeBooks } from './books/exchange-books.js';
import { CODECS } from './codecs/codecs.js';
import { type CcxtExchange, type CcxtMarket, endRequests } from './instance/ccxt-instance.js';
import { createInstance, keepMarkets } from './instance/create-instance.js';
import { calledHost, exchangeHost } from './instance/gateway.js';
import { guardRest } from './instance/guard-rest.js';
import { StatusInquiry } from './instance/status-inquiry.js';
import { isConnectionTrouble } from './key-errors/classify.js';
import { planMarkets, tellPublicFees } from './market-plan.js';
import { Account } from './signed/account.js';

/** What an exchange is run with. */
export interface AdapterContext {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  readonly desk: BookDesk;
  readonly monitor: ExchangeMonitor;
  readonly credentials: CredentialSource;
  readonly calls: SignedCallLog;
  readonly emit: EmitEvent;
  readonly tellAccount: TellAccount;
}

type Listed = Readonly<Record<string, CcxtMarket>>;

const LOAD_RETRY = { baseMs: 1_000, capMs: 60_000, stableAfterMs: 0 };
/** Refreshes of exchanges that were loaded together drift apart by up to a tenth. */
const REFRESH_JITTER = 0.1;
/** Closing waits for sockets no longer than this, milliseconds. */
const CLOSE_PATIENCE_MS = 500;

/**
 * Runs one exchange through ccxt: its list of markets, read again and again, and the books and fees that follow from it.
 * Whatever fails is tried again, for ever.
 */
export class CcxtAdapter {
  private readonly exchange: CcxtExchange;
  private readonly gate: RestGate;
  private readonly inquiry: StatusInquiry;
  private readonly books: ExchangeBooks;
  private readonly fees: FeeDesk;
  private readonly account: Account;
  private readonly backoff = new Backoff(LOAD_RETRY);
  /** Each once, however often it is configured: exchanges refuse a second subscription. */
  private readonly symbols: Set<string>;
  /** What the exchange listed last, null before its first answer. */
  private listed: Listed | null = null;
  /** Of which symbols that answer tells: one that was added since is not yet known to be listed or not. */
  private asked: ReadonlySet<string> = new Set();
  private timer: NodeJS.Timeout | undefined;
  private isLoading = false;
  private wantsAgain = false;
  private isStopped = false;

  constructor(
    readonly id: string,
    private readonly context: AdapterContext,
  ) {
    const { settings, clock, monitor, emit } = context;
    const { maxAgeMs, maxQuietMs } = settings.detection;
    const kind = CODECS[id];
    monitor.integrity = kind ? 'verified' : 'unverified';
    const gateway = settings.exchangeGateway;
    this.exchange = createInstance({ exchange: id, gateway, keepAliveMs: keepAliveMs(maxAgeMs) });
    this.symbols = new Set(settings.symbols);
    keepMarkets(this.exchange, this.symbols);
    this.gate = new RestGate(clock, (hold) => {
      this.held(hold);
    });
    guardRest(this.exchange, { gate: this.gate, clock, offsetMs: () => monitor.offset.valueMs });
    this.inquiry = new StatusInquiry(this.exchange, this.gate, clock);
    this.fees = new FeeDesk(id, emit, () => clock.nowMs());
    this.account = this.prepareAccount();
    this.books = new ExchangeBooks({
      ...context,
      exchange: this.exchange,
      kind,
      gateway,
      gate: this.gate,
      bookDepth: settings.bookDepth,
      silentAfterMs: silentAfterMs(maxAgeMs),
      maxQuietMs,
      dialFailed: () => void this.inquiry.ask(),
      enforcesSequence: settings.integrity[id as keyof Settings['integrity']] !== 'count',
    });
  }

  /** Begins to connect; returns at once. */
  start(): void {
    const nowMs = this.context.clock.nowMs();
    for (const symbol of this.symbols) this.context.desk.open(symbol, nowMs);
    void this.load();
  }

  /**
   * Watches these symbols from now on. The books of the others that are listed go on untouched; an added one comes with
   * the list of markets, which is read at once.
   */
  watch(symbols: ReadonlySet<string>): void {
    const { desk, clock } = this.context;
    const removed = [...this.symbols].filter((symbol) => !symbols.has(symbol));
    const added = [...symbols].filter((symbol) => !this.symbols.has(symbol));
    for (const symbol of removed) this.symbols.delete(symbol);
    for (const symbol of added) {
      this.symbols.add(symbol);
      desk.open(symbol, clock.nowMs());
    }
    if (removed.length > 0) this.giveUp(removed);
    if (added.length > 0) this.loadSoon();
  }

  /** Judges silence; called a few times a second. */
  tick(nowMs: number): void {
    this.books.tick(nowMs);
  }

  /** Notes that another key, or none, now speaks for the account. */
  keyChanged(): void {
    if (this.listed) this.account.keyChanged();
  }

  /** Gives up signed calls and makes none any more; the books go on. */
  endSigned(): Promise<void> {
    return this.account.stop();
  }

  /** Closes every socket; resolves when they are closed, or soon after. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.books.stop();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_PATIENCE_MS);
    });
    try {
      const ended = [this.endSigned(), endRequests(this.exchange), this.exchange.close()];
      await Promise.race([Promise.all(ended), patience]);
    } catch (error) {
      this.context.log.debug('an exchange did not close cleanly', { exchange: this.id, reason: String(error) });
    } finally {
      clearTimeout(timer);
    }
  }

  private async load(): Promise<void> {
    this.isLoading = true;
    const { clock, settings } = this.context;
    let nextMs: number;
    try {
      const asked = new Set(this.symbols);
      const listed = await this.readMarkets();
      if (this.isStopped) return;
      this.backoff.succeeded(clock.nowMs());
      this.asked = asked;
      this.follow(listed);
      nextMs = this.isAskedAgain() ? 0 : settings.marketsRefreshMs * (1 + REFRESH_JITTER * (Math.random() - 1));
    } catch (error) {
      if (this.isStopped) return;
      this.loadFailed(error);
      nextMs = this.gate.waitMs(this.backoff.failed(clock.nowMs()));
    } finally {
      this.isLoading = false;
    }
    this.timer = setTimeout(() => void this.load(), nextMs);
  }

  // ccxt remembers a failed load for ever unless it is told to reload, and then whatever else asks for markets meanwhile
  // waits and fails with it. So what runs already is refreshed behind its back.
  private readMarkets(): Promise<Listed> {
    return this.listed ? this.exchange.loadMarketsHelper(true) : this.exchange.loadMarkets(true);
  }

  // What is known stays: a list that cannot be read again says nothing about the books.
  private loadFailed(error: unknown): void {
    const { monitor, clock } = this.context;
    const nowMs = clock.nowMs();
    const message = (error as Error).message;
    const host = calledHost(message, this.context.settings.exchangeGateway) ?? this.host();
    const usual = isConnectionTrouble(error) ? 'unreachable' : 'metadata_failed';
    if (this.listed) {
      monitor.fault('refresh_failed', message, host, nowMs);
      return;
    }
    monitor.failed(this.gate.current?.code ?? usual, message, host, nowMs);
    void this.inquiry.ask();
  }

  private isAskedAgain(): boolean {
    const { wantsAgain } = this;
    this.wantsAgain = false;
    return wantsAgain;
  }

  private loadSoon(): void {
    if (this.isLoading) {
      this.wantsAgain = true;
      return;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), this.gate.waitMs(0));
  }

  private follow(listed: Listed): void {
    const { monitor, clock } = this.context;
    this.listed = listed;
    const plan = this.applyPlan(listed);
    if (plan.proven.length + plan.generic.length === 0) {
      const message = `lists none of ${[...this.symbols].join(', ')}: take it out of exchanges, or add a symbol that it lists`;
      monitor.fault('nothing_listed', message, null, clock.nowMs());
    }
    const markets = this.listedSymbols().flatMap((symbol) => listed[symbol] ?? []);
    tellPublicFees(this.exchange, markets, this.fees);
    this.account.follow();
  }

  private applyPlan(listed: Listed): ReturnType<typeof planMarkets> {
    const { desk, clock } = this.context;
    const symbols = [...this.symbols].filter((symbol) => this.asked.has(symbol));
    const plan = planMarkets(symbols, listed, CODECS[this.id], desk, clock.nowMs());
    this.books.follow(plan);
    return plan;
  }

  private giveUp(symbols: readonly string[]): void {
    const { desk, clock } = this.context;
    // First off the sockets, then forgotten: no frame may reach a book that is gone.
    if (this.listed) this.applyPlan(this.listed);
    for (const symbol of symbols) {
      const line = desk.lines.get(symbol);
      if (line) desk.close(line, clock.nowMs());
      this.fees.forget(symbol);
    }
  }

  private listedSymbols(): string[] {
    return [...this.symbols].filter((symbol) => this.listed?.[symbol] !== undefined);
  }

  private held(hold: Hold): void {
    const { monitor, clock, log } = this.context;
    monitor.held(hold, this.host(), clock.nowMs());
    if (hold.code !== 'banned') return;
    log.warn('an exchange bans our address for a while; no call leaves until then', { exchange: this.id, ...hold });
  }

  private host(): string {
    return exchangeHost(this.exchange, this.context.settings.exchangeGateway);
  }

  private prepareAccount(): Account {
    const { settings, clock, calls, credentials, log, emit, tellAccount } = this.context;
    return new Account(this.exchange, {
      gateway: settings.exchangeGateway,
      gate: this.gate,
      fees: this.fees,
      symbols: () => this.listedSymbols(),
      balancesEveryMs: settings.portfolio.readEveryMs,
      ...{ clock, calls, credentials, log, emit, tellAccount },
    });
  }
}
