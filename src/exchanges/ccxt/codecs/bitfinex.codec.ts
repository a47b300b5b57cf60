import type { OrderBook } from '../../../core/order-book/order-book.js';
import type { BookLine, BookRules } from '../../books/book-line.js';
import type { BookCodec, CodecKind, CodecMarket, CodecSink, Frame } from './codec.js';
import { DigitCrc } from './crc32.js';

const DEPTHS = [25, 100, 250] as const;
const CHECKSUM_LEVELS = 25;
/** Times (32768), numbers (65536) and checksums (131072). */
const CONFIGURE = JSON.stringify({ event: 'conf', flags: 32_768 + 65_536 + 131_072 });
/** Numbers of frames begin at 1, times are of this century: milliseconds. */
const FIRST_TIME_MS = 1e12;
/** Changes that no checksum follows for longer are not believed, milliseconds. */
const PROOF_PATIENCE_MS = 2_000;
/** As {@link PROOF_PATIENCE_MS}, numbers of levels and prices together. */
const MOST_HELD = 10_000;
/** The exchange restarts, begins and ends its maintenance: whatever was subscribed to is to be asked for again. */
const UPHEAVALS: readonly unknown[] = [20_051, 20_060, 20_061];
/** A channel is left that there is not. */
const NOT_SUBSCRIBED: readonly unknown[] = [10_400, 10_401];

interface Feed {
  readonly id: string;
  readonly line: BookLine;
  /** The exchange's number of the channel, another after each subscription; null while there is none. */
  channel: number | null;
  isAwaiting: boolean;
  /** Changes that no checksum has proven yet, flat. */
  bids: number[];
  asks: number[];
  heldSinceMs: number;
}

const crc = new DigitCrc();

/**
 * bitfinex v2 channel `book` at precision P0: the whole of the best levels, then one level a frame
 * (https://docs.bitfinex.com/reference/ws-public-books), with two proofs. A checksum, a signed CRC-32, covers the best
 * 25 levels, bid and ask in turn, as JavaScript writes their numbers, asks negative
 * (https://docs.bitfinex.com/docs/ws-websocket-checksum; that 1e-7 stays 1e-7 is known from
 * https://github.com/bitfinexcom/bfx-api-node-models/issues/70). The number of the frame, which follows whatever it
 * says, grows by one over all channels of the connection (https://docs.bitfinex.com/docs/ws-general#configuration,
 * https://github.com/bitfinexcom/bitfinex-api-node/issues/246): it alone proves what is deeper, and a gap concerns every
 * book on the socket. Where an exchange's server does not number its frames, the checksum is all there is.
 *
 * One change of the market is many frames, between which the book may be crossed or lack a level that has only moved. So
 * the levels are held back and handed on as one update when their checksum comes, after each batch: nobody ever sees a
 * state that is not proven, at the price of the time that a batch takes. Changes that no checksum follows throw their
 * book away. Whether levels that are pushed out of the best N are deleted is not documented, so the book is cut there.
 */
class BitfinexCodec implements BookCodec {
  private readonly feeds: Map<string, Feed>;
  private readonly channels = new Map<unknown, Feed>();
  private readonly rules: BookRules;
  private sequence: number | null = null;

  constructor(
    markets: readonly CodecMarket[],
    private readonly fedDepth: number,
    private readonly sink: CodecSink,
  ) {
    this.feeds = new Map(
      markets.map(({ id, line }) => [
        id,
        { id, line, channel: null, isAwaiting: true, bids: [], asks: [], heldSinceMs: 0 },
      ]),
    );
    this.rules = { fedDepth, shownDepth: fedDepth, checksum: checksumOf };
  }

  read(frame: Frame, receivedAtMs: number): boolean {
    const data: unknown = frame;
    if (!Array.isArray(data)) return this.event(frame);
    const [channel, payload] = data as unknown[];
    const isProof = payload === 'cs';
    const { sequence, exchangeTimeMs } = ending((data as unknown[]).slice(isProof ? 3 : 2));
    if (!this.follows(sequence)) return true;
    const feed = this.channels.get(channel);
    if (!feed) return true;
    if (isProof) this.tell(feed, Number(data[2]), exchangeTimeMs, receivedAtMs);
    else if (!Array.isArray(payload)) this.askProof(feed, receivedAtMs);
    else if (payload.length === 0 || Array.isArray(payload[0])) {
      this.snapshot(feed, payload as unknown[][], exchangeTimeMs, receivedAtMs);
    } else this.level(feed, payload as unknown[], receivedAtMs);
    return true;
  }

  subscribe(ids: readonly string[]): string[] {
    return [CONFIGURE, ...ids.map((id) => this.request(id))];
  }

  /** A second subscription is refused while the first lasts: this leaves, and its acknowledgement lets join anew. */
  resubscribe(id: string): string[] {
    const channel = this.feeds.get(id)?.channel ?? null;
    return [channel === null ? this.request(id) : JSON.stringify({ event: 'unsubscribe', chanId: channel })];
  }

  restart(id: string): void {
    const feed = this.feeds.get(id);
    if (feed) distrust(feed);
  }

  private follows(sequence: number | null): boolean {
    if (sequence === null) return true;
    const isGap = this.sequence !== null && sequence !== this.sequence + 1;
    this.sequence = sequence;
    return !isGap || !this.sink.lost('sequence_gap');
  }

