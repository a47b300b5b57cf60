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
import { restDepth } from './rest-depth.js';
import { SnapshotAlignment } from './snapshot-alignment.js';

/** Streams per SUBSCRIBE frame. */
const STREAMS_PER_FRAME = 200;
const RULES = { mayOverlap: false, startsWithFrames: true };

/**
 * binance spot stream `<symbol>@depth@100ms`, aligned with the REST depth snapshot as the exchange documents:
 * hold frames back, ask for the snapshot after the first, drop what it already holds, then every `U` is one above the
 * `u` before (https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams#how-to-manage-a-local-order-book-correctly).
 */
class BinanceCodec implements BookCodec {
  private readonly feeds: Map<string, SnapshotAlignment>;
  private requests = 0;

  constructor(
    markets: readonly CodecMarket[],
    private readonly sink: CodecSink,
  ) {
    this.feeds = new Map(markets.map(({ id, line }) => [id, new SnapshotAlignment(id, line, RULES, sink)]));
  }

  read(frame: Frame, receivedAtMs: number): boolean {
    if (frame['e'] !== 'depthUpdate') return this.answer(frame);
    const feed = this.feeds.get(frame['s'] as string);
    const last = Number(frame['u']);
    feed?.take(
      {
        v: 1,
        instrument: feed.line.instrument,
        kind: 'delta',
        bids: flat(frame['b']),
        asks: flat(frame['a']),
        sequence: last,
        exchangeTimeMs: time(frame['E']),
        receivedAtMs,
      },
      Number(frame['U']),
      last,
    );
    return true;
  }

  subscribe(ids: readonly string[]): string[] {
    return chunks(ids, STREAMS_PER_FRAME).map((part) => this.request('SUBSCRIBE', part));
  }

  /** The stream goes on. The snapshot does not wait for its next frame, which a quiet market may not send for long. */
  resubscribe(id: string): string[] {
    this.feeds.get(id)?.subscribed();
    return [];
  }

  unsubscribe(id: string): string[] {
    return [this.request('UNSUBSCRIBE', [id])];
  }

  restart(id: string): void {
    this.feeds.get(id)?.restart();
  }

  offerSnapshot(id: string, snapshot: RestSnapshot, receivedAtMs: number): void {
    this.feeds.get(id)?.offer(snapshot, receivedAtMs);
  }

  private request(method: string, ids: readonly string[]): string {
    this.requests += 1;
    const params = ids.map((id) => `${id.toLowerCase()}@depth@100ms`);
    return JSON.stringify({ method, params, id: this.requests });
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
  snapshots: restDepth('publicGetDepth'),
  idOf: (market) => market.id,
  fedDepth: (wanted) => wanted,
  marketsPerSocket: 200,
  create: (markets, _fedDepth, sink) => new BinanceCodec(markets, sink),
};
