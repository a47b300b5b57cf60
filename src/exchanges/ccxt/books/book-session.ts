import type { BookLine, BookRules, DistrustReason, DraftUpdate } from '../../books/book-line.js';
import { Pulse } from '../../supervision/pulse.js';
import type { BookCodec, CodecMarket, CodecSink, Frame } from '../codecs/codec.js';
import { CcxtSocket, jsonOrText, type SocketListener } from '../instance/ccxt-socket.js';
import { Redial } from './redial.js';
import { ResyncPlan } from './resync-plan.js';
import type { SessionContext } from './session-context.js';

/** Proof of life is told at most this often for a socket: four times a second. */
const ALIVE_EVERY_MS = 250;

/**
 * One socket with the books that it carries: opens it, asks for books again when one is in doubt, and opens it again when
 * it falls, for ever. Whatever happens here stays here.
 */
export class BookSession implements CodecSink, SocketListener {
  private readonly plans: Map<BookLine, ResyncPlan>;
  private readonly redial: Redial;
  private readonly pulse = new Pulse();
  private socket: CcxtSocket | null = null;
  private codec: BookCodec | null = null;
  private timer: NodeJS.Timeout | undefined;
  private isOpen = false;
  private wasOpen = false;
  private aliveAtMs = -Infinity;
  private toldAliveAtMs = -Infinity;
  private isStopped = false;
  private host: string;

  constructor(
    private readonly context: SessionContext,
    private carried: readonly CodecMarket[],
  ) {
    this.host = context.host;
    this.redial = new Redial(context.kind, context.gate);
    this.plans = new Map(
      carried.map(({ id, line }) => [
        line,
        new ResyncPlan(
          context.clock,
          {
            resubscribe: () => {
              this.resubscribe(id);
            },
            fetch: () => this.fetch(id, line),
            waitMs: (delayMs) => (context.kind.snapshots ? context.gate.waitMs(delayMs) : delayMs),
          },
          context.kind.cadenceMs ?? null,
        ),
      ]),
    );
  }

  /** The markets whose books it carries now. */
  get markets(): readonly CodecMarket[] {
    return this.carried;
  }

  /** Gives up some of its markets; the books of the others go on where the exchange allows. */
  drop(markets: readonly CodecMarket[]): void {
    if (markets.length === 0) return;
    const { clock, desk } = this.context;
    this.carried = this.carried.filter((market) => !markets.includes(market));
    for (const { line } of markets) {
      this.plans.get(line)?.cancel();
      this.plans.delete(line);
      desk.discard(line, 'connecting', clock.nowMs());
    }
    if (this.carried.length === 0) this.stop();
    else if (this.isOpen) this.unsubscribe(markets);
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
    const silence = this.silenceAt(nowMs);
    if (silence !== null) this.reopen('silent', silence);
    else for (const [line, plan] of this.plans) this.checkLine(line, plan, nowMs);
  }

  // -- from the socket

  opened(): void {
    const nowMs = this.context.clock.nowMs();
    this.isOpen = true;
    this.aliveAtMs = nowMs;
    this.pulse.rest(nowMs);
    this.redial.opened(nowMs);
    this.context.monitor.opened(this.wasOpen);
    this.wasOpen = true;
    for (const plan of this.plans.values()) plan.requested();
    for (const frame of this.codec?.subscribe(this.carried.map((market) => market.id)) ?? []) this.send(frame);
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
    this.context.desk.alive([...this.plans.keys()], atMs);
  }

  trouble(message: string): void {
    this.context.monitor.fault('protocol', message, this.host, this.context.clock.nowMs());
  }

  closed(reason: string): void {
    if (!this.isOpen) this.context.dialFailed();
    this.fallen('disconnected', this.isOpen ? 'disconnected' : this.redial.codeOf(reason), reason);
  }

  // -- from the codec

