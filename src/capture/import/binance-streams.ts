import { instrumentKey } from '../../core/market/instrument.js';
import { CaptureError } from '../../core/replay/capture.error.js';
import { readLines } from '../read-lines.js';
import { type BinanceFrame, type BinanceMarket, binanceMarketOf } from './binance-markets.js';
import { type DepthNumbers, DepthSequence } from './depth-sequence.js';
import type { MarketScript, Top } from './market-script.js';
import type { Moment } from './merge.js';

/** Depth frames kept back before the first snapshot; the oldest go first. */
const MAX_HELD = 10_000;

/** From which frames the books are built: all levels from `depth`, or best bid and ask from `bookTicker`. */
export type BinanceBooks = 'depth' | 'ticker';

type Levels = readonly (readonly [string, string])[];

interface StreamFrame extends BinanceFrame, Partial<DepthNumbers> {
  /** Event time of the exchange. */
  readonly E?: number;
  readonly b?: Levels | string;
  readonly B?: string;
  readonly a?: Levels | string;
  readonly A?: string;
}

interface Snapshot {
  readonly lastUpdateId: number;
  readonly symbol?: string;
  readonly bids: Levels;
  readonly asks: Levels;
}

interface Depth {
  readonly numbers: DepthNumbers;
  readonly timeMs: number | null;
  readonly bids: Levels;
  readonly asks: Levels;
}

interface Feed extends BinanceMarket {
  readonly sequence: DepthSequence;
  held: Depth[];
  /** Best bid and ask that were told last. */
  top: Top | null;
  gaps: number;
  frames: number;
}

/** What was proven of an instrument's depth frames. */
export interface DepthProof {
  readonly instrument: string;
  /** Frames that were put in place. */
  readonly frames: number;
  /** Holes in the numbering: after each the book is lost until another snapshot. */
  readonly gaps: number;
}

/**
 * Reads one recorded combined stream of binance, lines `<local nanoseconds> <JSON>` with REST depth snapshots among them.
 * The numbering of the depth is proven whichever frames the books are built from.
 */
export class BinanceStream {
  private readonly feeds = new Map<string, Feed>();
  private line = 0;

  /**
   * @param file - The recording.
   * @param script - Takes what it shows.
   * @param books - From which frames the books are built.
   */
  constructor(
    private readonly file: string,
    private readonly script: MarketScript,
    private readonly books: BinanceBooks,
  ) {}

  /** What was proven so far. */
  get proofs(): DepthProof[] {
    return [...this.feeds.values()].map(({ instrument, frames, gaps }) => ({
      instrument: instrumentKey(instrument),
      ...{ frames, gaps },
    }));
  }

  /** The moments of the file, in its order. */
  async *moments(): AsyncGenerator<readonly Moment[]> {
    for await (const lines of readLines(this.file, { mayBeCut: false })) {
      yield lines.flatMap((line) => this.read(line) ?? []);
    }
  }

  private read(line: string): Moment | null {
    this.line += 1;
    const { line: number } = this;
    if (line.trim() === '') return null;
    const at = line.indexOf(' ');
    const atMs = Number(line.slice(0, at)) / 1e6;
    let message: { data?: StreamFrame } & Partial<Snapshot>;
    try {
      message = JSON.parse(line.slice(at + 1)) as typeof message;
    } catch {
      message = {};
    }
    const { data, lastUpdateId } = message;
    if (!(atMs > 0) || (data === undefined && lastUpdateId === undefined)) {
      throw new CaptureError(`${this.file}, line ${number}: it must be "<nanoseconds> <JSON>" of a combined stream`);
    }
    const play = data
      ? (): void => {
          this.frame(data, atMs);
        }
      : (): void => {
          this.snapshot(message as Snapshot, atMs, number);
        };
    return { atMs, play };
  }

