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
import { SnapshotAlignment } from './snapshot-alignment.js';

const TOPIC = '/market/level2:';
/** Symbols that one topic may name. */
const SYMBOLS_PER_TOPIC = 100;
/** Levels of a side in the one deep snapshot that needs no key. */
const SNAPSHOT_LEVELS = 100;
const RULES = { mayOverlap: true, startsWithFrames: false };

interface KucoinDelta {
  readonly symbol?: unknown;
  readonly sequenceStart?: unknown;
  readonly sequenceEnd?: unknown;
  readonly changes?: { readonly bids?: unknown; readonly asks?: unknown };
  readonly time?: unknown;
}

/**
 * kucoin spot topic `/market/level2`, aligned with the REST snapshot of 100 levels as the exchange documents: each
 * `sequenceStart` is at most one above the `sequenceEnd` before, and a price of 0 only moves the sequence
 * (https://www.kucoin.com/docs/websocket/spot-trading/public-channels/level2-market-data).
 *
 * Nothing is subscribed to before the exchange's welcome, and a snapshot is asked for only once a subscription is
 * acknowledged: a snapshot without the stream behind it would stand still and look alive.
 */
class KucoinCodec implements BookCodec {
  private readonly feeds: Map<string, SnapshotAlignment>;
  /** Markets by the id of the request that subscribes to them; bounded by the markets of the socket. */
  private readonly requested = new Map<string, readonly string[]>();
  private requests = 0;
  private isWelcome = false;
  private waiting: readonly string[] = [];

  constructor(
    markets: readonly CodecMarket[],
    private readonly sink: CodecSink,
  ) {
    this.feeds = new Map(markets.map(({ id, line }) => [id, new SnapshotAlignment(id, line, RULES, sink)]));
  }

  read(frame: Frame, receivedAtMs: number): boolean {
    switch (frame['type']) {
      case 'message':
        return this.message(frame, receivedAtMs);
      case 'welcome':
        this.isWelcome = true;
        for (const text of this.subscribe(this.waiting)) this.sink.send(text);
        return true;
      case 'ack':
      case 'error':
        return this.answer(frame);
      default:
        return false;
    }
  }

  subscribe(ids: readonly string[]): string[] {
    if (!this.isWelcome) {
      this.waiting = ids;
      return [];
    }
    return chunks(ids, SYMBOLS_PER_TOPIC).map((part) => {
      this.requests += 1;
      const id = String(this.requests);
      this.requested.set(id, part);
      return JSON.stringify({ id, type: 'subscribe', topic: TOPIC + part.join(','), response: true });
    });
  }

  resubscribe(id: string): string[] {
    return [...this.unsubscribe(id), ...this.subscribe([id])];
  }

  unsubscribe(id: string): string[] {
    this.requests += 1;
    return [JSON.stringify({ id: String(this.requests), type: 'unsubscribe', topic: TOPIC + id, response: false })];
  }

  restart(id: string): void {
    this.feeds.get(id)?.restart();
  }

  offerSnapshot(id: string, snapshot: RestSnapshot, receivedAtMs: number): void {
    this.feeds.get(id)?.offer(snapshot, receivedAtMs);
  }

  private message(frame: Frame, receivedAtMs: number): boolean {
    const data = frame['data'] as KucoinDelta | undefined;
    if (frame['subject'] !== 'trade.l2update' || !data) return false;
    const feed = this.feeds.get(data.symbol as string);
    const last = Number(data.sequenceEnd);
    feed?.take(
      {
        v: 1,
        instrument: feed.line.instrument,
        kind: 'delta',
        bids: priced(data.changes?.bids),
        asks: priced(data.changes?.asks),
        sequence: last,
        exchangeTimeMs: time(data.time),
        receivedAtMs,
      },
      Number(data.sequenceStart),
      last,
    );
    return true;
  }

  private answer(frame: Frame): boolean {
    const asked = String(frame['id']);
    const ids = this.requested.get(asked) ?? [];
    this.requested.delete(asked);
    if (frame['type'] === 'ack') {
      for (const id of ids) this.feeds.get(id)?.subscribed();
    } else {
      const line = ids.length === 1 ? this.feeds.get(ids[0] as string)?.line : undefined;
      this.sink.refused(line ?? null, `${String(frame['code'])} ${String(frame['data'])}`);
    }
    return true;
  }
}

function priced(rows: unknown): number[] {
  return flat(Array.isArray(rows) ? (rows as unknown[][]).filter((row) => Number(row[0]) !== 0) : rows);
}

/** Books of kucoin spot markets. */
export const kucoinCodec: CodecKind = {
  address: {
    endpoint: 'publicPostBulletPublic',
    read: (answer) => {
      const { token, instanceServers } =
        (answer as { data?: { token?: unknown; instanceServers?: unknown } }).data ?? {};
      const [server] = Array.isArray(instanceServers) ? (instanceServers as { endpoint?: unknown }[]) : [];
      if (typeof token !== 'string' || typeof server?.endpoint !== 'string') return null;
      return `${server.endpoint}?${new URLSearchParams({ token, connectId: 'crossbook' }).toString()}`;
    },
  },
  snapshots: {
    endpoint: 'publicGetMarketOrderbookLevelLevelLimit',
    parameters: (id) => ({ symbol: id, level: 2, limit: SNAPSHOT_LEVELS }),
    read: (answer) => {
      const { data } = answer as { data?: { sequence?: unknown; bids?: unknown; asks?: unknown } };
      const sequence = Number(data?.sequence);
      if (!(sequence > 0) || !Array.isArray(data?.bids) || !Array.isArray(data.asks)) return null;
      return { sequence, bids: data.bids as unknown[][], asks: data.asks as unknown[][], limit: SNAPSHOT_LEVELS };
    },
  },
  idOf: (market) => market.id,
  fedDepth: (wanted) => wanted,
  marketsPerSocket: 100,
  create: (markets, _fedDepth, sink) => new KucoinCodec(markets, sink),
};
