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

const DEPTHS = [10, 50] as const;
const CHANNELS_PER_FRAME = 100;

interface CryptocomRow {
  readonly update?: { readonly bids?: unknown; readonly asks?: unknown };
  readonly bids?: unknown;
  readonly asks?: unknown;
  readonly t?: unknown;
  readonly u?: unknown;
  readonly pu?: unknown;
}

interface CryptocomResult {
  readonly instrument_name?: unknown;
  readonly channel?: unknown;
  readonly data?: unknown;
}

interface Feed {
  readonly line: BookLine;
  /** `u` of the last frame, null while a snapshot is awaited. */
  updateId: number | null;
}

/**
 * crypto.com channel `book.NAME.DEPTH` with deltas: `pu` of a frame is the `u` of the one before, the first one's that of
 * the snapshot; where it is not, a new subscription brings a new snapshot
 * (https://exchange-docs.crypto.com/exchange/v1/rest-ws/index.html#book-instrument_name-depth for the fields; that they
 * chain like this is known from others' measurements, not yet from our own against the exchange).
 *
 * Deltas are sent only to who asks for them as `book_subscription_type`: the name in camel case is passed over in silence
 * and brings whole books twice a second. A whole book may come at any time and replaces the one held. Its checksum `cs`
 * is of no use, since no document tells how it is made. No document tells either whether levels pushed out of the depth
 * are deleted; the book is cut there, which is right in both cases.
 */
class CryptocomCodec implements BookCodec {
  private readonly feeds: Map<string, Feed>;
  private readonly rules: BookRules;
  private requests = 0;

  constructor(
    markets: readonly CodecMarket[],
    private readonly fedDepth: number,
    private readonly sink: CodecSink,
  ) {
    this.feeds = new Map(markets.map(({ id, line }) => [id, { line, updateId: null }]));
    this.rules = { fedDepth, checksum: null };
  }

  /** Heartbeats are not about books: ccxt answers them. */
  read(frame: Frame, receivedAtMs: number): boolean {
    if (frame['method'] !== 'subscribe' && frame['method'] !== 'unsubscribe') return false;
    const result = frame['result'] as CryptocomResult | undefined;
    if (!result) return this.acknowledgement(frame);
    const feed = this.feeds.get(result.instrument_name as string);
    if (!feed || !Array.isArray(result.data)) return true;
    for (const row of result.data as CryptocomRow[]) {
      if (result.channel === 'book') this.apply(feed, row, row, receivedAtMs);
      else if (result.channel === 'book.update') this.follow(feed, row, receivedAtMs);
    }
    return true;
  }

  subscribe(ids: readonly string[]): string[] {
    return chunks(ids, CHANNELS_PER_FRAME).map((part) => this.request('subscribe', part));
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

  private follow(feed: Feed, row: CryptocomRow, receivedAtMs: number): void {
    if (feed.updateId === null) return;
    if (Number(row.pu) !== feed.updateId && this.sink.broken(feed.line, 'sequence_gap')) feed.updateId = null;
    else this.apply(feed, row, row.update ?? {}, receivedAtMs);
  }

  private apply(
    feed: Feed,
    row: CryptocomRow,
    levels: { readonly bids?: unknown; readonly asks?: unknown },
    receivedAtMs: number,
  ): void {
    const updateId = Number(row.u);
    const kept = this.sink.update(
      feed.line,
      {
        v: 1,
        instrument: feed.line.instrument,
        kind: levels === row ? 'snapshot' : 'delta',
        bids: flat(levels.bids),
        asks: flat(levels.asks),
        sequence: updateId,
        exchangeTimeMs: time(row.t),
        receivedAtMs,
      },
      this.rules,
      null,
    );
    feed.updateId = kept ? updateId : null;
  }

  private request(method: string, ids: readonly string[]): string {
    this.requests += 1;
    const channels = ids.map((id) => this.channelOf(id));
    const kind =
      method === 'subscribe' ? { book_subscription_type: 'SNAPSHOT_AND_UPDATE', book_update_frequency: 100 } : {};
    return JSON.stringify({ id: this.requests, method, params: { channels, ...kind } });
  }

  private channelOf(id: string): string {
    return `book.${id}.${this.fedDepth}`;
  }

  private acknowledgement(frame: Frame): boolean {
    if (Number(frame['code']) === 0) return true;
    const said = `${String(frame['code'])} ${String(frame['message'])}`;
    const [named, ...others] = [...this.feeds].filter(([id]) => said.includes(`"${this.channelOf(id)}"`));
    // A request is refused whole: only one that asks for a single channel tells whose it is.
    this.sink.refused(others.length > 0 ? null : (named?.[1].line ?? null), said);
    return true;
  }
}

/** Books of crypto.com spot markets. */
export const cryptocomCodec: CodecKind = {
  address: { at: ['ws', 'public'], suffix: '' },
  snapshots: null,
  idOf: (market) => market.id,
  fedDepth: (wanted) => DEPTHS.find((depth) => depth >= wanted) ?? 50,
  marketsPerSocket: 100,
  create: (markets, fedDepth, sink) => new CryptocomCodec(markets, fedDepth, sink),
};
