import { setTimeout as delay } from 'node:timers/promises';
import { ForeignExchange, type ForeignSocket, type RestCall, type Subscription } from '../foreign-exchange.js';
import { bitcoin, doge, ether } from '../pairs.js';
import type { Level, Levels, TrueBook } from '../true-book.js';

interface Request {
  readonly id: string;
  readonly type: string;
  readonly topic?: string;
  readonly response?: boolean;
}

const PING_WITHIN_MS = 18_000;
const PING_PATIENCE_MS = 10_000;

type Row = [price: string, size: string, sequence: string];

/**
 * Diffs of the whole book, with a REST snapshot of 20 or 100 levels, on an address that a REST call names first.
 *
 * Each level carries its own sequence, in no order, and a level whose price is 0 carries nothing else; a frame may begin
 * with sequences that the last one had already (the exchange asks for `sequenceStart` of at most the last end + 1 only).
 */
export class Kucoin extends ForeignExchange {
  override readonly id = 'kucoin';
  override readonly hosts = ['api.kucoin.com', 'api-futures.kucoin.com', 'ws-api-spot.kucoin.com'];
  private readonly welcomed = new WeakSet<ForeignSocket>();
  private readonly pingedAt = new WeakMap<ForeignSocket, number>();
  private readonly sequences = new Map<TrueBook, number>();
  private readonly lastRow = new Map<TrueBook, ['asks' | 'bids', Row]>();

  constructor() {
    super([bitcoin(400, 1), ether(80), doge(4)], 6);
    for (const [index, book] of this.books.entries()) {
      this.sequences.set(book, index === 0 ? 1_545_896_669_105 : 1);
      book.remember(this.sequences.get(book)!);
    }
  }

  override rest({ host, path, query }: RestCall): unknown {
    const fine = (data: unknown): unknown => ({ code: '200000', data });
    if (path === '/api/v1/bullet-public') {
      const endpoint = 'wss://ws-api-spot.kucoin.com/';
      const server = {
        endpoint,
        encrypt: true,
        protocol: 'websocket',
        pingInterval: PING_WITHIN_MS,
        pingTimeout: PING_PATIENCE_MS,
      };
      return fine({ token: `2neAiuYvAU61ZDX-${this.dice.whole(1, 1e9)}==.a+b`, instanceServers: [server] });
    }
    if (path === '/api/v3/currencies') return fine(this.books.map(({ pair }) => currency(pair.base)));
    if (path === '/api/v2/symbols') return fine(this.books.map(listing));
    if (path === '/api/v1/market/allTickers') return fine({ time: Date.now(), ticker: this.books.map(ticker) });
    if (host.startsWith('api-futures')) return fine([]);
    const depth = /^\/api\/v1\/market\/orderbook\/level2_(20|100)$/.exec(path)?.[1];
    return depth === undefined ? undefined : this.snapshot(query.get('symbol'), Number(depth), fine);
  }

  override opened(socket: ForeignSocket): void {
    super.opened(socket);
    this.pingedAt.set(socket, Date.now());
    setTimeout(
      () => {
        this.welcomed.add(socket);
        socket.send({ id: 'public', type: 'welcome' });
      },
      this.dice.whole(0, 300),
    );
  }

  override beat(): void {
    super.beat();
    for (const socket of this.sockets) {
      if (Date.now() - this.pingedAt.get(socket)! > PING_WITHIN_MS + PING_PATIENCE_MS) socket.kill(true);
    }
  }

  override heard(socket: ForeignSocket, text: string): void {
    const { id, type, topic, response } = JSON.parse(text) as Request;
    if (type === 'ping') {
      this.pingedAt.set(socket, Date.now());
      socket.send({ id, type: 'pong', timestamp: Date.now() * 1_000 });
    }
    if (topic !== undefined && !this.welcomed.has(socket)) {
      socket.send({ id, type: 'error', code: 400, data: 'not welcomed yet' });
      return;
    }
    for (const market of topic?.split(':')[1]?.split(',') ?? []) {
      const book = this.books.find(({ pair }) => `${pair.base}-${pair.quote}` === market);
      if (type === 'unsubscribe') socket.topics.delete(market);
      else if (book) socket.topics.set(market, { book });
      else socket.send({ id, type: 'error', code: 404, data: `topic ${topic} is not found` });
    }
    if (topic === undefined || response === false) return;
    // The acknowledgement may come when the first diffs have run.
    setTimeout(
      () => {
        socket.send({ id, type: 'ack' });
      },
      this.dice.whole(0, 500),
    );
  }

