import type { BookLine } from '../../books/book-line.js';
import { jsonOrText } from '../instance/ccxt-socket.js';
import {
  type BookCodec,
  chunks,
  type CodecKind,
  type CodecMarket,
  type CodecSink,
  type Frame,
  type RestSnapshot,
  time,
} from './codec.js';
import { MexcPush, readPush } from './mexc-push.js';
import { restDepth } from './rest-depth.js';
import { SnapshotAlignment } from './snapshot-alignment.js';

const STREAM = 'spot@public.aggre.depth.v3.api.pb@100ms@';
/** Streams that one connection may hold. */
const STREAMS_PER_SOCKET = 30;
const RULES = { mayOverlap: false, startsWithFrames: true };
/** What is not subscribed to is told in words, beside what is, with code 0. */
const BLOCKED = /Not Subscribed successfully! \[([^\]]*)\]\.?(.*)/;

/**
 * mexc spot stream of aggregated depth changes, in protobuf, aligned with the REST depth as the exchange documents: hold
 * frames back, ask for the snapshot after the first, drop what it already holds, then every `fromVersion` is one above
 * the `toVersion` before
 * (https://www.mexc.com/api-docs/spot-v3/websocket-market-streams/how-to-properly-maintain-a-local-copy-of-the-order-book).
 */
class MexcCodec implements BookCodec {
  private readonly feeds: Map<string, SnapshotAlignment>;
  private requests = 0;

  constructor(
    markets: readonly CodecMarket[],
    private readonly sink: CodecSink,
  ) {
    this.feeds = new Map(markets.map(({ id, line }) => [id, new SnapshotAlignment(id, line, RULES, sink)]));
  }

  read(frame: Frame, receivedAtMs: number): boolean {
    if (!(frame instanceof MexcPush)) return this.answer(frame);
    const { symbol, sentAtMs, depth } = frame;
    const feed = this.feeds.get(symbol);
    if (!feed || !depth) return true;
    const { bids, asks, first, last } = depth;
    feed.take(
      {
        ...{ v: 1, instrument: feed.line.instrument, kind: 'delta', bids, asks },
        ...{ sequence: last, exchangeTimeMs: time(sentAtMs), receivedAtMs },
      },
      first,
      last,
    );
    return true;
  }

  subscribe(ids: readonly string[]): string[] {
    return chunks(ids, STREAMS_PER_SOCKET).map((part) => this.request('SUBSCRIPTION', part));
  }

  /** The stream goes on. The snapshot does not wait for its next frame, which a quiet market may not send for long. */
  resubscribe(id: string): string[] {
    this.feeds.get(id)?.subscribed();
    return [];
  }

  unsubscribe(id: string): string[] {
    return [this.request('UNSUBSCRIPTION', [id])];
  }

  restart(id: string): void {
    this.feeds.get(id)?.restart();
  }

  offerSnapshot(id: string, snapshot: RestSnapshot, receivedAtMs: number): void {
    this.feeds.get(id)?.offer(snapshot, receivedAtMs);
  }

  private request(method: string, ids: readonly string[]): string {
    this.requests += 1;
    return JSON.stringify({ method, params: ids.map((id) => STREAM + id), id: this.requests });
  }

  private answer({ code, msg }: Frame): boolean {
    if (typeof msg !== 'string' || msg === 'PONG') return false;
    const [, streams, reason = ''] = BLOCKED.exec(msg) ?? [];
    if (streams !== undefined) {
      for (const stream of streams.split(',')) this.sink.refused(this.lineOf(stream), `${stream}: ${reason.trim()}`);
    } else if (code !== 0) {
      this.sink.refused(null, `${String(code)} ${msg}`);
    }
    return true;
  }

  private lineOf(stream: string): BookLine | null {
    return this.feeds.get(stream.slice(STREAM.length))?.line ?? null;
  }
}

/** Books of mexc spot markets. */
export const mexcCodec: CodecKind = {
  address: { at: ['ws', 'spot'], suffix: '' },
  snapshots: restDepth('spotPublicGetDepth'),
  decode: (data, isBinary) => (isBinary ? readPush(data) : jsonOrText(data)),
  idOf: (market) => market.id,
  fedDepth: (wanted) => wanted,
  marketsPerSocket: STREAMS_PER_SOCKET,
  create: (markets, _fedDepth, sink) => new MexcCodec(markets, sink),
};
