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
import { DepthScanner, type DepthValues } from './depth-scanner.js';
import { restDepth } from './rest-depth.js';
import { SnapshotAlignment } from './snapshot-alignment.js';

/** Streams per SUBSCRIBE frame. */
const STREAMS_PER_FRAME = 200;
const RULES = { mayOverlap: false, startsWithFrames: true };

const scanner = new DepthScanner({ e: 'kind', E: 'timeMs', s: 'id', U: 'first', u: 'last', b: 'bids', a: 'asks' });

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

  readBytes(data: Buffer, receivedAtMs: number): boolean {
    const { frame } = scanner;
    if (!scanner.read(data) || frame.kind !== 'depthUpdate') return false;
    this.delta(frame.id, frame, receivedAtMs);
    return true;
  }

  read(frame: Frame, receivedAtMs: number): boolean {
    if (frame['e'] !== 'depthUpdate') return this.answer(frame);
    const numbers = { first: Number(frame['U']), last: Number(frame['u']), timeMs: Number(frame['E']) };
    this.delta(frame['s'] as string, { ...numbers, bids: flat(frame['b']), asks: flat(frame['a']) }, receivedAtMs);
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

  private delta(id: string, { first, last, timeMs, bids, asks }: DepthValues, receivedAtMs: number): void {
    const feed = this.feeds.get(id);
    if (!feed) return;
    const { instrument } = feed.line;
    const exchangeTimeMs = time(timeMs);
    feed.take(
      { v: 1, instrument, kind: 'delta', bids, asks, sequence: last, exchangeTimeMs, receivedAtMs },
      first,
      last,
    );
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
