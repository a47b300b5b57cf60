import type { BookLine, BookRules, DraftUpdate } from '../../books/book-line.js';
import {
  type BookCodec,
  chunks,
  type CodecKind,
  type CodecMarket,
  type CodecSink,
  flat,
  type Frame,
  type RestSnapshot,
  time,
} from './codec.js';

const RULES: BookRules = { fedDepth: null, checksum: null };
const REST_DEPTHS = [100, 500, 1_000, 5_000] as const;
/** Streams per SUBSCRIBE frame. */
const STREAMS_PER_FRAME = 200;
/** Frames kept back while a snapshot is on its way: the last 25 to 50 seconds of them. */
const MAX_HELD = 500;

interface Held {
  readonly update: DraftUpdate;
  readonly first: number;
  readonly last: number;
}

interface Feed {
  readonly id: string;
  readonly line: BookLine;
  /** `u` of the last applied frame, null while a snapshot is awaited. */
  last: number | null;
  /** True until the first frame after a snapshot, which may overlap it. */
  isAligning: boolean;
  isAsked: boolean;
  held: Held[];
}

/**
 * binance spot stream `<symbol>@depth@100ms`, aligned with the REST depth snapshot as the exchange documents:
 * hold frames back, ask for the snapshot after the first, drop what it already holds, then every `U` is one above the
 * `u` before (https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams#how-to-manage-a-local-order-book-correctly).
 */
class BinanceCodec implements BookCodec {
  private readonly feeds: Map<string, Feed>;
  private requests = 0;

  constructor(
    markets: readonly CodecMarket[],
    private readonly sink: CodecSink,
  ) {
    this.feeds = new Map(
      markets.map(({ id, line }) => [id, { id, line, last: null, isAligning: false, isAsked: false, held: [] }]),
    );
  }

  read(frame: Frame, receivedAtMs: number): boolean {
    if (frame['e'] !== 'depthUpdate') return this.answer(frame);
    const feed = this.feeds.get(frame['s'] as string);
    if (!feed) return true;
    const first = Number(frame['U']);
    const last = Number(frame['u']);
    const update: DraftUpdate = {
      v: 1,
      instrument: feed.line.instrument,
      kind: 'delta',
      bids: flat(frame['b']),
      asks: flat(frame['a']),
      sequence: last,
      exchangeTimeMs: time(frame['E']),
      receivedAtMs,
    };
    if (feed.last === null) this.hold(feed, { update, first, last });
    else this.follow(feed, update, first, last);
    return true;
  }

  subscribe(ids: readonly string[]): string[] {
    return chunks(ids, STREAMS_PER_FRAME).map((part) => {
      this.requests += 1;
      const params = part.map((id) => `${id.toLowerCase()}@depth@100ms`);
      return JSON.stringify({ method: 'SUBSCRIBE', params, id: this.requests });
    });
  }

  /** The stream goes on. The snapshot does not wait for its next frame, which a quiet market may not send for long. */
  resubscribe(id: string): string[] {
    const feed = this.feeds.get(id);
    if (feed) {
      feed.isAsked = true;
      this.sink.wantsSnapshot(id);
    }
    return [];
  }

  restart(id: string): void {
    const feed = this.feeds.get(id);
    if (!feed) return;
    feed.last = null;
    feed.isAsked = false;
    feed.held = [];
  }

  offerSnapshot(id: string, snapshot: RestSnapshot, receivedAtMs: number): void {
    const feed = this.feeds.get(id);
    if (feed?.last !== null) return;
    const oldest = feed.held[0];
    if (oldest && snapshot.sequence < oldest.first - 1) {
      this.sink.wantsSnapshot(id);
      return;
    }
    const held = feed.held;
    feed.held = [];
    feed.isAsked = false;
    feed.last = snapshot.sequence;
    feed.isAligning = true;
    const update: DraftUpdate = {
      v: 1,
      instrument: feed.line.instrument,
      kind: 'snapshot',
      bids: flat(snapshot.bids),
      asks: flat(snapshot.asks),
      sequence: snapshot.sequence,
      exchangeTimeMs: null,
      receivedAtMs,
    };
    if (!this.sink.update(feed.line, update, RULES, null)) {
      feed.last = null;
      return;
    }
    for (const frame of held) {
      // The frame was received before the snapshot but is applied after it: time must not run backwards.
      if (!this.follow(feed, { ...frame.update, receivedAtMs }, frame.first, frame.last)) return;
    }
  }

  private hold(feed: Feed, frame: Held): void {
    // The oldest go first: the snapshot on its way is younger than they are.
    if (feed.held.length >= MAX_HELD) feed.held.splice(0, MAX_HELD / 2);
    feed.held.push(frame);
    if (feed.isAsked) return;
    feed.isAsked = true;
    this.sink.wantsSnapshot(feed.id);
  }

  /** Applies a frame in its turn; false when the book is lost. */
  private follow(feed: Feed, update: DraftUpdate, first: number, last: number): boolean {
    const expected = (feed.last as number) + 1;
    // The first frames after a snapshot may be older than it, and one may overlap it.
    if (feed.isAligning && last < expected) return true;
    const fits = feed.isAligning ? first <= expected : first === expected;
    feed.isAligning = false;
    if (!fits) {
      feed.last = null;
      this.sink.broken(feed.line, 'sequence_gap');
      return false;
    }
    feed.last = last;
    if (this.sink.update(feed.line, update, RULES, null)) return true;
    feed.last = null;
    return false;
  }

  private answer(frame: Frame): boolean {
    if (!('id' in frame) || !('result' in frame || 'error' in frame)) return false;
    const error = frame['error'] as { msg?: unknown; code?: unknown } | undefined;
    if (error) this.sink.refused(null, `${String(error.code)} ${String(error.msg)}`);
    return true;
  }
}

/** Books of binance spot markets. */
export const binanceCodec: CodecKind = {
  address: { at: ['ws', 'spot'], suffix: '/0' },
  snapshots: {
    endpoint: 'publicGetDepth',
    // One step deeper than what is kept, so that the book knows where its knowledge ends.
    parameters: (id, kept) => ({ symbol: id, limit: REST_DEPTHS.find((depth) => depth > kept) ?? 5_000 }),
    read: (answer) => {
      const { lastUpdateId, bids, asks } = answer as { lastUpdateId?: unknown; bids?: unknown; asks?: unknown };
      const sequence = Number(lastUpdateId);
      if (!(sequence > 0) || !Array.isArray(bids) || !Array.isArray(asks)) return null;
      return { sequence, bids: bids as unknown[][], asks: asks as unknown[][] };
    },
  },
  idOf: (market) => market.id,
  fedDepth: (wanted) => wanted,
  marketsPerSocket: 200,
  create: (markets, _fedDepth, sink) => new BinanceCodec(markets, sink),
};
