import type { Clock } from '../../../platform/clock/index.js';
import type { BookDesk } from '../../books/book-desk.js';
import type { BookLine, BookRules, DistrustReason, DraftUpdate } from '../../books/book-line.js';
import { Backoff } from '../../supervision/backoff.js';
import { Pulse } from '../../supervision/pulse.js';
import type { ExchangeMonitor } from '../../supervision/exchange-monitor.js';
import type { BookCodec, CodecKind, CodecMarket, CodecSink, Frame, RestSnapshot } from '../codecs/codec.js';
import type { CcxtExchange } from '../instance/ccxt-instance.js';
import { CcxtSocket, jsonOrText, type SocketListener } from '../instance/ccxt-socket.js';
import { ResyncPlan } from './resync-plan.js';

/** What a session needs of its exchange. */
export interface SessionContext {
  readonly exchange: CcxtExchange;
  readonly kind: CodecKind;
  /** Where to dial, asked before each dial: it may hold a token that is good for one only. */
  readonly address: () => Promise<string>;
  /** The host of an address, as people know it. */
  readonly hostOf: (address: string) => string;
  /** The host that is named until an address is known. */
  readonly host: string;
  readonly fedDepth: number;
  readonly desk: BookDesk;
  readonly monitor: ExchangeMonitor;
  readonly clock: Clock;
  /** A socket without any frame or pong for longer is opened again, milliseconds. */
  readonly silentAfterMs: number;
  /** A socket on which no book changes for longer is opened again, though it answers pings, milliseconds. */
  readonly maxQuietMs: number;
  /** Reads a whole book over REST. */
  readonly fetchSnapshot: (id: string) => Promise<RestSnapshot>;
}

/** Proof of life is told at most this often for a socket: four times a second. */
const ALIVE_EVERY_MS = 250;
const RECONNECT = { baseMs: 250, capMs: 30_000, stableAfterMs: 30_000 };

/**
 * One socket with the books that it carries: opens it, asks for books again when one is in doubt, and opens it again when
 * it falls, for ever. Whatever happens here stays here.
 */
export class BookSession implements CodecSink, SocketListener {
  private readonly lines: readonly BookLine[];
  private readonly plans: ReadonlyMap<BookLine, ResyncPlan>;
  private readonly backoff = new Backoff(RECONNECT);
  private readonly pulse = new Pulse();
  private socket: CcxtSocket | null = null;
  private codec: BookCodec | null = null;
  private timer: NodeJS.Timeout | undefined;
  private isOpen = false;
  private wasOpen = false;
  private aliveAtMs = -Infinity;
  private toldAliveAtMs = -Infinity;
  private frameAtMs = -Infinity;
  private isStopped = false;
  private host: string;

  constructor(
    private readonly context: SessionContext,
    private readonly markets: readonly CodecMarket[],
  ) {
    this.host = context.host;
    this.lines = markets.map((market) => market.line);
    this.plans = new Map(
      markets.map(({ id, line }) => [
        line,
        new ResyncPlan(
          context.clock,
          {
            resubscribe: () => {
              this.resubscribe(id);
            },
            fetch: () => this.fetch(id, line),
          },
          context.kind.cadenceMs ?? null,
        ),
      ]),
    );
  }

  /** Opens the socket; returns at once. */
  start(): void {
    this.context.address().then(
      (address) => {
        this.dial(address);
      },
      (error: unknown) => {
        this.fallen('disconnected', 'unreachable', (error as Error).message);
      },
    );
  }

