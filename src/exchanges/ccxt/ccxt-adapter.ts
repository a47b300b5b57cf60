import type { Settings } from '../../platform/config/index.js';
import type { Clock } from '../../platform/clock/index.js';
import type { Log } from '../../platform/logging/index.js';
import type { BookDesk, EmitEvent } from '../books/book-desk.js';
import { keptLevels } from '../books/kept-levels.js';
import { FeeDesk } from '../books/fee-desk.js';
import type { CredentialSource, SignedCallLog } from '../contract/ports.js';
import { Backoff } from '../supervision/backoff.js';
import type { ExchangeMonitor } from '../supervision/exchange-monitor.js';
import { BookSession } from './books/book-session.js';
import { GenericBooks, type GenericMarket } from './books/generic-books.js';
import { chunks, type CodecKind, type CodecMarket, type KeptAddress, type RestSnapshot } from './codecs/codec.js';
import { CODECS } from './codecs/codecs.js';
import { callEndpoint, type CcxtExchange, type CcxtMarket, endRequests } from './instance/ccxt-instance.js';
import { createInstance, keepMarkets } from './instance/create-instance.js';
import { calledHost, hostAndPath, throughGateway } from './instance/gateway.js';
import { isConnectionTrouble } from './key-errors/classify.js';
import { planMarkets, tellPublicFees } from './market-plan.js';
import { AccountFees } from './signed/account-fees.js';

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
}

const LOAD_RETRY = { baseMs: 1_000, capMs: 60_000, stableAfterMs: 0 };
const MIN_KEEP_ALIVE_MS = 1_000;
const MAX_KEEP_ALIVE_MS = 5_000;
const MIN_SILENCE_MS = 6_000;
/** Closing waits for sockets no longer than this, milliseconds. */
const CLOSE_PATIENCE_MS = 500;

/** Runs one exchange through ccxt: metadata, books, fees. Whatever fails is tried again, for ever. */
export class CcxtAdapter {
  private readonly exchange: CcxtExchange;
  private readonly kind: CodecKind | undefined;
  private readonly silentAfterMs: number;
  private readonly fees: FeeDesk;
  /** Each once, however often it is configured: exchanges refuse a second subscription. */
  private readonly symbols: ReadonlySet<string>;
  private sessions: BookSession[] = [];
  private generic: GenericBooks | null = null;
  private accountFees: AccountFees | null = null;
  private timer: NodeJS.Timeout | undefined;
  private isSigning = true;
  private isStopped = false;

  constructor(
    readonly id: string,
    private readonly context: AdapterContext,
  ) {
    const { settings, monitor, emit, clock } = context;
    const { maxAgeMs } = settings.detection;
    this.kind = CODECS[id];
    monitor.integrity = this.kind ? 'verified' : 'unverified';
    this.silentAfterMs = Math.max(2 * maxAgeMs, MIN_SILENCE_MS);
    this.exchange = createInstance({
      exchange: id,
      gateway: settings.exchangeGateway,
      // Several pings fit into the age at which a leg is stale, so a quiet book never looks like a dead one.
      keepAliveMs: Math.min(MAX_KEEP_ALIVE_MS, Math.max(MIN_KEEP_ALIVE_MS, Math.floor(maxAgeMs / 2.5))),
    });
    this.symbols = new Set(settings.symbols);
    keepMarkets(this.exchange, this.symbols);
    this.fees = new FeeDesk(id, emit, () => clock.nowMs());
  }

  /** Begins to connect; returns at once. */
  start(): void {
    const nowMs = this.context.clock.nowMs();
    for (const symbol of this.symbols) this.context.desk.open(symbol, nowMs);
    void this.load(new Backoff(LOAD_RETRY), false);
  }

  /** Judges silence; called a few times a second. */
  tick(nowMs: number): void {
    for (const session of this.sessions) session.tick(nowMs);
    this.generic?.tick(nowMs);
  }

  /** Notes that another key, or none, now speaks for the account. */
  keyChanged(): void {
    this.accountFees?.refresh();
  }

  /** Gives up signed calls and makes none any more; the books go on. */
  async endSigned(): Promise<void> {
    this.isSigning = false;
    await this.accountFees?.stop();
  }