  private frame(data: StreamFrame, atMs: number): void {
    const feed = this.feedOf(data);
    if (!feed) return;
    if (data.E !== undefined) this.script.timed(feed.instrument.exchange, atMs, data.E);
    if (data.e === 'depthUpdate') this.depth(feed, depthOf(data), atMs);
    else if (typeof data.b === 'string' && this.books === 'ticker') this.ticker(feed, data, atMs);
  }

  private feedOf(data: StreamFrame): Feed | undefined {
    const known = this.feeds.get(data.s ?? '');
    if (known) return known;
    const market = binanceMarketOf(data);
    if (market === null) return undefined;
    const feed = { ...market, sequence: new DepthSequence(market.isFutures), held: [], top: null, gaps: 0, frames: 0 };
    this.feeds.set(data.s ?? '', feed);
    return feed;
  }

  private ticker(feed: Feed, { E, b, B, a, A }: StreamFrame, atMs: number): void {
    const [bid, ask] = [Number(b), Number(a)];
    const top: Top = [bid, feed.baseSize(bid, Number(B)), ask, feed.baseSize(ask, Number(A))];
    this.script.top(feed.instrument, top, feed.top, atMs, E ?? null);
    feed.top = top;
  }

  private depth(feed: Feed, depth: Depth, atMs: number): void {
    if (!feed.sequence.hasSnapshot) {
      if (feed.held.length >= MAX_HELD) feed.held.splice(0, MAX_HELD / 2);
      feed.held.push(depth);
      return;
    }
    const place = feed.sequence.take(depth.numbers);
    if (place === 'before_snapshot') return;
    if (place === 'gap') {
      feed.gaps += 1;
      feed.held = [depth];
      if (this.books === 'depth') this.script.tellState(feed.instrument, 'resyncing', 'sequence_gap', atMs);
      return;
    }
    feed.frames += 1;
    if (this.books === 'depth') this.tell(feed, 'delta', depth, atMs);
  }

  private snapshot({ lastUpdateId, symbol, bids, asks }: Snapshot, atMs: number, line: number): void {
    const feed = symbol === undefined ? this.onlyFeed(line) : this.feeds.get(symbol);
    if (!feed) {
      throw new CaptureError(`${this.file}, line ${line}: a depth snapshot before any frame of its market`);
    }
    const wasLost = feed.gaps > 0 && !feed.sequence.hasSnapshot;
    feed.sequence.start(lastUpdateId);
    const numbers = { U: lastUpdateId, u: lastUpdateId };
    if (this.books === 'depth') {
      this.tell(feed, 'snapshot', { numbers, timeMs: null, bids, asks }, atMs);
      if (wasLost) this.script.tellState(feed.instrument, 'live', null, atMs);
    }
    const { held } = feed;
    feed.held = [];
    for (const depth of held) this.depth(feed, depth, atMs);
  }

  private onlyFeed(line: number): Feed | undefined {
    if (this.feeds.size > 1) {
      throw new CaptureError(
        `${this.file}, line ${line}: a depth snapshot that names no symbol, in a file of several: split the file by symbol`,
      );
    }
    return this.feeds.values().next().value;
  }

  private tell(feed: Feed, kind: 'snapshot' | 'delta', { numbers, timeMs, bids, asks }: Depth, atMs: number): void {
    this.script.book({
      ...{ v: 1, instrument: feed.instrument, kind, bids: flat(feed, bids), asks: flat(feed, asks) },
      ...{ sequence: numbers.u, exchangeTimeMs: timeMs, receivedAtMs: atMs },
    });
  }
}

function depthOf(data: StreamFrame): Depth {
  const { U = NaN, u = NaN, pu, E, b, a } = data;
  const numbers = pu === undefined ? { U, u } : { U, u, pu };
  return { numbers, timeMs: E ?? null, bids: b as Levels, asks: a as Levels };
}

function flat({ baseSize }: Feed, levels: Levels): number[] {
  const list: number[] = [];
  for (const [price, quantity] of levels) list.push(Number(price), baseSize(Number(price), Number(quantity)));
  return list;
}
