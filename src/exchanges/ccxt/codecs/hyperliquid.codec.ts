import type { BookLine, BookRules } from '../../books/book-line.js';
import { type BookCodec, type CodecKind, type CodecMarket, type CodecSink, type Frame, time } from './codec.js';

/** Levels of a side that a frame shows; the exchange offers no other number. */
const LEVELS = 20;
const RULES: BookRules = { fedDepth: null, checksum: null };

interface HyperliquidBook {
  readonly coin?: unknown;
  readonly time?: unknown;
  readonly levels?: unknown;
}

interface HyperliquidLevel {
  readonly px?: unknown;
  readonly sz?: unknown;
}

/**
 * hyperliquid subscription `l2Book`: every frame is the whole of the best twenty levels, sent at most twice a second, so
 * nothing has to follow from what was before and a lost frame is made good by the next
 * (https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/websocket/subscriptions).
 *
 * What a frame can be held against is itself and the clock: one without both sides, or older than the one before, is not
 * taken. No document promises the order of frames; an older one is passed over, since the newer one is already shown.
 */
class HyperliquidCodec implements BookCodec {
  private readonly feeds: Map<string, { readonly line: BookLine; timeMs: number }>;

  constructor(
    markets: readonly CodecMarket[],
    private readonly sink: CodecSink,
  ) {
    this.feeds = new Map(markets.map(({ id, line }) => [id, { line, timeMs: -Infinity }]));
  }

  read(frame: Frame, receivedAtMs: number): boolean {
    switch (frame['channel']) {
      case 'l2Book':
        this.book(frame['data'] as HyperliquidBook | undefined, receivedAtMs);
        return true;
      case 'subscriptionResponse':
        return true;
      case 'error':
        this.refusal(String(frame['data']));
        return true;
      default:
        return false;
    }
  }

  subscribe(ids: readonly string[]): string[] {
    return ids.map((id) => request('subscribe', id));
  }

  resubscribe(id: string): string[] {
    return [...this.unsubscribe(id), request('subscribe', id)];
  }

  unsubscribe(id: string): string[] {
    return [request('unsubscribe', id)];
  }

  restart(id: string): void {
    const feed = this.feeds.get(id);
    if (feed) feed.timeMs = -Infinity;
  }

  private book(data: HyperliquidBook | undefined, receivedAtMs: number): void {
    const feed = this.feeds.get(data?.coin as string);
    const exchangeTimeMs = time(data?.time);
    if (!feed || exchangeTimeMs === null || exchangeTimeMs < feed.timeMs || !Array.isArray(data?.levels)) return;
    feed.timeMs = exchangeTimeMs;
    const [bids, asks] = data.levels as unknown[];
    this.sink.update(
      feed.line,
      {
        v: 1,
        instrument: feed.line.instrument,
        kind: 'snapshot',
        bids: flatLevels(bids),
        asks: flatLevels(asks),
        sequence: null,
        exchangeTimeMs,
        receivedAtMs,
      },
      RULES,
      null,
    );
  }

  private refusal(said: string): void {
    // Both happen when a book is asked for anew, and leave things as they were wanted.
    if (/^Already (un)?subscribed/.test(said)) return;
    const named = [...this.feeds].find(([id]) => said.includes(`"${id}"`));
    this.sink.refused(named?.[1].line ?? null, said);
  }
}

function request(method: 'subscribe' | 'unsubscribe', coin: string): string {
  return JSON.stringify({ method, subscription: { type: 'l2Book', coin } });
}

function flatLevels(rows: unknown): number[] {
  const levels: number[] = [];
  if (!Array.isArray(rows)) return levels;
  for (const row of rows as HyperliquidLevel[]) levels.push(Number(row.px), Number(row.sz));
  return levels;
}

/** Books of hyperliquid spot markets. */
export const hyperliquidCodec: CodecKind = {
  address: { at: ['ws', 'public'], suffix: '' },
  snapshots: null,
  idOf: (market) => market.id,
  fedDepth: () => LEVELS,
  // "Snapshot feed, pushed on each block that is at least 0.5 since last push", whether the book changed or not.
  cadenceMs: 500,
  isNumbered: false,
  marketsPerSocket: 100,
  create: (markets, _fedDepth, sink) => new HyperliquidCodec(markets, sink),
};