  /** Closes every socket; resolves when they are closed, or soon after. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    for (const session of this.sessions) session.stop();
    this.generic?.stop();
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

  private async load(backoff: Backoff, isReload: boolean): Promise<void> {
    const { clock, monitor } = this.context;
    try {
      const listed = await this.exchange.loadMarkets(isReload);
      if (!this.isStopped) this.begin(listed);
    } catch (error) {
      if (this.isStopped) return;
      const nowMs = clock.nowMs();
      const message = (error as Error).message;
      const host = this.hostIn(message);
      const code = isConnectionTrouble(error) ? 'unreachable' : 'metadata_failed';
      monitor.failed(code, message, host, nowMs);
      this.timer = setTimeout(() => {
        // A failed load is remembered by ccxt for ever unless it is told to reload.
        void this.load(backoff, true);
      }, backoff.failed(nowMs));
    }
  }

  private begin(listed: Readonly<Record<string, CcxtMarket>>): void {
    const { desk, monitor, clock } = this.context;
    const plan = planMarkets(this.symbols, listed, this.kind, desk, clock.nowMs());
    if (plan.proven.length + plan.generic.length === 0) {
      const message = `lists none of ${[...this.symbols].join(', ')}: take it out of exchanges, or add a symbol that it lists`;
      monitor.fault('nothing_listed', message, null, clock.nowMs());
    }
    const markets = [...this.symbols].flatMap((symbol) => listed[symbol] ?? []);
    tellPublicFees(this.exchange, markets, this.fees);
    if (this.kind) this.openSessions(this.kind, plan.proven);
    if (plan.generic.length > 0) this.openGeneric(plan.generic);
    if (this.isSigning) this.readAccountFees(markets.map((market) => market.symbol));
  }

  private readAccountFees(symbols: readonly string[]): void {
    const { settings, clock, calls, credentials, log } = this.context;
    this.accountFees = new AccountFees(this.exchange, symbols, {
      gateway: settings.exchangeGateway,
      clock,
      calls,
      credentials,
      log,
      found: (symbol, taker) => {
        this.fees.account(symbol, taker);
      },
      lost: () => {
        this.fees.withoutAccount();
      },
    });
    this.accountFees.refresh();
  }

  private openSessions(kind: CodecKind, markets: readonly CodecMarket[]): void {
    const { settings, desk, monitor, clock } = this.context;
    this.sessions = chunks(markets, kind.marketsPerSocket).map(
      (part) =>
        new BookSession(
          {
            exchange: this.exchange,
            kind,
            address: () => this.address(kind),
            hostOf: (address) => hostAndPath(address.replace(/^ws/, 'http'), settings.exchangeGateway).host,
            host: this.hostIn(''),
            fedDepth: kind.fedDepth(settings.bookDepth),
            desk,
            monitor,
            clock,
            silentAfterMs: this.silentAfterMs,
            maxQuietMs: settings.detection.maxQuietMs,
            fetchSnapshot: (id) => this.fetchSnapshot(kind, id),
          },
          part,
        ),
    );
    for (const session of this.sessions) session.start();
  }

  private openGeneric(markets: readonly GenericMarket[]): void {
    const { settings, desk, monitor, clock } = this.context;
    monitor.integrity = 'unverified';
    this.generic = new GenericBooks(
      {
        exchange: this.exchange,
        host: this.hostIn(''),
        depth: settings.bookDepth,
        desk,
        monitor,
        clock,
        silentAfterMs: this.silentAfterMs,
      },
      markets,
    );
    this.generic.start();
  }

  private async address(kind: CodecKind): Promise<string> {
    const { address } = kind;
    if ('at' in address) return this.exchange.implodeHostname(keptAddress(this.exchange, address));
    const asked = address.read(await callEndpoint(this.exchange, address.endpoint));
    if (asked === null) throw new Error(`${this.id} gave no address of a socket`);
    const { exchangeGateway } = this.context.settings;
    return exchangeGateway === undefined ? asked : throughGateway(asked, exchangeGateway);
  }

  private async fetchSnapshot(kind: CodecKind, id: string): Promise<RestSnapshot> {
    const source = kind.snapshots;
    if (!source) throw new Error(`${this.id} streams its snapshots`);
    const kept = keptLevels(this.context.settings.bookDepth);
    const snapshot = source.read(await callEndpoint(this.exchange, source.endpoint, source.parameters(id, kept)));
    if (!snapshot) throw new Error('the snapshot has an unknown shape');
    return snapshot;
  }

  private hostIn(message: string): string {
    const { exchangeGateway } = this.context.settings;
    const usual = this.exchange.implodeHostname(firstAddress(this.exchange.urls.api) ?? 'http://unknown');
    return calledHost(message, exchangeGateway) ?? hostAndPath(usual, exchangeGateway).host;
  }
}

function keptAddress(exchange: CcxtExchange, { at, suffix }: KeptAddress): string {
  const address = at.reduce<unknown>((tree, key) => (tree as Record<string, unknown>)[key], exchange.urls.api);
  return `${String(address)}${suffix}`;
}

function firstAddress(tree: unknown): string | undefined {
  if (typeof tree === 'string') return tree.startsWith('http') ? tree : undefined;
  if (typeof tree !== 'object' || tree === null) return undefined;
  for (const child of Object.values(tree)) {
    const found = firstAddress(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
