import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExchangeStatus, SymbolStatus } from '../../src/core/market/exchange-status.js';
import type { FlatLevels } from '../../src/core/order-book/book-update.js';
import { FeedApp } from '../support/feed-app.js';
import type { FeedClient, Message } from '../support/feed-client.js';

interface BookItem {
  symbol: string;
  atMs: number;
  bestBid: object | null;
  bestAsk: object | null;
  isCrossed: boolean;
  exchanges: { exchange: string; state: string; aliveAtMs: number; bids: number[][]; asks: number[][] }[];
}

const BTC = 'BTC/USDT';
let feed: FeedApp;

beforeEach(async () => {
  feed = await FeedApp.start();
});

afterEach(() => feed.stop());

function symbolStatus(symbol: string, part: Partial<SymbolStatus> = {}): SymbolStatus {
  return { symbol, state: 'live', ageMs: 5, quietMs: 5, sequence: 1, bestBid: null, bestAsk: null, ...part };
}

function exchange(id: string, symbols: readonly SymbolStatus[], status: ExchangeStatus['status'] = 'live'): void {
  feed.market.emit({
    ...{ id, status, integrity: 'verified', clockOffsetMs: 0, messagesPerSecond: 1, messages: 1, updates: 1 },
    ...{ resyncs: 0, reconnects: 0, sequenceBreaks: 0, strayFaults: 0, lastError: null, symbols },
  });
}

function book(id: string, bids: FlatLevels, asks: FlatLevels, symbol = BTC, receivedAtMs = Date.now()): void {
  const instrument = { exchange: id, symbol };
  const times = { sequence: 7, exchangeTimeMs: receivedAtMs - 3, receivedAtMs };
  feed.market.tell({ type: 'book', update: { v: 1, instrument, kind: 'snapshot', bids, asks, ...times } });
}

function bookState(id: string, state: 'live' | 'resyncing' | 'unavailable', symbol = BTC): void {
  const reason = state === 'live' ? null : 'sequence_gap';
  const instrument = { exchange: id, symbol };
  feed.market.tell({ type: 'bookState', instrument, state, reason, atMs: Date.now() });
}

/** Two exchanges with live books of bitcoin. */
function markets(): void {
  for (const id of ['okx', 'kraken']) exchange(id, [symbolStatus(BTC)]);
  book('okx', [100, 1, 99, 2], [101, 3]);
  book('kraken', [102, 0.5], [103, 1]);
}

const items = (message: Message): BookItem[] => message['data'] as BookItem[];
const updated = (message: Message): BookItem => (message['data'] as { book: BookItem }[])[0]!.book;
const names = (item: BookItem): string[] => item.exchanges.map((one) => one.exchange);

async function look(filter: object = { symbols: [BTC] }, more: object = {}): Promise<[FeedClient, Message]> {
  const client = await feed.connect();
  return [client, await client.subscribe({ id: 'b', channel: 'books', filter, ...more })];
}

