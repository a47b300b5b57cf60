import { ForeignExchange, type ForeignSocket, type RestCall, type Subscription } from '../foreign-exchange.js';
import { bitcoin, doge, ether } from '../pairs.js';
import type { Level, Levels, TrueBook } from '../true-book.js';

interface Request {
  readonly method: string;
  readonly subscription?: { type: string; coin: string };
}

const DEPTH = 20;
const TOKENS = ['USDC', 'UBTC', 'UETH', 'DOGE'];

/** Snapshots of 20 levels, of coins that have an index for a name; the present book overtakes the acknowledgement. */
export class Hyperliquid extends ForeignExchange {
  override readonly id = 'hyperliquid';
  override readonly shownDepth = DEPTH;
  override readonly hosts = ['api.hyperliquid.xyz'];

  constructor() {
    super([bitcoin(100, 1, 'USDC'), ether(35, 2, 'USDC'), doge(4, 'USDC')], 10);
  }

  override rest({ path, body }: RestCall): unknown {
    if (path !== '/info') return undefined;
    const { type } = JSON.parse(body) as { type: string };
    const tokens = TOKENS.map((name, index) => ({
      name,
      szDecimals: 5,
      weiDecimals: 8,
      index,
      tokenId: `0x${index}`,
      isCanonical: false,
    }));
    const universe = this.books.map((_, index) => ({
      name: coin(index),
      tokens: [index + 1, 0],
      index,
      isCanonical: false,
    }));
    const contexts = this.books.map((book, index) => ({
      coin: coin(index),
      midPx: book.price(book.pair.middle),
      dayNtlVlm: '0',
    }));
    if (type === 'spotMeta') return { tokens, universe };
    if (type === 'spotMetaAndAssetCtxs') return [{ tokens, universe }, contexts];
    if (type === 'perpDexs') return [null];
    return type === 'metaAndAssetCtxs' ? [{ universe: [] }, []] : undefined;
  }

  override heard(socket: ForeignSocket, text: string): void {
    const { method, subscription } = JSON.parse(text) as Request;
    if (method === 'ping') socket.send({ channel: 'pong' });
    if (!subscription) return;
    const index = this.books.findIndex((_, at) => coin(at) === subscription.coin);
    const book = this.books[index];
    if (!book || subscription.type !== 'l2Book') {
      socket.send({ channel: 'error', data: `Invalid subscription ${JSON.stringify(subscription)}` });
      return;
    }
    if (method === 'unsubscribe') socket.topics.delete(subscription.coin);
    else {
      socket.topics.set(subscription.coin, { book });
      book.remember(null);
      this.tell(socket, book);
    }
    const echoed = { ...subscription, nSigFigs: null, mantissa: null, fast: false };
    socket.send({ channel: 'subscriptionResponse', data: { method, subscription: echoed } });
  }

  protected override moved(book: TrueBook, _change: Levels, isLost: boolean): void {
    book.remember(null);
    for (const [socket] of this.subscribers<Subscription>(book)) if (!isLost) this.tell(socket, book);
  }

  private tell(socket: ForeignSocket, book: TrueBook): void {
    const { bids, asks } = book.top(DEPTH);
    const rows = (levels: readonly Level[]): object[] =>
      levels.map(([ticks, lots]) => ({ px: book.price(ticks), sz: book.size(lots), n: this.dice.whole(1, 30) }));
    const data = { coin: coin(this.books.indexOf(book)), time: Date.now(), levels: [rows(bids), rows(asks)] };
    socket.send({ channel: 'l2Book', data });
  }
}

function coin(index: number): string {
  return `@${index}`;
}
