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
import { DepthScanner, type DepthValues } from './depth-scanner.js';

const RULES: BookRules = { fedDepth: null, checksum: null };
/** A subscribe request may hold many arguments but at most 64 KiB; a hundred are about 5 KiB. */
const ARGUMENTS_PER_FRAME = 100;

const scanner = new DepthScanner({
  event: 'refused',
  arg: { channel: 'channel', instId: 'id' },
  action: 'kind',
  data: [{ asks: 'asks', bids: 'bids', ts: 'timeMs', prevSeqId: 'first', seqId: 'last' }],
});

interface OkxRow {
  readonly bids?: unknown;
  readonly asks?: unknown;
  readonly ts?: unknown;
  readonly seqId?: unknown;
  readonly prevSeqId?: unknown;
}

interface Feed {
  readonly line: BookLine;
  /** seqId of the last frame, null while a snapshot is awaited. */
  seqId: number | null;
}

/**
 * okx channel `books`: 400 levels; `prevSeqId` of a frame equals `seqId` of the one before.
 *
 * A frame without change repeats `seqId` as `prevSeqId`, and after maintenance `seqId` may fall while `prevSeqId` still
 * names the frame before, so only that equality is asked
 * (https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-order-book-channel). The exchange retired the
 * checksum of this channel, so the numbering alone is proof.
 */
class OkxCodec implements BookCodec {
  private readonly feeds: Map<string, Feed>;

  constructor(
    markets: readonly CodecMarket[],
    private readonly sink: CodecSink,
  ) {
    this.feeds = new Map(markets.map(({ id, line }) => [id, { line, seqId: null }]));
  }

  readBytes(data: Buffer, receivedAtMs: number): boolean {
    const { frame } = scanner;
    if (!scanner.read(data) || frame.channel !== 'books') return false;
    const feed = this.feeds.get(frame.id);
    if (feed) this.row(feed, frame, frame.kind === 'snapshot', receivedAtMs);
    return true;
  }

  read(frame: Frame, receivedAtMs: number): boolean {
    const arg = frame['arg'] as { channel?: unknown; instId?: unknown } | undefined;
    if (frame['event'] !== undefined) return this.event(frame);
    if (arg?.channel !== 'books') return false;
    const feed = this.feeds.get(arg.instId as string);
    const rows = frame['data'];
    if (!feed || !Array.isArray(rows)) return true;
    const isSnapshot = frame['action'] === 'snapshot';
    for (const { prevSeqId, seqId, ts, bids, asks } of rows as OkxRow[]) {
      const numbers = { first: Number(prevSeqId), last: Number(seqId), timeMs: Number(ts) };
      this.row(feed, { ...numbers, bids: flat(bids), asks: flat(asks) }, isSnapshot, receivedAtMs);
    }
    return true;
  }

  subscribe(ids: readonly string[]): string[] {
    return chunks(ids, ARGUMENTS_PER_FRAME).map((part) => request('subscribe', part));
  }

  resubscribe(id: string): string[] {
    return [...this.unsubscribe(id), request('subscribe', [id])];
  }

  unsubscribe(id: string): string[] {
    return [request('unsubscribe', [id])];
  }

  restart(id: string): void {
    const feed = this.feeds.get(id);
    if (feed) feed.seqId = null;
  }

  private row(feed: Feed, row: DepthValues, isSnapshot: boolean, receivedAtMs: number): void {
    if (!isSnapshot) {
      if (feed.seqId === null) return;
      if (row.first !== feed.seqId && this.sink.broken(feed.line, 'sequence_gap')) {
        feed.seqId = null;
        return;
      }
    }
    feed.seqId = row.last;
    const kept = this.sink.update(
      feed.line,
      {
        v: 1,
        instrument: feed.line.instrument,
        kind: isSnapshot ? 'snapshot' : 'delta',
        bids: row.bids,
        asks: row.asks,
        sequence: row.last,
        exchangeTimeMs: time(row.timeMs),
        receivedAtMs,
      },
      RULES,
      null,
    );
    if (!kept) feed.seqId = null;
  }

  private event(frame: Frame): boolean {
    if (frame['event'] !== 'error') return frame['event'] === 'subscribe' || frame['event'] === 'unsubscribe';
    const message = String(frame['msg']);
    const named = [...this.feeds].find(([id]) => message.includes(`instId:${id} `) || message.endsWith(`instId:${id}`));
    this.sink.refused(named?.[1].line ?? null, `${String(frame['code'])} ${message}`);
    return true;
  }
}

function request(op: 'subscribe' | 'unsubscribe', ids: readonly string[]): string {
  return JSON.stringify({ op, args: ids.map((instId) => ({ channel: 'books', instId })) });
}

/** Books of okx spot markets. */
export const okxCodec: CodecKind = {
  address: { at: ['ws'], suffix: '/public' },
  snapshots: null,
  idOf: (market) => market.id,
  fedDepth: () => 400,
  marketsPerSocket: 100,
  create: (markets, _fedDepth, sink) => new OkxCodec(markets, sink),
};
