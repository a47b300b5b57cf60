import type { BookLine, BookRules } from '../../books/book-line.js';
import { type BookCodec, type CodecKind, type CodecMarket, type CodecSink, flat, type Frame, time } from './codec.js';
import { DepthScanner, type DepthValues } from './depth-scanner.js';

const CHANNEL = 'spot.obu';

// Full books are few, and parsed: a frame of changes has no `full`.
const scanner = new DepthScanner({
  channel: 'channel',
  result: { full: 'refused', t: 'timeMs', s: 'id', u: 'last', U: 'first', b: 'bids', a: 'asks' },
  event: 'kind',
});

interface GateBook {
  readonly t?: unknown;
  readonly full?: unknown;
  readonly s?: unknown;
  readonly U?: unknown;
  readonly u?: unknown;
  readonly b?: unknown;
  readonly a?: unknown;
}

interface Feed {
  readonly line: BookLine;
  /** `u` of the last frame, null while a snapshot is awaited. */
  updateId: number | null;
}

/**
 * gate channel `spot.obu`: a full book of the best 50 or 400 levels, at any time again, then changes whose `U` is one
 * above the last `u`; a frame names only the sides that changed. After a gap the stream is left and joined anew
 * (https://www.gate.com/announcements/article/45317, https://www.gate.com/docs/developers/apiv4/ws/en/).
 *
 * Whether levels that are pushed out of the best N are deleted is not documented, so the book is cut there.
 */
class GateCodec implements BookCodec {
  private readonly feeds: Map<string, Feed>;
  private readonly rules: BookRules;

  constructor(
    markets: readonly CodecMarket[],
    private readonly fedDepth: number,
    private readonly sink: CodecSink,
  ) {
    this.feeds = new Map(markets.map(({ id, line }) => [this.stream(id), { line, updateId: null }]));
    this.rules = { fedDepth, checksum: null };
  }

  readBytes(data: Buffer, receivedAtMs: number): boolean {
    const { frame } = scanner;
    if (!scanner.read(data) || frame.channel !== CHANNEL || frame.kind !== 'update') return false;
    const feed = this.feeds.get(frame.id);
    if (feed) this.book(feed, frame, false, receivedAtMs);
    return true;
  }

  read(frame: Frame, receivedAtMs: number): boolean {
    if (frame['channel'] !== CHANNEL) return false;
    if (frame['event'] !== 'update') return this.acknowledgement(frame);
    const book = frame['result'] as GateBook | undefined;
    const feed = this.feeds.get(book?.s as string);
    if (!feed || !book) return true;
    const numbers = { first: Number(book.U), last: Number(book.u), timeMs: Number(book.t) };
    this.book(feed, { ...numbers, bids: flat(book.b), asks: flat(book.a) }, book.full === true, receivedAtMs);
    return true;
  }

  subscribe(ids: readonly string[]): string[] {
    // One stream a frame: an error then names its stream.
    return ids.map((id) => this.request('subscribe', id));
  }

  resubscribe(id: string): string[] {
    return [...this.unsubscribe(id), this.request('subscribe', id)];
  }

  unsubscribe(id: string): string[] {
    return [this.request('unsubscribe', id)];
  }

  restart(id: string): void {
    const feed = this.feeds.get(this.stream(id));
    if (feed) feed.updateId = null;
  }

  private book(
    feed: Feed,
    { first, last, timeMs, bids, asks }: DepthValues,
    isSnapshot: boolean,
    receivedAtMs: number,
  ): void {
    if (!isSnapshot) {
      if (feed.updateId === null) return;
      if (first !== feed.updateId + 1 && this.sink.broken(feed.line, 'sequence_gap')) {
        feed.updateId = null;
        return;
      }
    }
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

  private stream(id: string): string {
    return `ob.${id}.${this.fedDepth}`;
  }

  private request(event: 'subscribe' | 'unsubscribe', id: string): string {
    return JSON.stringify({ time: Math.floor(Date.now() / 1000), channel: CHANNEL, event, payload: [this.stream(id)] });
  }

  private acknowledgement(frame: Frame): boolean {
    const error = frame['error'] as { code?: unknown; message?: unknown } | null | undefined;
    if (!error) return true;
    const message = String(error.message);
    const payload: unknown[] = Array.isArray(frame['payload']) ? frame['payload'] : [];
    const feed = [...this.feeds].find(([stream]) => payload.includes(stream) || message.split(' ').includes(stream));
    this.sink.refused(feed?.[1].line ?? null, `${String(error.code)} ${message}`);
    return true;
  }
}

/** Books of gate spot markets. */
export const gateCodec: CodecKind = {
  address: { at: ['spot'], suffix: '' },
  snapshots: null,
  idOf: (market) => market.id,
  fedDepth: (wanted) => (wanted <= 50 ? 50 : 400),
  marketsPerSocket: 50,
  create: (markets, fedDepth, sink) => new GateCodec(markets, fedDepth, sink),
};