  /** Closes everything; nothing happens afterwards. */
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    for (const plan of this.plans.values()) plan.cancel();
    this.socket?.close();
    this.socket = null;
  }

  /** Looks for silence; called a few times a second. */
  tick(nowMs: number): void {
    if (!this.isOpen) return;
    if (nowMs - this.aliveAtMs > this.context.silentAfterMs) {
      this.reopen('silent', `no frame and no pong for ${this.context.silentAfterMs} ms`);
      return;
    }
    if (nowMs - this.frameAtMs > this.context.maxQuietMs) {
      this.reopen('silent', `pings are answered but no book changed for ${this.context.maxQuietMs} ms`);
      return;
    }
    if (this.pulse.isSilent(nowMs, this.context.silentAfterMs)) {
      this.reopen('silent', 'pings are answered but no book changes, though they used to');
      return;
    }
    for (const [line, plan] of this.plans) this.checkLine(line, plan, nowMs);
  }

  // -- from the socket

  opened(): void {
    const nowMs = this.context.clock.nowMs();
    this.isOpen = true;
    this.aliveAtMs = nowMs;
    this.frameAtMs = nowMs;
    this.pulse.rest(nowMs);
    this.backoff.succeeded(nowMs);
    this.context.monitor.opened(this.wasOpen);
    this.wasOpen = true;
    for (const plan of this.plans.values()) plan.requested();
    for (const frame of this.codec?.subscribe(this.markets.map((market) => market.id)) ?? []) this.send(frame);
  }

  bytes(data: Buffer, receivedAtMs: number): boolean {
    this.context.monitor.frame();
    return this.codec?.readBytes?.(data, receivedAtMs) ?? false;
  }

  decode(data: Buffer, isBinary: boolean): unknown {
    const { kind } = this.context;
    return kind.decode ? kind.decode(data, isBinary) : jsonOrText(data);
  }

  frame(frame: Frame, receivedAtMs: number): boolean {
    return this.codec?.read(frame, receivedAtMs) ?? true;
  }

  alive(atMs: number): void {
    this.aliveAtMs = atMs;
    if (atMs - this.toldAliveAtMs < ALIVE_EVERY_MS) return;
    this.toldAliveAtMs = atMs;
    this.context.desk.alive(this.lines, atMs);
  }

  trouble(message: string): void {
    this.context.monitor.fault('protocol', message, this.host, this.context.clock.nowMs());
  }

  closed(reason: string): void {
    this.fallen('disconnected', this.isOpen ? 'disconnected' : 'unreachable', reason);
  }

  // -- from the codec

  update(line: BookLine, update: DraftUpdate, rules: BookRules, checksum: number | null): boolean {
    if (update.exchangeTimeMs !== null) this.context.monitor.offset.add(update.receivedAtMs, update.exchangeTimeMs);
    this.frameAtMs = update.receivedAtMs;
    const plan = this.plans.get(line);
    this.pulse.beat(update.receivedAtMs);
    plan?.pulse.beat(update.receivedAtMs);
    const doubt = this.context.desk.take(line, update, rules, checksum);
    if (doubt === null) {
      if (update.kind === 'snapshot') plan?.succeeded();
      return true;
    }
    this.doubted(line, doubt);
    return false;
  }

  broken(line: BookLine, reason: DistrustReason): boolean {
    this.context.desk.discard(line, reason, this.context.clock.nowMs());
    this.doubted(line, reason);
    return true;
  }

  lost(reason: DistrustReason): boolean {
    this.reopen(reason, 'a frame is missing and the exchange does not tell of which book');
    return true;
  }

  refused(line: BookLine | null, message: string): void {
    const about = line ? `${line.instrument.symbol}: ` : '';
    const nowMs = this.context.clock.nowMs();
    this.context.monitor.fault('subscription_refused', `${about}${message}`, this.host, nowMs);
    if (line?.state === 'resyncing') this.plans.get(line)?.schedule();
  }

  send(frame: string): void {
    this.socket?.send(frame);
  }

  wantsSnapshot(id: string): void {
    const market = this.markets.find((candidate) => candidate.id === id);
    if (market) this.plans.get(market.line)?.fetchSoon();
  }

  // -- own steps

  private dial(address: string): void {
    if (this.isStopped) return;
    const { exchange, clock, kind, fedDepth, hostOf } = this.context;
    this.host = hostOf(address);
    this.codec = kind.create(this.markets, fedDepth, this);
    this.socket = new CcxtSocket(exchange, address, clock, this);
  }

  private checkLine(line: BookLine, plan: ResyncPlan, nowMs: number): void {
    if (line.state === 'live' && plan.pulse.isSilent(nowMs, this.context.silentAfterMs)) {
      this.broken(line, 'silent');
    } else if (line.state === 'resyncing' && plan.isOverdue(nowMs)) {
      this.context.desk.discard(line, 'no_snapshot', nowMs);
      // A socket on which other books live is sound: opening it again would take them down for this one.
      if (plan.isHopeless && !this.lines.some(({ state }) => state === 'live')) {
        this.reopen('no_snapshot', `${line.instrument.symbol}: no snapshot came when asked for`);
      } else plan.schedule();
    }
  }

  private doubted(line: BookLine, reason: DistrustReason): void {
    const nowMs = this.context.clock.nowMs();
    this.context.monitor.fault(reason, `${line.instrument.symbol}: the book was thrown away`, this.host, nowMs);
    this.plans.get(line)?.schedule();
  }

  private resubscribe(id: string): void {
    this.codec?.restart(id);
    for (const frame of this.codec?.resubscribe(id) ?? []) this.send(frame);
  }

  private async fetch(id: string, line: BookLine): Promise<void> {
    const { codec } = this;
    if (codec?.requestSnapshot) {
      codec.requestSnapshot(id);
      return;
    }
    try {
      const snapshot = await this.context.fetchSnapshot(id);
      if (codec === this.codec && !this.isStopped) codec?.offerSnapshot?.(id, snapshot, this.context.clock.nowMs());
    } catch (error) {
      if (codec !== this.codec || this.isStopped) return;
      const message = `${line.instrument.symbol}: ${(error as Error).message}`;
      this.context.monitor.fault('snapshot_failed', message, this.host, this.context.clock.nowMs());
      this.plans.get(line)?.schedule();
    }
  }

  private reopen(reason: DistrustReason, message: string): void {
    this.socket?.close();
    this.fallen(reason, reason, message);
  }

  private fallen(reason: DistrustReason, code: string, message: string): void {
    if (this.isStopped) return;
    const { clock, desk, monitor } = this.context;
    const nowMs = clock.nowMs();
    this.isOpen = false;
    this.socket = null;
    for (const plan of this.plans.values()) plan.cancel();
    monitor.failed(code, message, this.host, nowMs);
    for (const line of this.lines) desk.discard(line, reason, nowMs);
    this.timer = setTimeout(() => {
      this.start();
    }, this.backoff.failed(nowMs));
  }
}
