import type { Ladder } from '../../../core/order-book/ladder.js';
import type { Clock } from '../../../platform/clock/index.js';
import type { BookDesk } from '../../books/book-desk.js';
import type { BookLine, BookRules, DistrustReason } from '../../books/book-line.js';
import { Backoff } from '../../supervision/backoff.js';
import type { ExchangeMonitor } from '../../supervision/exchange-monitor.js';
import type { RestGate } from '../../supervision/rest-gate.js';
import type { CcxtBook, CcxtClient, CcxtExchange, CcxtMarket } from '../instance/ccxt-instance.js';
import { isConnectionTrouble } from '../key-errors/classify.js';
import { baseLevels, type SizeUnit } from './base-size.js';

/** What the generic way needs of its exchange. */
export interface GenericContext {
  readonly exchange: CcxtExchange;
  readonly host: string;
  /** Levels per side that are taken over. */
  readonly depth: number;
  readonly desk: BookDesk;
  readonly monitor: ExchangeMonitor;
  readonly clock: Clock;
  readonly silentAfterMs: number;
  /** Says when REST calls of the exchange may leave. */
  readonly gate: RestGate;
}

/** A market with the line of its book. */
export interface GenericMarket {
  readonly line: BookLine;
  readonly market: CcxtMarket;
  /** What the sizes of its book are. */
  readonly unit: SizeUnit;
}

const RULES: BookRules = { fedDepth: null, checksum: null };
const ALIVE_EVERY_MS = 250;
const RETRY = { baseMs: 500, capMs: 60_000, stableAfterMs: 30_000 };

interface Connection {
  readonly client: CcxtClient;
  readonly lines: Set<BookLine>;
  aliveAtMs: number;
  toldAtMs: number;
}

/**
 * Books of any ccxt Pro exchange through ccxt's own book keeping, as snapshots of the best levels.
 *
 * ccxt checks the numbering of few of these exchanges, so the books are `unverified`. What can be done is done: after
 * any error the book is dropped, and after any error but a lost connection the sockets are opened again, since ccxt
 * would go on with a book that it knows to be wrong.
 */
export class GenericBooks {
  private readonly bySymbol = new Map<string, GenericMarket>();
  private readonly connections = new Map<CcxtClient, Connection>();
  private readonly waits = new Set<NodeJS.Timeout>();
  private openings = 0;
  private isStopped = false;

  constructor(private readonly context: GenericContext) {
    this.hook();
  }

  /** The markets whose books it watches now. */
  get markets(): readonly GenericMarket[] {
    return [...this.bySymbol.values()];
  }

  /** Begins to watch; returns at once. */
  add(markets: readonly GenericMarket[]): void {
    for (const entry of markets) {
      this.bySymbol.set(entry.market.symbol, entry);
      void this.watch(entry);
    }
  }

  /** Gives up some markets; where the exchange knows no way to say so, its sockets are opened again. */
  drop(markets: readonly GenericMarket[]): void {
    const { exchange, desk, clock } = this.context;
    for (const { line, market } of markets) {
      this.bySymbol.delete(market.symbol);
      desk.discard(line, 'connecting', clock.nowMs());
      if (exchange.has['unWatchOrderBook'] === true) void this.unwatch(line, market.symbol);
      else this.dropCarriersOf(line);
    }
  }

  /** Lets every watch end; the instance is closed by its owner. */
  stop(): void {
    this.isStopped = true;
    for (const timer of this.waits) clearTimeout(timer);
    this.waits.clear();
  }

  /** Opens sockets again that have been silent for too long. */
  tick(nowMs: number): void {
    for (const connection of this.connections.values()) {
      if (nowMs - connection.aliveAtMs <= this.context.silentAfterMs) continue;
      this.reopen(connection, 'silent');
    }
  }

  private hook(): void {
    const { exchange, clock } = this.context;
    const make = exchange.client.bind(exchange);
    exchange.client = (url) => {
      const client = make(url);
      if (this.connections.has(client)) return client;
      const connection: Connection = { client, lines: new Set(), aliveAtMs: clock.nowMs(), toldAtMs: -Infinity };
      this.connections.set(client, connection);
      this.hookClient(connection);
      return client;
    };
  }

  private hookClient(connection: Connection): void {
    const { client } = connection;
    const resolve = client.resolve.bind(client);
    client.resolve = (value, hash) => {
      this.resolved(connection, value as Partial<CcxtBook> | undefined);
      return resolve(value, hash);
    };
    const onMessage = client.onMessage.bind(client);
    client.onMessage = (event) => {
      this.context.monitor.frame();
      this.alive(connection);
      onMessage(event);
    };
    const onPong = client.onPong.bind(client);
    client.onPong = () => {
      this.alive(connection);
      onPong();
    };
    const connected = client.onConnectedCallback.bind(client);
    client.onConnectedCallback = (opened) => {
      this.context.monitor.opened(this.openings >= this.connections.size);
      this.openings += 1;
      connected(opened);
    };
    const closed = client.onCloseCallback.bind(client);
    client.onCloseCallback = (gone, event) => {
      this.forget(connection, 'disconnected');
      closed(gone, event);
    };
  }

