import type { Ladder } from '../../../core/order-book/ladder.js';
import type { OrderBook } from '../../../core/order-book/order-book.js';
import type { BookLine, BookRules } from '../../books/book-line.js';
import { type BookCodec, chunks, type CodecKind, type CodecMarket, type CodecSink, type Frame, time } from './codec.js';
import { DigitCrc } from './crc32.js';
import { type DepthFrame, DepthScanner } from './depth-scanner.js';

const DEPTHS = [10, 25, 100, 500, 1_000] as const;
const CHECKSUM_LEVELS = 10;
const SYMBOLS_PER_FRAME = 100;

const scanner = new DepthScanner(
  {
    channel: 'channel',
    type: 'kind',
    data: [{ symbol: 'id', bids: 'bids', asks: 'asks', checksum: 'checksum', timestamp: 'timestamp' }],
  },
  ['price', 'qty'],
);

interface KrakenLevel {
  readonly price?: unknown;
  readonly qty?: unknown;
}

interface KrakenBook {
  readonly symbol?: unknown;
  readonly bids?: unknown;
  readonly asks?: unknown;
  readonly checksum?: unknown;
  readonly timestamp?: unknown;
}

/** What the book needs of a frame, however it was read. */
interface Row extends Pick<DepthFrame, 'bids' | 'asks'> {
  /** Null where the frame has none: a snapshot of a thin book may come without one. */
  readonly checksum: number | null;
  readonly timestamp: unknown;
}

interface Feed {
  readonly line: BookLine;
  readonly rules: BookRules;
  isAwaiting: boolean;
}

const crc = new DigitCrc();

/**
 * kraken v2 channel `book`: no sequence, but a CRC-32 over the ten best levels of each side after every frame.
 *
 * Levels pushed out of the subscribed depth are not deleted by the exchange, so the book is cut there before the
 * checksum is compared (https://docs.kraken.com/api/docs/guides/spot-ws-book-v2). The checksum covers ten levels only;
 * what it cannot see below is bounded by the cut.
 */
class KrakenCodec implements BookCodec {
  private readonly feeds: Map<string, Feed>;

  constructor(
    markets: readonly CodecMarket[],
    private readonly fedDepth: number,
    private readonly sink: CodecSink,
  ) {
    this.feeds = new Map(
      markets.map((market) => [
        market.id,
        { line: market.line, rules: { fedDepth, checksum: checksumOf(market) }, isAwaiting: true },
      ]),
    );
  }

  readBytes(data: Buffer, receivedAtMs: number): boolean {
    const { frame } = scanner;
    if (!scanner.read(data) || frame.channel !== 'book') return false;
    this.row(frame.id, frame, frame.kind === 'snapshot', receivedAtMs);
    return true;
  }

  read(frame: Frame, receivedAtMs: number): boolean {
    if (frame['channel'] !== 'book') return this.acknowledgement(frame);
    const rows = frame['data'];
    if (!Array.isArray(rows)) return true;
    const isSnapshot = frame['type'] === 'snapshot';
    for (const { symbol, bids, asks, checksum, timestamp } of rows as KrakenBook[]) {
      const proof = checksum === undefined ? null : Number(checksum);
      const row = { bids: levels(bids), asks: levels(asks), checksum: proof, timestamp };
      this.row(symbol as string, row, isSnapshot, receivedAtMs);
    }
    return true;
  }

  subscribe(ids: readonly string[]): string[] {
    return chunks(ids, SYMBOLS_PER_FRAME).map((part) => this.request('subscribe', part));
  }

  resubscribe(id: string): string[] {
    return [...this.unsubscribe(id), this.request('subscribe', [id])];
  }

  unsubscribe(id: string): string[] {
    return [this.request('unsubscribe', [id])];
  }

  restart(id: string): void {
    const feed = this.feeds.get(id);
    if (feed) feed.isAwaiting = true;
  }

  private row(id: string, row: Row, isSnapshot: boolean, receivedAtMs: number): void {
    const feed = this.feeds.get(id);
    if (!feed || (feed.isAwaiting && !isSnapshot)) return;
    feed.isAwaiting = false;
    const { timestamp } = row;
    const kept = this.sink.update(
      feed.line,
      {
        v: 1,
        instrument: feed.line.instrument,
        kind: isSnapshot ? 'snapshot' : 'delta',
        bids: row.bids,
        asks: row.asks,
        sequence: null,
        exchangeTimeMs: typeof timestamp === 'string' ? time(Date.parse(timestamp)) : null,
        receivedAtMs,
      },
      feed.rules,
      row.checksum,
    );
    if (!kept) feed.isAwaiting = true;
  }

  private request(method: string, ids: readonly string[]): string {
    return JSON.stringify({ method, params: { channel: 'book', symbol: ids, depth: this.fedDepth } });
  }

  private acknowledgement(frame: Frame): boolean {
    if (frame['method'] !== 'subscribe' && frame['method'] !== 'unsubscribe') return false;
    if (frame['success'] === false) {
      const symbol = (frame['symbol'] ?? (frame['result'] as KrakenBook | undefined)?.symbol) as string;
      this.sink.refused(this.feeds.get(symbol)?.line ?? null, String(frame['error']));
    }
    return true;
  }
}

function levels(rows: unknown): number[] {
  const list: number[] = [];
  if (!Array.isArray(rows)) return list;
  for (const row of rows as KrakenLevel[]) list.push(Number(row.price), Number(row.qty));
  return list;
}

function checksumOf(market: CodecMarket): (book: OrderBook) => number {
  const priceScale = 10 ** market.priceDecimals;
  const sizeScale = 10 ** market.sizeDecimals;
  const side = (ladder: Ladder): void => {
    const depth = Math.min(CHECKSUM_LEVELS, ladder.length);
    for (let rank = 0; rank < depth; rank++) {
      crc.add(ladder.price(rank), priceScale);
      crc.add(ladder.size(rank), sizeScale);
    }
  };
  return (book) => {
    crc.reset();
    side(book.asks);
    side(book.bids);
    return crc.value;
  };
}

/** Books of kraken spot markets. */
export const krakenCodec: CodecKind = {
  address: { at: ['ws', 'publicV2'], suffix: '' },
  snapshots: null,
  // Version 2 of the feed speaks of BTC/USD, not of XBT/USD.
  idOf: (market) => market.symbol,
  fedDepth: (wanted) => DEPTHS.find((depth) => depth >= wanted) ?? 1_000,
  isNumbered: false,
  marketsPerSocket: 100,
  create: (markets, fedDepth, sink) => new KrakenCodec(markets, fedDepth, sink),
};
