import type { Ladder } from '../../../core/order-book/ladder.js';
import type { OrderBook } from '../../../core/order-book/order-book.js';
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
import { DigitCrc } from './crc32.js';

const CHECKSUM_LEVELS = 25;
/** The exchange advises fewer than 50 channels on a connection. */
const CHANNELS_PER_SOCKET = 49;
/** Texts kept per side before those that the book no longer holds are dropped. */
const MOST_TEXTS = 4_000;

interface BitgetRow {
  readonly bids?: unknown;
  readonly asks?: unknown;
  readonly ts?: unknown;
  readonly seq?: unknown;
  readonly pseq?: unknown;
  readonly checksum?: unknown;
}

/** `price:size` of each level as the exchange wrote it: its checksum is one of texts, and `0.50` is not `0.5`. */
interface Texts {
  readonly bids: Map<number, string>;
  readonly asks: Map<number, string>;
}

interface Feed {
  readonly line: BookLine;
  readonly rules: BookRules;
  readonly texts: Texts;
  /** `seq` of the last frame, null while a snapshot is awaited. */
  seq: number | null;
}

const crc = new DigitCrc();

/**
 * bitget v2 spot channel `books`: the whole book, then changes, each with a proof.
 *
 * Documented are `seq`, which grows, and `checksum`, a signed CRC-32 of the best 25 levels, bid and ask in turn, as
 * they were written (https://www.bitget.com/api-doc/spot/websocket/public/Depth-Channel). Captures of 2026 carry no
 * checksum but `pseq`, the `seq` of the frame before; for this interface no document says so. Whichever of the two a
 * frame carries is asked, both if it carries both; a change with neither proves nothing and is not believed.
 */
class BitgetCodec implements BookCodec {
  private readonly feeds: Map<string, Feed>;

  constructor(
    markets: readonly CodecMarket[],
    private readonly sink: CodecSink,
  ) {
    this.feeds = new Map(
      markets.map(({ id, line }) => {
        const texts = { bids: new Map<number, string>(), asks: new Map<number, string>() };
        return [id, { line, texts, rules: { fedDepth: null, checksum: (book) => checksumOf(book, texts) }, seq: null }];
      }),
    );
  }

  read(frame: Frame, receivedAtMs: number): boolean {
    const arg = frame['arg'] as { channel?: unknown; instId?: unknown } | undefined;
    const feed = this.feeds.get(arg?.instId as string);
    if (frame['event'] !== undefined) return this.event(frame, feed);
    if (arg?.channel !== 'books') return false;
    const rows = frame['data'];
    if (!feed || !Array.isArray(rows)) return true;
    const isSnapshot = frame['action'] === 'snapshot';
    for (const row of rows as BitgetRow[]) this.row(feed, row, isSnapshot, receivedAtMs);
    return true;
  }

  subscribe(ids: readonly string[]): string[] {
    return chunks(ids, CHANNELS_PER_SOCKET).map((part) => request('subscribe', part));
  }

  resubscribe(id: string): string[] {
    return [...this.unsubscribe(id), request('subscribe', [id])];
  }

  unsubscribe(id: string): string[] {
    return [request('unsubscribe', [id])];
  }

  restart(id: string): void {
    const feed = this.feeds.get(id);
    if (feed) feed.seq = null;
  }

  private row(feed: Feed, row: BitgetRow, isSnapshot: boolean, receivedAtMs: number): void {
    const checksum = given(row.checksum);
    if (!isSnapshot) {
      if (feed.seq === null) return;
      if (!follows(row, feed.seq, checksum) && this.sink.broken(feed.line, 'sequence_gap')) {
        feed.seq = null;
        return;
      }
    }
    const sequence = Number(row.seq);
    feed.seq = sequence;
    keepTexts(feed, row, isSnapshot);
    const kept = this.sink.update(
      feed.line,
      {
        v: 1,
        instrument: feed.line.instrument,
        kind: isSnapshot ? 'snapshot' : 'delta',
        bids: flat(row.bids),
        asks: flat(row.asks),
        sequence,
        exchangeTimeMs: time(row.ts),
        receivedAtMs,
      },
      feed.rules,
      checksum,
    );
    if (!kept) feed.seq = null;
  }

  private event(frame: Frame, feed: Feed | undefined): boolean {
    if (frame['event'] !== 'error') return frame['event'] === 'subscribe' || frame['event'] === 'unsubscribe';
    this.sink.refused(feed?.line ?? null, `${String(frame['code'])} ${String(frame['msg'])}`);
    return true;
  }
}

// A checksum or a previous number of 0 stands for none.
function given(value: unknown): number | null {
  return value === undefined || Number(value) === 0 ? null : Number(value);
}

function follows(row: BitgetRow, last: number, checksum: number | null): boolean {
  const previous = given(row.pseq);
  return previous === null ? checksum !== null && Number(row.seq) > last : previous === last;
}

function keepTexts({ texts, line }: Feed, row: BitgetRow, isSnapshot: boolean): void {
  for (const side of ['bids', 'asks'] as const) {
    const own = texts[side];
    if (isSnapshot) own.clear();
    const rows = row[side];
    if (!Array.isArray(rows)) continue;
    for (const [price, size] of rows as (readonly unknown[])[]) {
      if (Number(size) === 0) own.delete(Number(price));
      else own.set(Number(price), `${String(price)}:${String(size)}`);
    }
    if (!isSnapshot && own.size > MOST_TEXTS) forget(own, line.book[side]);
  }
}

// Levels beyond those that the book keeps are never part of the checksum again before the next snapshot.
function forget(texts: Map<number, string>, ladder: Ladder): void {
  const kept = new Set(ladder.top(ladder.length).map(([price]) => price));
  for (const price of texts.keys()) if (!kept.has(price)) texts.delete(price);
}

function checksumOf({ bids, asks }: OrderBook, texts: Texts): number {
  crc.reset();
  let isFirst = true;
  for (let rank = 0; rank < CHECKSUM_LEVELS; rank++) {
    for (const [ladder, own] of [
      [bids, texts.bids],
      [asks, texts.asks],
    ] as const) {
      if (rank >= ladder.length) continue;
      if (!isFirst) crc.addText(':');
      crc.addText(own.get(ladder.price(rank)) ?? '');
      isFirst = false;
    }
  }
  return crc.value | 0;
}

function request(op: 'subscribe' | 'unsubscribe', ids: readonly string[]): string {
  return JSON.stringify({ op, args: ids.map((instId) => ({ instType: 'SPOT', channel: 'books', instId })) });
}

/** Books of bitget spot markets. */
export const bitgetCodec: CodecKind = {
  address: { at: ['ws', 'public'], suffix: '' },
  snapshots: null,
  idOf: (market) => market.id,
  // The whole book comes; the books keep their best levels.
  fedDepth: (wanted) => wanted,
  marketsPerSocket: CHANNELS_PER_SOCKET,
  create: (markets, _fedDepth, sink) => new BitgetCodec(markets, sink),
};