  update(line: BookLine, update: DraftUpdate, rules: BookRules, checksum: number | null): boolean {
    if (update.exchangeTimeMs !== null) this.context.monitor.offset.add(update.receivedAtMs, update.exchangeTimeMs);
    const plan = this.plans.get(line);
    // Frames of a market that was given up may still be under way.
    if (!plan) return true;
    this.pulse.beat(update.receivedAtMs);
    plan.pulse.beat(update.receivedAtMs);
    const doubt = this.context.desk.take(line, update, rules, checksum);
    if (doubt === null) {
      if (update.kind === 'snapshot') plan.succeeded();
      return true;
    }
    this.doubted(line, doubt);
    return false;
  }

  broken(line: BookLine, reason: DistrustReason): boolean {
    if (!this.plans.has(line) || this.isOnlyCounted(reason)) return false;
    this.distrust(line, reason);
    return true;
  }

  lost(reason: DistrustReason): boolean {
    if (this.isOnlyCounted(reason)) return false;
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
    const market = this.carried.find((candidate) => candidate.id === id);
    if (market) this.plans.get(market.line)?.fetchSoon();
  }

  // -- own steps

  private dial(address: string): void {
    if (this.isStopped) return;
    const { exchange, clock, kind, fedDepth, hostOf } = this.context;
    this.host = hostOf(address);
    this.codec = kind.create(this.carried, fedDepth, this);
    this.socket = new CcxtSocket(exchange, address, clock, this);
  }

  private silenceAt(nowMs: number): string | null {
    const { silentAfterMs, maxQuietMs } = this.context;
    if (nowMs - this.aliveAtMs > silentAfterMs) return `no frame and no pong for ${silentAfterMs} ms`;
    // While no book stands each is asked for by its own plan; snapshots that wait for a limit of requests may take long.
    if (!this.hasLive()) return null;
    if (this.pulse.quietMs(nowMs) > maxQuietMs) return `pings are answered but no book changed for ${maxQuietMs} ms`;
    const isUnusual = this.pulse.isSilent(nowMs, silentAfterMs);
    return isUnusual ? 'pings are answered but no book changes, though they used to' : null;
  }

  private hasLive(): boolean {
    return this.carried.some(({ line }) => line.state === 'live');
  }

  private checkLine(line: BookLine, plan: ResyncPlan, nowMs: number): void {
    if (line.state === 'live' && plan.pulse.isSilent(nowMs, this.context.silentAfterMs)) {
      this.distrust(line, 'silent');
    } else if (line.state === 'resyncing' && plan.isOverdue(nowMs)) {
      this.context.desk.discard(line, 'no_snapshot', nowMs);
      // A socket on which other books live is sound: opening it again would take them down for this one.
      if (plan.isHopeless && !this.hasLive()) {
        this.reopen('no_snapshot', `${line.instrument.symbol}: no snapshot came when asked for`);
      } else plan.schedule();
    }
  }

  private unsubscribe(markets: readonly CodecMarket[]): void {
    for (const id of new Set(markets.map((market) => market.id))) {
      // Two symbols may share one feed.
      if (this.carried.some((market) => market.id === id)) continue;
      const frames = this.codec?.unsubscribe?.(id);
      if (!frames) {
        this.reopen('connecting', 'a market was given up, and only a new socket is rid of it');
        return;
      }
      for (const frame of frames) this.send(frame);
    }
  }

  private isOnlyCounted(reason: DistrustReason): boolean {
    if (reason !== 'sequence_gap') return false;
    const { enforcesSequence, monitor } = this.context;
    monitor.sequenceBroken(!enforcesSequence);
    return !enforcesSequence;
  }

  private distrust(line: BookLine, reason: DistrustReason): void {
    this.context.desk.discard(line, reason, this.context.clock.nowMs());
    this.doubted(line, reason);
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
    for (const { line } of this.carried) desk.discard(line, reason, nowMs);
    this.timer = setTimeout(
      () => {
        this.start();
      },
      this.redial.waitMs(code, nowMs),
    );
  }
}