  private alive(connection: Connection): void {
    const nowMs = this.context.clock.nowMs();
    connection.aliveAtMs = nowMs;
    if (nowMs - connection.toldAtMs < ALIVE_EVERY_MS || connection.lines.size === 0) return;
    connection.toldAtMs = nowMs;
    this.context.desk.alive([...connection.lines], nowMs);
  }

  private resolved(connection: Connection, value: Partial<CcxtBook> | undefined): void {
    if (!value?.bids || !value.asks || value.symbol === undefined || this.isStopped) return;
    const entry = this.bySymbol.get(value.symbol);
    if (!entry) return;
    const { line, unit } = entry;
    const { clock, desk, depth, monitor } = this.context;
    connection.lines.add(line);
    const receivedAtMs = clock.nowMs();
    if (value.timestamp !== undefined) monitor.offset.add(receivedAtMs, value.timestamp);
    const bids = baseLevels(value.bids, depth, unit);
    const asks = baseLevels(value.asks, depth, unit);
    // Some feeds repeat themselves: a book that says the same again has not changed, and a frozen one must grow quiet.
    if (isTold(line, bids, asks)) return;
    const doubt = desk.take(
      line,
      {
        v: 1,
        instrument: line.instrument,
        kind: 'snapshot',
        bids,
        asks,
        sequence: value.nonce ?? null,
        exchangeTimeMs: value.timestamp ?? null,
        receivedAtMs,
      },
      RULES,
      null,
    );
    if (doubt !== null) this.reopen(connection, doubt);
  }

  private async watch(entry: GenericMarket): Promise<void> {
    const { exchange, desk, monitor, clock, host, gate } = this.context;
    const { line, market } = entry;
    const backoff = new Backoff(RETRY);
    while (this.isWatched(entry)) {
      try {
        await exchange.watchOrderBook(market.symbol);
        backoff.succeeded(clock.nowMs());
      } catch (error) {
        if (!this.isWatched(entry)) return;
        const nowMs = clock.nowMs();
        const isConnection = isConnectionTrouble(error);
        Reflect.deleteProperty(exchange.orderbooks, market.symbol);
        // kucoin would dial with its used-up token for ever.
        if (exchange.id === 'kucoin') Reflect.deleteProperty(exchange.options, 'urls');
        const code = isConnection ? 'disconnected' : 'feed_error';
        const message = `${market.symbol}: ${(error as Error).message}`;
        if (isConnection) monitor.failed(code, message, host, nowMs);
        else monitor.fault(code, message, host, nowMs);
        desk.discard(line, code, nowMs);
        if (!isConnection) this.dropCarriersOf(line);
        await this.wait(gate.waitMs(backoff.failed(nowMs)));
      }
    }
  }

  private isWatched(entry: GenericMarket): boolean {
    return !this.isStopped && this.bySymbol.get(entry.market.symbol) === entry;
  }

  private async unwatch(line: BookLine, symbol: string): Promise<void> {
    try {
      await this.context.exchange.unWatchOrderBook(symbol);
      for (const connection of this.connections.values()) connection.lines.delete(line);
    } catch {
      // What cannot be unsubscribed is not subscribed on a new socket.
      if (!this.isStopped) this.dropCarriersOf(line);
    }
  }

  private dropCarriersOf(line: BookLine): void {
    for (const connection of [...this.connections.values()]) {
      if (connection.lines.has(line)) this.reopen(connection, 'feed_error');
    }
  }

  private reopen(connection: Connection, reason: DistrustReason): void {
    const { exchange } = this.context;
    const { client } = connection;
    this.forget(connection, reason);
    exchange.clients = Object.fromEntries(Object.entries(exchange.clients).filter(([, other]) => other !== client));
    client.error = new Error(reason);
    client.reset(client.error);
    client.connection?.terminate();
  }

  private forget(connection: Connection, reason: DistrustReason): void {
    this.connections.delete(connection.client);
    const nowMs = this.context.clock.nowMs();
    for (const line of connection.lines) {
      Reflect.deleteProperty(this.context.exchange.orderbooks, line.instrument.symbol);
      if (!this.isStopped) this.context.desk.discard(line, reason, nowMs);
    }
  }

  private wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.waits.delete(timer);
        resolve();
      }, delayMs);
      this.waits.add(timer);
    });
  }
}

function isTold({ state, book }: BookLine, bids: readonly number[], asks: readonly number[]): boolean {
  return state === 'live' && isSame(book.bids, bids) && isSame(book.asks, asks);
}

function isSame(ladder: Ladder, levels: readonly number[]): boolean {
  if (ladder.length * 2 !== levels.length) return false;
  for (let rank = 0; rank < ladder.length; rank++) {
    if (ladder.price(rank) !== levels[rank * 2] || ladder.size(rank) !== levels[rank * 2 + 1]) return false;
  }
  return true;
}
