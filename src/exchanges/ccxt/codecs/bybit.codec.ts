import type { BookLine, BookRules } from '../../books/book-line.js';
import {
  type BookCodec,
  chunks,
  type CodecKind,
  type CodecMarket,
  type CodecSink,
  flat,
  type Frame,
  time,
} from './codec.js';
import { DepthScanner, type DepthValues } from './depth-scanner.js';

const DEPTHS = [50, 200, 1_000] as const;
/** A spot subscribe request may hold at most ten topics. */
const TOPICS_PER_FRAME = 10;

const scanner = new DepthScanner({
  topic: 'channel',
  type: 'kind',
  data: { s: 'id', b: 'bids', a: 'asks', u: 'last' },
  cts: 'timeMs',
});

interface BybitBook {
  readonly s?: unknown;
  readonly b?: unknown;
  readonly a?: unknown;
  readonly u?: unknown;
}

interface Feed {
  readonly line: BookLine;
  /** `u` of the last frame, null while a snapshot is awaited. */
  updateId: number | null;
}

/**
 * bybit v5 topic `orderbook.N.SYMBOL`: a snapshot, then deltas with `u` one higher each.
 *
 * A snapshot at any later time replaces the book (the exchange sends one after a restart of its service, with `u` 1;
 * https://bybit-exchange.github.io/docs/v5/websocket/public/orderbook). The feed is the best N levels.
 */
class BybitCodec implements BookCodec {
  private readonly feeds: Map<string, Feed>;
  private readonly rules: BookRules;
  private readonly prefix: string;

  constructor(
    markets: readonly CodecMarket[],
    fedDepth: number,
    private readonly sink: CodecSink,
  ) {
    this.feeds = new Map(markets.map(({ id, line }) => [id, { line, updateId: null }]));
    this.rules = { fedDepth, checksum: null };
    this.prefix = `orderbook.${fedDepth}.`;
  }

  readBytes(data: Buffer, receivedAtMs: number): boolean {
    const { frame } = scanner;
    if (!scanner.read(data) || !frame.channel.startsWith(this.prefix)) return false;
    const feed = this.feeds.get(frame.id);
    if (feed) this.book(feed, frame, frame.kind === 'snapshot', receivedAtMs);
    return true;
  }

  read(frame: Frame, receivedAtMs: number): boolean {
    const topic = frame['topic'];
    if (typeof topic !== 'string') return this.acknowledgement(frame);
    if (!topic.startsWith(this.prefix)) return false;
    const data = frame['data'] as BybitBook | undefined;
    const feed = this.feeds.get(data?.s as string);
    if (!feed || !data) return true;
    const numbers = { last: Number(data.u), timeMs: Number(frame['cts'] ?? frame['ts']) };
    const book = { ...numbers, bids: flat(data.b), asks: flat(data.a) };
    this.book(feed, book, frame['type'] === 'snapshot', receivedAtMs);
    return true;
  }

  subscribe(ids: readonly string[]): string[] {
    return chunks(ids, TOPICS_PER_FRAME).map((part) => this.request('subscribe', part));
  }

  resubscribe(id: string): string[] {
    return [...this.unsubscribe(id), this.request('subscribe', [id])];
  }

  unsubscribe(id: string): string[] {
    return [this.request('unsubscribe', [id])];
  }

  restart(id: string): void {
    const feed = this.feeds.get(id);
    if (feed) feed.updateId = null;
  }

  private book(
    feed: Feed,
    { last, timeMs, bids, asks }: Omit<DepthValues, 'first'>,
    isSnapshot: boolean,
    receivedAtMs: number,
  ): void {
    if (!isSnapshot && (feed.updateId === null || this.breaks(feed, last))) return;
    feed.updateId = last;
    const kept = this.sink.update(
      feed.line,
      {
        v: 1,
        instrument: feed.line.instrument,
        kind: isSnapshot ? 'snapshot' : 'delta',
        bids,
        asks,
        sequence: last,
        exchangeTimeMs: time(timeMs),
        receivedAtMs,
      },
      this.rules,
      null,
    );
    if (!kept) feed.updateId = null;
  }

  private request(op: string, ids: readonly string[]): string {
    return JSON.stringify({ op, req_id: ids.join(','), args: ids.map((id) => this.prefix + id) });
  }

  private breaks(feed: Feed, updateId: number): boolean {
    if (updateId === (feed.updateId as number) + 1 || !this.sink.broken(feed.line, 'sequence_gap')) return false;
    feed.updateId = null;
    return true;
  }

  private acknowledgement(frame: Frame): boolean {
    if (frame['op'] !== 'subscribe' && frame['op'] !== 'unsubscribe') return false;
    if (frame['success'] === false) {
      const asked = typeof frame['req_id'] === 'string' ? frame['req_id'] : '';
      this.sink.refused(this.feeds.get(asked)?.line ?? null, `${String(frame['ret_msg'])} (${asked})`);
    }
    return true;
  }
}

/** Books of bybit spot markets. */
export const bybitCodec: CodecKind = {
  address: { at: ['ws', 'public', 'spot'], suffix: '' },
  snapshots: null,
  idOf: (market) => market.id,
  fedDepth: (wanted) => DEPTHS.find((depth) => depth >= wanted) ?? 1_000,
  marketsPerSocket: 100,
  create: (markets, fedDepth, sink) => new BybitCodec(markets, fedDepth, sink),
};
