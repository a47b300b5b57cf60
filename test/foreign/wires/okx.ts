import { ForeignExchange, type ForeignSocket, type RestCall, type Subscription } from '../foreign-exchange.js';
import { bitcoin, doge, ether } from '../pairs.js';
import { ShownWindow } from '../shown-window.js';
import type { Level, Levels, TrueBook } from '../true-book.js';

interface Arg {
  readonly channel: string;
  readonly instId: string;
}

interface BooksSubscription extends Subscription {
  readonly arg: Arg;
  readonly window: ShownWindow;
  seqId: number;
}

const DEPTH = 400;

/**
 * Windows of 400 levels, chained by ids that jump: `prevSeqId` names the one before.
 *
 * An update may change nothing and then repeat the id; after maintenance of the engine the ids start over while the
 * chain goes on. The checksum field is always 0.
 */
export class Okx extends ForeignExchange {
  override readonly id = 'okx';
  override readonly hosts = ['www.okx.com', 'ws.okx.com:8443'];
  private readonly seqIds = new Map<TrueBook, number>();

  constructor() {
    super([bitcoin(700, 1), ether(45), doge(4)], 2);
    for (const [index, book] of this.books.entries()) {
      this.seqIds.set(book, index === 0 ? Number.MAX_SAFE_INTEGER - 4_000_000 : 1);
      book.remember(this.seqIds.get(book)!);
    }
  }

  override rest({ path, query }: RestCall): unknown {
    if (path !== '/api/v5/public/instruments') return undefined;
    return { code: '0', msg: '', data: query.get('instType') === 'SPOT' ? this.books.map(listing) : [] };
  }

  override heard(socket: ForeignSocket, text: string): void {
    if (text === 'ping') {
      socket.raw('pong');
      return;
    }
    const { op, args } = JSON.parse(text) as { op: string; args: Arg[] };
    for (const arg of args) {
      const key = `${arg.channel}:${arg.instId}`;
      const book = this.books.find(({ pair }) => `${pair.base}-${pair.quote}` === arg.instId);
      if (!book) {
        socket.send({
          event: 'error',
          code: '60018',
          msg: `Wrong URL or channel:${arg.channel} doesn't exist`,
          connId: 'f0',
        });
      } else if (op === 'unsubscribe') {
        socket.topics.delete(key);
        socket.send({ event: 'unsubscribe', arg, connId: 'f0' });
      } else {
        const subscription = { book, arg, window: new ShownWindow(book, DEPTH), seqId: this.seqIds.get(book)! };
        socket.topics.set(key, subscription);
        // The snapshot may overtake the acknowledgement.
        socket.send({ arg, action: 'snapshot', data: [this.data(subscription, subscription.window.levels, -1)] });
        socket.send({ event: 'subscribe', arg, connId: 'f0' });
      }
    }
  }

  override beat(): void {
    super.beat();
    for (const socket of this.sockets) {
      if (this.dice.chance(0.1))
        socket.send({ event: 'channel-conn-count', channel: 'books', connCount: '2', connId: 'f0' });
    }
  }

  protected override moved(book: TrueBook, _change: Levels, isLost: boolean): void {
    const before = this.seqIds.get(book)!;
    const isReset = this.dice.chance(0.02) && before > 100;
    const after = isReset ? this.dice.whole(1, 50) : before + this.dice.whole(1, 93);
    this.seqIds.set(book, after);
    book.remember(after);
    for (const [socket, subscription] of this.subscribers<BooksSubscription>(book)) {
      const change = subscription.window.move(book.pair.base === 'BTC');
      const previous = subscription.seqId;
      subscription.seqId = after;
      if (isLost) continue;
      const data = [this.data(subscription, change, previous)];
      if (this.dice.chance(0.1)) data.push(this.data(subscription, { bids: [], asks: [] }, after));
      if (this.dice.chance(0.5)) socket.send({ arg: subscription.arg, action: 'update', data });
      else for (const row of data) socket.send({ arg: subscription.arg, action: 'update', data: [row] });
    }
  }

  private data({ book, seqId }: BooksSubscription, levels: Levels, prevSeqId: number): object {
    return {
      asks: rows(book, levels.asks, this.dice.whole(1, 9)),
      bids: rows(book, levels.bids, this.dice.whole(1, 9)),
      ts: String(Date.now()),
      checksum: 0,
      prevSeqId,
      seqId,
    };
  }
}

function rows(book: TrueBook, levels: readonly Level[], orders: number): string[][] {
  return levels.map(([ticks, lots]) => [
    book.price(ticks),
    lots ? book.size(lots) : '0',
    '0',
    lots ? String(orders) : '0',
  ]);
}

function listing({ pair }: TrueBook): object {
  const { base, quote, priceDecimals, sizeDecimals } = pair;
  return {
    instType: 'SPOT',
    instId: `${base}-${quote}`,
    instIdCode: 1,
    baseCcy: base,
    quoteCcy: quote,
    settleCcy: '',
    ctVal: '',
    ctMult: '',
    ctValCcy: '',
    listTime: '1548133413000',
    expTime: '',
    lever: '10',
    lotSz: (10 ** -sizeDecimals).toFixed(8),
    minSz: '0.00001',
    tickSz: (10 ** -priceDecimals).toFixed(5),
    state: 'live',
    ruleType: 'normal',
    uly: '',
    instFamily: '',
    optType: '',
    stk: '',
    alias: '',
  };
}