  protected override moved(book: TrueBook, change: Levels, isLost: boolean): void {
    const rows = this.told(book, change);
    const end = Number(rows.at(-1)?.[1][2] ?? this.sequences.get(book));
    if (end === this.sequences.get(book)) return;
    this.sequences.set(book, end);
    book.remember(end);
    if (isLost) this.lastRow.delete(book);
    else this.lastRow.set(book, rows.at(-1)!);
    if (isLost) return;
    const shuffled = this.dice.shuffled(rows);
    const changes = { asks: rowsOf(shuffled, 'asks'), bids: rowsOf(shuffled, 'bids') };
    const symbol = `${book.pair.base}-${book.pair.quote}`;
    const data = { symbol, changes, sequenceStart: Number(rows[0]![1][2]), sequenceEnd: end, time: Date.now() };
    for (const [socket] of this.subscribers<Subscription>(book)) {
      socket.send({ type: 'message', topic: `/market/level2:${symbol}`, subject: 'trade.l2update', data });
    }
  }

  /** The rows of a change in the order of their sequences, at times after one that was told before. */
  private told(book: TrueBook, change: Levels): ['asks' | 'bids', Row][] {
    let sequence = this.sequences.get(book)!;
    const rows: ['asks' | 'bids', Row][] = [];
    const last = this.lastRow.get(book);
    const isTold = last !== undefined && change[last[0]].some(([ticks]) => book.price(ticks) === last[1][0]);
    if (last && !isTold && this.dice.chance(0.15)) rows.push(last);
    for (const side of ['asks', 'bids'] as const) {
      for (const [ticks, lots] of change[side]) {
        sequence += 1;
        rows.push([side, [book.price(ticks), lots ? book.size(lots) : '0', String(sequence)]]);
      }
    }
    if (this.dice.chance(0.2)) rows.push(['bids', ['0', '0', String(sequence + 1)]]);
    return rows;
  }

  private async snapshot(market: string | null, depth: number, fine: (data: unknown) => unknown): Promise<unknown> {
    const book = this.books.find(({ pair }) => `${pair.base}-${pair.quote}` === market);
    if (!book) return { code: '400100', msg: 'symbol not exists' };
    const sequence = String(this.sequences.get(book)!);
    const { bids, asks } = book.top(depth);
    await delay(this.dice.whole(50, 700));
    return fine({ time: Date.now(), sequence, bids: rows(book, bids), asks: rows(book, asks) });
  }
}

function rowsOf(sides: readonly ['asks' | 'bids', Row][], wanted: 'asks' | 'bids'): Row[] {
  return sides.filter(([side]) => side === wanted).map(([, row]) => row);
}

function rows(book: TrueBook, levels: readonly Level[]): string[][] {
  return levels.map(([ticks, lots]) => [book.price(ticks), book.size(lots)]);
}

function currency(code: string): object {
  return {
    currency: code,
    name: code,
    fullName: code,
    precision: 8,
    confirms: null,
    contractAddress: null,
    isMarginEnabled: false,
    isDebitEnabled: false,
    chains: [],
  };
}

function ticker({ pair }: TrueBook): object {
  const symbol = `${pair.base}-${pair.quote}`;
  return {
    symbol,
    symbolName: symbol,
    last: '1',
    takerFeeRate: '0.001',
    makerFeeRate: '0.001',
    takerCoefficient: '1',
    makerCoefficient: '1',
  };
}

function listing({ pair }: TrueBook): object {
  const { base, quote, priceDecimals, sizeDecimals } = pair;
  return {
    symbol: `${base}-${quote}`,
    name: `${base}-${quote}`,
    baseCurrency: base,
    quoteCurrency: quote,
    feeCurrency: quote,
    market: 'USDS',
    baseMinSize: '0.00001',
    quoteMinSize: '0.1',
    baseMaxSize: '10000000000',
    quoteMaxSize: '99999999',
    baseIncrement: (10 ** -sizeDecimals).toFixed(8),
    quoteIncrement: '0.000001',
    priceIncrement: (10 ** -priceDecimals).toFixed(5),
    priceLimitRate: '0.1',
    minFunds: '0.1',
    isMarginEnabled: false,
    enableTrading: true,
    feeCategory: 1,
    makerFeeCoefficient: '1.00',
    takerFeeCoefficient: '1.00',
    st: false,
  };
}
