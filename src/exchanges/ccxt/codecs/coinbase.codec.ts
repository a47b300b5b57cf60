import type { BookLine, BookRules, DraftUpdate } from '../../books/book-line.js';
import { type BookCodec, type CodecKind, type CodecMarket, type CodecSink, type Frame, time } from './codec.js';

const RULES: BookRules = { fedDepth: null, checksum: null };
const HEARTBEATS = JSON.stringify({ type: 'subscribe', channel: 'heartbeats' });

interface CoinbaseUpdate {
  readonly side?: unknown;
  readonly price_level?: unknown;
  readonly new_quantity?: unknown;
}

interface CoinbaseEvent {
  readonly type?: unknown;
  readonly product_id?: unknown;
  readonly updates?: unknown;
}

/**
 * coinbase Advanced Trade channel `level2`: the whole book, then changed levels with their new size
 * (https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/websocket/level2).
 *
 * `sequence_num` grows by one with every frame. That it counts the frames of the connection, whatever their channel and
 * product, is what captures show; no document of the exchange says so. A gap therefore concerns every book on the socket.
 * Heartbeats are subscribed too: they let a missing frame of a quiet market be noticed within a second.
 *
 * Pairs against USDC and the dollar share one book, told under the dollar pair's id: one feed may have two lines.
 */
class CoinbaseCodec implements BookCodec {
  private readonly lines = new Map<string, BookLine[]>();
  private sequence: number | null = null;

  constructor(
    markets: readonly CodecMarket[],
    private readonly sink: CodecSink,
  ) {
    for (const { id, line } of markets) this.lines.set(id, [...(this.lines.get(id) ?? []), line]);
  }

  read(frame: Frame, receivedAtMs: number): boolean {
    if (frame['type'] === 'error') {
      this.refused(String(frame['message']));
      return true;
    }
    const sequence = frame['sequence_num'];
    if (sequence === undefined) return false;
    if (this.sequence !== null && sequence !== this.sequence + 1 && this.sink.lost('sequence_gap')) {
      this.sequence = null;
      return true;
    }
    this.sequence = Number(sequence);
    if (frame['channel'] !== 'l2_data') return true;
    const { timestamp, events } = frame;
    const exchangeTimeMs = typeof timestamp === 'string' ? time(Date.parse(timestamp)) : null;
    if (Array.isArray(events)) {
      for (const event of events as CoinbaseEvent[]) this.event(event, exchangeTimeMs, receivedAtMs);
    }
    return true;
  }

  subscribe(ids: readonly string[]): string[] {
    return [request('subscribe', [...new Set(ids)]), HEARTBEATS];
  }

  resubscribe(id: string): string[] {
    return [...this.unsubscribe(id), request('subscribe', [id])];
  }

  unsubscribe(id: string): string[] {
    return [request('unsubscribe', [id])];
  }

  restart(): void {
    // The numbering is the connection's; a book that was thrown away takes no change before its snapshot anyway.
  }

  private event(event: CoinbaseEvent, exchangeTimeMs: number | null, receivedAtMs: number): void {
    const { bids, asks } = sides(event.updates);
    for (const line of this.lines.get(event.product_id as string) ?? []) {
      const update: DraftUpdate = {
        v: 1,
        instrument: line.instrument,
        kind: event.type === 'snapshot' ? 'snapshot' : 'delta',
        bids,
        asks,
        // The exchange counts frames of the connection, not changes of the book.
        sequence: null,
        exchangeTimeMs,
        receivedAtMs,
      };
      this.sink.update(line, update, RULES, null);
    }
  }

  private refused(message: string): void {
    const words = message.split(/[^\w-]+/);
    const named = [...this.lines].find(([id]) => words.includes(id));
    this.sink.refused(named?.[1][0] ?? null, message);
  }
}

function sides(updates: unknown): { bids: number[]; asks: number[] } {
  const bids: number[] = [];
  const asks: number[] = [];
  if (!Array.isArray(updates)) return { bids, asks };
  for (const { side, price_level: price, new_quantity: size } of updates as CoinbaseUpdate[]) {
    (side === 'bid' ? bids : asks).push(Number(price), Number(size));
  }
  return { bids, asks };
}

function request(type: 'subscribe' | 'unsubscribe', ids: readonly string[]): string {
  return JSON.stringify({ type, product_ids: ids, channel: 'level2' });
}

/** Books of coinbase spot markets. */
export const coinbaseCodec: CodecKind = {
  address: { at: ['ws'], suffix: '' },
  snapshots: null,
  idOf: ({ id, info }) => (typeof info?.['alias'] === 'string' && info['alias'] !== '' ? info['alias'] : id),
  // The whole book comes; the books keep their best levels.
  fedDepth: (wanted) => wanted,
  // A gap costs every book of its socket, so a socket carries few.
  marketsPerSocket: 10,
  create: (markets, _fedDepth, sink) => new CoinbaseCodec(markets, sink),
};