  private snapshot(feed: Feed, rows: unknown[][], exchangeTimeMs: number | null, receivedAtMs: number): void {
    distrust(feed);
    for (const row of rows) keep(feed, row);
    feed.isAwaiting = false;
    this.tell(feed, null, exchangeTimeMs, receivedAtMs, 'snapshot');
  }

  private level(feed: Feed, row: unknown[], receivedAtMs: number): void {
    if (feed.isAwaiting) return;
    if (feed.bids.length + feed.asks.length === 0) feed.heldSinceMs = receivedAtMs;
    keep(feed, row);
    this.askProof(feed, receivedAtMs);
  }

  private askProof(feed: Feed, receivedAtMs: number): void {
    const held = feed.bids.length + feed.asks.length;
    if (held === 0 || (held < MOST_HELD && receivedAtMs - feed.heldSinceMs < PROOF_PATIENCE_MS)) return;
    if (this.sink.broken(feed.line, 'checksum')) distrust(feed);
    else this.tell(feed, null, null, receivedAtMs);
  }

  private tell(
    feed: Feed,
    checksum: number | null,
    exchangeTimeMs: number | null,
    receivedAtMs: number,
    kind: 'snapshot' | 'delta' = 'delta',
  ): void {
    if (feed.isAwaiting) return;
    const { bids, asks, line } = feed;
    const { instrument } = line;
    // The exchange counts frames of the connection, not changes of the book.
    const update = { v: 1 as const, instrument, kind, bids, asks, sequence: null, exchangeTimeMs, receivedAtMs };
    feed.bids = [];
    feed.asks = [];
    if (!this.sink.update(line, update, this.rules, checksum)) distrust(feed);
  }

  private event(frame: Frame): boolean {
    const { event, chanId, code } = frame;
    const feed = this.feeds.get(frame['symbol'] as string) ?? this.channels.get(chanId);
    switch (event) {
      case 'info':
        if (UPHEAVALS.includes(code)) for (const { line } of this.feeds.values()) this.sink.broken(line, 'feed_error');
        break;
      case 'conf':
        if (frame['status'] !== 'OK') this.sink.refused(null, `conf ${String(frame['status'])}`);
        break;
      case 'subscribed':
        if (feed) this.join(feed, Number(chanId));
        break;
      case 'unsubscribed':
        if (feed) this.sink.send(this.leave(feed));
        break;
      case 'error':
        this.refused(frame, feed);
        break;
      default:
        return false;
    }
    return true;
  }

  private refused({ code, msg }: Frame, feed: Feed | undefined): void {
    if (feed && NOT_SUBSCRIBED.includes(code)) this.leave(feed);
    this.sink.refused(feed?.line ?? null, `${String(code)} ${String(msg)}`);
  }

  private join(feed: Feed, channel: number): void {
    this.leave(feed);
    feed.channel = channel;
    this.channels.set(channel, feed);
  }

  /** Forgets a feed's channel; returns what joins it anew. */
  private leave(feed: Feed): string {
    this.channels.delete(feed.channel);
    feed.channel = null;
    distrust(feed);
    return this.request(feed.id);
  }

  private request(symbol: string): string {
    return JSON.stringify({
      ...{ event: 'subscribe', channel: 'book', symbol, prec: 'P0', freq: 'F0', len: String(this.fedDepth) },
    });
  }
}

function distrust(feed: Feed): void {
  feed.isAwaiting = true;
  feed.bids = [];
  feed.asks = [];
}

// A level without orders is gone; the sign of its amount tells the side all the same.
function keep({ bids, asks }: Feed, [price, count, amount]: unknown[]): void {
  const size = Number(amount);
  (size > 0 ? bids : asks).push(Number(price), Number(count) === 0 ? 0 : Math.abs(size));
}

// What the flags append comes last; which of them the server heeds is seen by the numbers themselves.
function ending(values: unknown[]): { sequence: number | null; exchangeTimeMs: number | null } {
  const numbers = values.filter((value): value is number => typeof value === 'number');
  return {
    sequence: numbers.find((value) => value < FIRST_TIME_MS) ?? null,
    exchangeTimeMs: numbers.find((value) => value >= FIRST_TIME_MS) ?? null,
  };
}

function checksumOf({ bids, asks }: OrderBook): number {
  crc.reset();
  let separator = '';
  for (let rank = 0; rank < CHECKSUM_LEVELS; rank++) {
    for (const ladder of [bids, asks]) {
      if (rank >= ladder.length) continue;
      crc.addText(`${separator}${ladder.price(rank)}:${ladder === asks ? '-' : ''}${ladder.size(rank)}`);
      separator = ':';
    }
  }
  return crc.value | 0;
}

/** Books of bitfinex spot markets. */
export const bitfinexCodec: CodecKind = {
  address: { at: ['ws', 'public'], suffix: '' },
  snapshots: null,
  idOf: (market) => market.id,
  fedDepth: (wanted) => DEPTHS.find((depth) => depth >= wanted) ?? 250,
  // A gap costs every book of its socket, so a socket carries fewer than the 25 channels that it may.
  marketsPerSocket: 10,
  create: (markets, fedDepth, sink) => new BitfinexCodec(markets, fedDepth, sink),
};
