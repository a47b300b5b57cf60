import { DepthView, topLevels } from '../wire/depth-view.js';
import type { ExchangeFaults } from '../wire/faults.js';
import type { ExchangeMarket, ExchangeWire, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { parseObject } from '../wire/json.js';
import type { SocketClient } from '../wire/socket-client.js';
import { TopicHub } from '../wire/topic-hub.js';
import type { BookStep, SimBook } from '../world/sim-book.js';
import { bitfinexRest } from './bitfinex-rest.js';
import { bitfinexChecksum, bookRows } from './bitfinex-text.js';

const TIMES = 32_768;
const NUMBERS = 65_536;
const CHECKSUMS = 131_072;
const LENGTHS = ['1', '25', '100', '250'];
/** Channels on one connection, as documented by the exchange. */
const MOST_CHANNELS = 25;
/** A channel on which nothing happens for longer tells so, milliseconds. */
const QUIET_MS = 15_000;

/** What one connection has asked for and been told. */
interface Connection {
  flags: number;
  /** Counts the frames of all channels, as they leave or would. */
  sequence: number;
  /** Channels by the topic that they carry. */
  readonly channels: Map<string, number>;
}

/**
 * bitfinex v2 books at precision P0: a snapshot, then one level a frame and the checksum of the batch, with the numbers
 * and times that a connection configures.
 */
export class BitfinexWire implements ExchangeWire {
  readonly exchange = 'bitfinex';
  readonly hosts = ['api-pub.bitfinex.com', 'api.bitfinex.com'];
  private readonly hub: TopicHub<DepthView>;
  private readonly connections = new Map<SocketClient, Connection>();
  private nextChannel = 17_082;

  constructor(
    private readonly market: ExchangeMarket,
    private readonly faults: ExchangeFaults,
    private readonly now: () => number,
  ) {
    this.hub = new TopicHub(faults);
  }

  rest(request: RestRequest): RestReply {
    return bitfinexRest(request, this.market);
  }

  accepts(host: string, path: string): boolean {
    return host === 'api-pub.bitfinex.com' && path === '/ws/2';
  }

  open(client: SocketClient): void {
    this.connections.set(client, { flags: 0, sequence: 0, channels: new Map() });
    client.sendJson({ event: 'info', version: 2, serverId: client.id, platform: { status: 1 } });
  }

  receive(client: SocketClient, text: string): void {
    const connection = this.connections.get(client);
    const message = parseObject(text) ?? {};
    const { event, flags, cid, chanId } = message;
    if (!connection) return;
    switch (event) {
      case 'ping':
        client.sendJson({ event: 'pong', ts: Math.floor(this.now()), cid });
        return;
      case 'conf':
        connection.flags = Number(flags) || 0;
        client.sendJson({ event, status: 'OK', flags: connection.flags });
        return;
      case 'subscribe':
        this.subscribe(client, connection, message);
        return;
      case 'unsubscribe':
        this.unsubscribe(client, connection, chanId);
        return;
      default:
        client.sendJson({ event: 'error', msg: 'unknown event', code: 10_000 });
    }
  }

  leave(client: SocketClient): void {
    this.connections.delete(client);
    this.hub.leave(client);
  }

  publish(step: BookStep): void {
    const timeMs = Math.floor(step.timeMs);
    this.hub.publish(
      step,
      ({ state }, isCorrupt) => {
        const rows = bookRows(step.book.listing, state.advance());
        return rows.length === 0 ? null : [...rows, checksumText(step.book, isCorrupt ? 1 : 0)];
      },
      (client, payload, _isCorrupt, { key }) => this.frame(client, key, payload, timeMs),
    );
  }

  beat(client: SocketClient, nowMs: number): void {
    if (nowMs - client.lastSentMs < QUIET_MS || this.faults.isFrozen(null)) return;
    for (const key of this.connections.get(client)?.channels.keys() ?? []) {
      const frame = this.frame(client, key, '"hb"', Math.floor(nowMs));
      if (frame !== null) client.send(frame);
    }
  }

  private subscribe(
    client: SocketClient,
    connection: Connection,
    { channel, symbol, prec = 'P0', freq = 'F0', len = '25', subId }: Readonly<Record<string, unknown>>,
  ): void {
    const book = typeof symbol === 'string' ? this.market.find(symbol) : null;
    const asked = { channel, symbol, prec, freq, len: String(len), subId };
    const key = `${String(symbol)}:${asked.len}`;
    const fail = (code: number, msg: string): void => {
      client.sendJson({ ...asked, event: 'error', msg, code });
    };
    if (channel !== 'book') fail(10_302, 'channel: unknown');
    else if (!book) fail(10_300, 'symbol: invalid');
    else if (prec !== 'P0') fail(10_300, 'prec: invalid');
    else if (freq !== 'F0') fail(10_300, 'freq: invalid');
    else if (!LENGTHS.includes(asked.len)) fail(10_300, 'len: invalid');
    else if (connection.channels.has(key)) fail(10_301, 'subscribe: dup');
    else if (connection.channels.size >= MOST_CHANNELS) fail(10_305, 'subscribe: limit');
    else {
      const chanId = this.nextChannel++;
      connection.channels.set(key, chanId);
      client.sendJson({ event: 'subscribed', ...asked, chanId, pair: book.listing.wireId.slice(1) });
      this.hub.subscribe(client, book.listing.symbol, key, () => new DepthView(book, Number(len), 'deleted'));
      this.snapshot(client, key, book, Number(len));
    }
  }

  private snapshot(client: SocketClient, key: string, book: SimBook, depth: number): void {
    const rows = bookRows(book.listing, { bids: topLevels(book.bids, depth), asks: topLevels(book.asks, depth) });
    for (const payload of [`[${rows.join(',')}]`, checksumText(book, 0)]) {
      const frame = this.frame(client, key, payload, Math.floor(this.now()));
      if (frame !== null) client.send(frame);
    }
  }

  private unsubscribe(client: SocketClient, { channels }: Connection, chanId: unknown): void {
    const [key] = [...channels].find(([, channel]) => channel === chanId) ?? [];
    if (key === undefined) {
      client.sendJson({ event: 'error', msg: 'unsubscribe: invalid', code: 10_400, chanId });
      return;
    }
    channels.delete(key);
    this.hub.unsubscribe(client, key);
    client.sendJson({ event: 'unsubscribed', status: 'OK', chanId });
  }

  /** Completes and counts a frame; null when it is a checksum and the connection wants none. */
  private frame(client: SocketClient, key: string, payload: string, timeMs: number): string | null {
    const connection = this.connections.get(client);
    if (!connection || (payload.startsWith('"cs"') && (connection.flags & CHECKSUMS) === 0)) return null;
    const parts = [connection.channels.get(key), payload];
    connection.sequence += 1;
    if ((connection.flags & NUMBERS) !== 0) parts.push(connection.sequence);
    if ((connection.flags & TIMES) !== 0) parts.push(timeMs);
    return `[${parts.join(',')}]`;
  }
}

function checksumText(book: SimBook, fault: number): string {
  return `"cs",${bitfinexChecksum(book) ^ fault}`;
}