describe('the channel books', () => {
  it('shows the fresh books of a symbol, best levels first, and the best of all of them', async () => {
    markets();
    const deep = Array.from({ length: 15 }, (_, rank) => [100 - rank, 1]).flat();
    book('okx', deep, [101, 3]);
    const [, snapshot] = await look({ symbols: [BTC, 'ETH/USDT'] });
    const [bitcoin, ether] = items(snapshot);
    expect(bitcoin).toMatchObject({
      symbol: BTC,
      bestBid: { exchange: 'kraken', price: 102, size: 0.5 },
      bestAsk: { exchange: 'okx', price: 101, size: 3 },
      isLocked: false,
      isCrossed: true,
      exchanges: [
        { exchange: 'kraken', state: 'live', sequence: 7, bids: [[102, 0.5]], asks: [[103, 1]] },
        { exchange: 'okx', asks: [[101, 3]] },
      ],
    });
    expect(bitcoin?.exchanges[1]?.bids).toHaveLength(10);
    expect(bitcoin?.exchanges[1]?.bids.at(-1)).toEqual([91, 1]);
    expect(ether).toMatchObject({ symbol: 'ETH/USDT', bestBid: null, bestAsk: null, exchanges: [] });
  });

  it('tells the newest state at most ten times a second', async () => {
    markets();
    const [client] = await look();
    const startedAtMs = Date.now();
    let last = 0;
    while (last < 400) {
      book('okx', [100, ++last], [101, 3]);
      if (last % 40 === 0) await client.drain();
    }
    for (;;) {
      const update = updated(await client.next('update'));
      if (update.exchanges[1]?.bids[0]?.[1] === last) break;
    }
    const updates = client.messages.filter(({ type }) => type === 'update');
    expect(updates.length).toBeLessThanOrEqual((Date.now() - startedAtMs) / 100 + 1);
  });

  it.each([
    [
      'is thrown away',
      (): void => {
        bookState('okx', 'resyncing');
      },
    ],
    [
      'is no longer watched',
      (): void => {
        bookState('okx', 'unavailable');
      },
    ],
    [
      'belongs to an exchange that went down',
      (): void => {
        feed.market.tell({ type: 'exchange', exchange: 'okx', state: 'down', clockOffsetMs: null, atMs: Date.now() });
      },
    ],
  ])('drops a book at once that %s, whatever the window', async (_, lose) => {
    markets();
    const [client] = await look({ symbols: [BTC] }, { mode: { conflateMs: 60_000 } });
    const lostAtMs = Date.now();
    lose();
    const update = updated(await client.next('update'));
    expect(names(update)).toEqual(['kraken']);
    expect(update).toMatchObject({ bestAsk: { exchange: 'kraken' }, isCrossed: false });
    expect(update.atMs - lostAtMs).toBeLessThan(50);
  });

  it('shows a book again only once it is in sync', async () => {
    markets();
    const [client] = await look();
    bookState('okx', 'resyncing');
    expect(names(updated(await client.next('update')))).toEqual(['kraken']);
    book('okx', [90, 1], [91, 1]);
    book('kraken', [102, 9], [103, 1]);
    expect(names(updated(await client.next('update')))).toEqual(['kraken']);
    bookState('okx', 'live');
    expect(names(updated(await client.next('update')))).toEqual(['kraken', 'okx']);
  });

  it('drops a book whose connection showed no life for too long', async () => {
    exchange('okx', [symbolStatus(BTC, { ageMs: 2_600 })]);
    exchange('kraken', [symbolStatus(BTC, { ageMs: 2_600 })]);
    book('okx', [100, 1], [101, 3]);
    book('kraken', [102, 0.5], [103, 1]);
    const [client, snapshot] = await look();
    expect(names(items(snapshot)[0]!)).toEqual(['kraken', 'okx']);
    feed.market.tell({ type: 'alive', exchange: 'kraken', symbols: [BTC], atMs: Date.now() });
    const update = updated(await client.next('update'));
    expect(names(update)).toEqual(['kraken']);
    const [, old] = await look();
    expect(names(items(old)[0]!)).not.toContain('stale');
  });

  it('never shows a book that is crossed in itself', async () => {
    markets();
    book('okx', [105, 1], [101, 3]);
    const [, snapshot] = await look();
    expect(names(items(snapshot)[0]!)).toEqual(['kraken']);
  });

  it('narrows books, best prices and updates to the asked exchanges', async () => {
    markets();
    const [client, snapshot] = await look({ symbols: [BTC], exchanges: ['okx', 'bybit'] });
    expect(items(snapshot)).toMatchObject([{ bestBid: { exchange: 'okx', price: 100 }, isCrossed: false }]);
    const [other] = await look();
    book('kraken', [102, 8], [103, 1]);
    expect(names(updated(await other.next('update')))).toEqual(['kraken', 'okx']);
    expect(await client.drain()).toEqual([]);
  });

  it('listens while somebody looks, and no longer', async () => {
    markets();
    expect(feed.market.isHeard).toBe(false);
    const [first] = await look();
    const [second] = await look();
    expect(feed.market.isHeard).toBe(true);
    await first.ask({ op: 'unsubscribe', id: 'u', sub: 'b' }, 'unsubscribed');
    expect(feed.market.isHeard).toBe(true);
    await second.ask({ op: 'unsubscribe', id: 'u', sub: 'b' }, 'unsubscribed');
    expect(feed.market.isHeard).toBe(false);
  });

  it('sends a snapshot marked resync to who comes back after nobody looked, and nothing where nothing changed', async () => {
    markets();
    const [first, snapshot] = await look();
    const [second] = await look();
    const since = { epoch: 'e1', seq: snapshot['seq'] };
    second.say({ op: 'subscribe', id: 'same', channel: 'books', filter: { symbols: [BTC] }, since });
    await second.next('subscribed');
    expect(await second.drain()).toEqual([]);
    for (const client of [first, second]) await client.close();
    expect(feed.market.isHeard).toBe(false);
    book('okx', [98, 4], [101, 3]);
    const [, again] = await look({ symbols: [BTC] }, { since });
    expect(again).toMatchObject({ reason: 'resync', data: [{ exchanges: [{}, { bids: [[98, 4]] }] }] });
  });

  it.each([
    [undefined, /symbols/],
    [{ symbols: [] }, /symbols/],
    [{ symbols: Array.from({ length: 51 }, (_, at) => `A${at}/USDT`) }, /symbols.*50/],
  ])('wants symbols, 50 at most: %j', async (filter, problem) => {
    const client = await feed.connect();
    const refused = await client.ask({ op: 'subscribe', id: 'b', channel: 'books', filter }, 'error');
    expect(refused).toMatchObject({ id: 'b', code: 'bad_filter' });
    expect(refused['message']).toMatch(problem);
    expect(feed.market.isHeard).toBe(false);
  });

  it('refuses more different selections of exchanges than it bounds, and takes others still', async () => {
    markets();
    const symbols = Array.from({ length: 50 }, (_, at) => `A${at}/USDT`);
    const client = await feed.connect();
    for (let at = 0; at < 20; at++) {
      await client.subscribe({ id: `s${at}`, channel: 'books', filter: { symbols, exchanges: [`x${at}`] } });
    }
    const more = { op: 'subscribe', id: 'more', channel: 'books', filter: { symbols: [BTC], exchanges: ['okx'] } };
    expect(await client.ask(more, 'error')).toMatchObject({ id: 'more', code: 'too_many_subscriptions' });
    await client.subscribe({ id: 'all', channel: 'books', filter: { symbols: [BTC] } });
    await client.ask({ op: 'unsubscribe', id: 'u', sub: 's0' }, 'unsubscribed');
    client.say(more);
    expect(await client.next('snapshot')).toMatchObject({ sub: 'more' });
  });
});
