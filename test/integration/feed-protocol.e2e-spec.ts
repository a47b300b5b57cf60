import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExchangeStatus } from '../../src/core/market/exchange-status.js';
import type { KeyView } from '../../src/keys/index.js';
import { FeedApp } from '../support/feed-app.js';
import { closed, opened, openingBooks, openingGates, opportunity, updated } from '../support/opportunity.builder.js';

const exchange = (id: string): ExchangeStatus => ({
  id,
  status: 'live',
  integrity: 'verified',
  clockOffsetMs: -12.5,
  messagesPerSecond: 120,
  messages: 70,
  updates: 1,
  resyncs: 0,
  reconnects: 0,
  sequenceBreaks: 0,
  strayFaults: 0,
  lastError: null,
  symbols: [],
});

const key: KeyView = {
  id: 'k1',
  exchange: 'binance',
  label: 'main, read',
  account: 'main',
  purposes: ['fees'],
  state: 'active',
  health: 'critical',
  findings: [],
  scopes: { read: true, trade: false, withdraw: true, transfer: null },
  ipRestricted: false,
  ipList: null,
  createdAtMs: 1,
  expiresAtMs: null,
  lastCheckedAtMs: 1,
  lastUsedAtMs: null,
  addedAtMs: 1,
  replacedBy: null,
  fingerprint: 'f',
};

let feed: FeedApp;

beforeAll(async () => {
  feed = await FeedApp.start();
});

afterEach(async () => {
  for (const { id } of feed.opportunities.open()) feed.opportunities.emit(closed({ id }));
  for (const client of feed.clients.splice(0)) await client.close();
});

afterAll(() => feed.stop());

describe('a connection', () => {
  it('is greeted with protocol, epoch, heartbeat and limits', async () => {
    const client = await feed.connect();
    const hello = client.messages[0];
    expect(hello).toMatchObject({ type: 'hello', protocol: 1, epoch: 'e1', heartbeatMs: 10_000 });
    const guide = readFileSync(path.resolve(import.meta.dirname, '../../docs/feed.md'), 'utf8');
    const shown = JSON.parse(/```json\n([^`]*)```/.exec(guide)?.[1] ?? '{}') as Record<string, unknown>;
    expect(Object.keys(hello ?? {})).toEqual(Object.keys(shown));
    expect(hello?.['limits']).toEqual(shown['limits']);
    const other = await feed.connect();
    expect(other.messages[0]?.['connectionId']).not.toBe(hello?.['connectionId']);
    expect(Math.abs(Number(hello?.['serverTimeMs']) - Date.now())).toBeLessThan(2_000);
  });

  it('gets acknowledgement, snapshot and updates in order, each with the position before', async () => {
    feed.opportunities.emit(opened({ id: 'before' }));
    const client = await feed.connect();
    client.say({ op: 'subscribe', id: 'a1', channel: 'opportunities', filter: { minNetBps: 5 } });
    expect(await client.next('subscribed')).toMatchObject({
      id: 'a1',
      channel: 'opportunities',
      filter: { minNetBps: 5 },
      mode: 'all',
    });
    const snapshot = await client.next('snapshot');
    expect(snapshot).toMatchObject({ sub: 'a1', channel: 'opportunities', data: [{ id: 'before' }] });
    expect(snapshot).not.toHaveProperty('reason');
    expect(snapshot['data']).toEqual([opportunity({ id: 'before' })]);

    feed.opportunities.emit(opened({ id: 'o2' }));
    const first = await client.next('update');
    expect(first).toMatchObject({ sub: 'a1', channel: 'opportunities', prevSeq: snapshot['seq'] });
    expect(first['seq']).toBe(Number(snapshot['seq']) + 1);
    const details = { books: openingBooks, gates: openingGates };
    expect(first['data']).toEqual([{ event: 'opened', opportunity: opportunity({ id: 'o2', ...details }) }]);
    expect(typeof first['sentAtMs']).toBe('number');

    feed.opportunities.emit(closed({ id: 'o2' }));
    expect(await client.next('update')).toMatchObject({ prevSeq: first['seq'], data: [{ event: 'closed' }] });
  });

  it.each([
    [
      'read',
      (): ExchangeStatus[] => {
        throw new Error('the states cannot be read');
      },
    ],
    [
      'written',
      (): ExchangeStatus[] => [
        {
          ...exchange('okx'),
          toJSON: () => {
            throw new Error('no JSON');
          },
        } as ExchangeStatus,
      ],
    ],
  ])('gets an error and no subscription when the snapshot cannot be %s', async (_, statuses) => {
    const { market } = feed;
    const client = await feed.connect();
    const read = market.statuses.bind(market);
    market.statuses = statuses;
    client.say({ op: 'subscribe', id: 'x', channel: 'exchanges' });
    expect(await client.next('error')).toMatchObject({ id: 'x', code: 'internal' });
    market.statuses = read;
    expect(client.messages.map(({ type }) => type)).toEqual(['hello', 'error']);
    expect(await client.ask({ op: 'list', id: 'l' }, 'subscriptions')).toMatchObject({ data: [] });
    market.emit(exchange('kraken'));
    expect(await client.drain()).toEqual([]);

    await client.subscribe({ id: 'x', channel: 'exchanges' });
    market.emit(exchange('kraken'));
    expect(await client.next('update')).toMatchObject({ sub: 'x' });
  });

  it('lists, unsubscribes and answers pings', async () => {
    const client = await feed.connect();
    await client.subscribe({ id: 'a', channel: 'opportunities', mode: { conflateMs: 100 } });
    expect(await client.ask({ op: 'list', id: 'l' }, 'subscriptions')).toMatchObject({
      id: 'l',
      data: [{ sub: 'a', channel: 'opportunities', filter: {}, mode: { conflateMs: 100 } }],
    });
    expect(await client.ask({ op: 'unsubscribe', id: 'u', sub: 'a' }, 'unsubscribed')).toMatchObject({
      id: 'u',
      sub: 'a',
    });
    feed.opportunities.emit(opened({ id: 'unseen' }));
    expect(await client.drain()).toEqual([]);
    expect(await client.ask({ op: 'list', id: 'm' }, 'subscriptions')).toMatchObject({ data: [] });
  });

  it('may hold several subscriptions of one channel, each with its own filter', async () => {
    const client = await feed.connect();
    await client.subscribe({ id: 'btc', channel: 'opportunities', filter: { symbols: ['BTC/USDT'] } });
    await client.subscribe({ id: 'eth', channel: 'opportunities', filter: { symbols: ['ETH/USDT'] } });
    await client.subscribe({ id: 'kraken', channel: 'opportunities', filter: { exchanges: ['kraken'] } });
    feed.opportunities.emit(opened({ id: 'e', symbol: 'ETH/USDT' }));
    expect((await client.drain()).map((message) => message['sub'])).toEqual(['eth']);
  });
});

describe('a filter on figures', () => {
  it('follows what was shown to its end and is silent on what was not', async () => {
    const client = await feed.connect();
    await client.subscribe({ id: 'a', channel: 'opportunities', filter: { minNetBps: 10, minNotional: 1_000 } });
    feed.opportunities.emit(opened({ id: 'shown', netBps: 12 }));
    feed.opportunities.emit(opened({ id: 'poor', netBps: 3 }));
    feed.opportunities.emit(opened({ id: 'small', netBps: 12, notional: 10 }));
    feed.opportunities.emit(updated({ id: 'shown', netBps: 4 }));
    feed.opportunities.emit(closed({ id: 'poor', netBps: 3 }));
    feed.opportunities.emit(closed({ id: 'small', netBps: 12, notional: 10 }));
    feed.opportunities.emit(closed({ id: 'shown', netBps: 1 }));
    const seen = (await client.drain()).flatMap((message) => message['data'] as object[]);
    expect(seen).toMatchObject([
      { event: 'opened', opportunity: { id: 'shown' } },
      { event: 'updated', opportunity: { id: 'shown', netBps: 4 } },
      { event: 'closed', opportunity: { id: 'shown', netBps: 1 } },
    ]);
  });

  it('shows an opportunity once it has grown enough', async () => {
    const client = await feed.connect();
    await client.subscribe({ id: 'a', channel: 'opportunities', filter: { minNetBps: 10 } });
    feed.opportunities.emit(opened({ id: 'grows', netBps: 3 }));
    feed.opportunities.emit(updated({ id: 'grows', netBps: 11 }));
    expect(await client.drain()).toMatchObject([{ data: [{ event: 'updated', opportunity: { id: 'grows' } }] }]);
  });
});

describe('resuming', () => {
  it('serves what was missed, on another connection', async () => {
    const first = await feed.connect();
    const { seq } = await first.subscribe({ id: 'a', channel: 'opportunities' });
    await first.close();
    feed.opportunities.emit(opened({ id: 'm1' }));
    feed.opportunities.emit(closed({ id: 'm1' }));
    const second = await feed.connect();
    second.say({ op: 'subscribe', id: 'b', channel: 'opportunities', since: { epoch: 'e1', seq } });
    const update = await second.next('update');
    expect(update).toMatchObject({ sub: 'b', prevSeq: seq, data: [{ event: 'opened' }, { event: 'closed' }] });
    feed.opportunities.emit(opened({ id: 'm2' }));
    expect(await second.next('update')).toMatchObject({
      prevSeq: update['seq'],
      data: [{ opportunity: { id: 'm2' } }],
    });
    expect(second.messages.some(({ type }) => type === 'snapshot')).toBe(false);
  });

  it.each([
    ['another epoch', { epoch: 'gone', seq: 0 }],
    ['a position that is not reached yet', { epoch: 'e1', seq: 1_000_000 }],
  ])('sends a snapshot marked resync for %s', async (_what, since) => {
    feed.opportunities.emit(opened({ id: 'here' }));
    const client = await feed.connect();
    client.say({ op: 'subscribe', id: 'a', channel: 'opportunities', since });
    expect(await client.next('snapshot')).toMatchObject({ reason: 'resync', data: [{ id: 'here' }] });
  });

  it('sends a snapshot marked resync once the ring has moved on', async () => {
    const small = await FeedApp.start({ ringSize: 16 });
    try {
      small.opportunities.emit(opened());
      for (let i = 0; i < 17; i += 1) small.opportunities.emit(updated({ revision: i }));
      const client = await small.connect();
      client.say({ op: 'subscribe', id: 'a', channel: 'opportunities', since: { epoch: 'e1', seq: 1 } });
      expect(await client.next('snapshot')).toMatchObject({ reason: 'resync', seq: 18 });
      client.say({ op: 'subscribe', id: 'b', channel: 'opportunities', since: { epoch: 'e1', seq: 2 } });
      expect((await client.next('update'))['data']).toHaveLength(16);
    } finally {
      await small.stop();
    }
  });
});

describe('conflation', () => {
  it('sends the newest state per key and window, and never swallows an end', async () => {
    const client = await feed.connect();
    await client.subscribe({ id: 'a', channel: 'opportunities', mode: { conflateMs: 40 } });
    feed.opportunities.emit(opened({ id: 'x' }));
    expect(await client.next('update')).toMatchObject({ data: [{ event: 'opened' }] });
    for (let revision = 2; revision < 12; revision += 1) feed.opportunities.emit(updated({ id: 'x', revision }));
    const window = await client.next('update');
    expect(window).toMatchObject({ skipped: 9, data: [{ event: 'updated', opportunity: { revision: 11 } }] });
    feed.opportunities.emit(updated({ id: 'x', revision: 12 }));
    feed.opportunities.emit(closed({ id: 'x', revision: 13 }));
    const end = await client.next('update');
    expect(end).toMatchObject({ prevSeq: window['seq'], skipped: 1, data: [{ event: 'closed' }] });
  });

  it('tells the ends of others together with what waits, so that positions only grow', async () => {
    const client = await feed.connect();
    await client.subscribe({ id: 'a', channel: 'opportunities', mode: { conflateMs: 60_000 } });
    feed.opportunities.emit(opened({ id: 'x' }));
    feed.opportunities.emit(updated({ id: 'x', revision: 2 }));
    feed.opportunities.emit(opened({ id: 'y' }));
    const events = (await client.drain()).map(({ seq, prevSeq, data }) => ({
      gap: Number(seq) - Number(prevSeq),
      events: (data as { event: string }[]).map(({ event }) => event),
    }));
    expect(events).toEqual([
      { gap: 1, events: ['opened'] },
      { gap: 2, events: ['updated', 'opened'] },
    ]);
  });
});

describe('the channel exchanges', () => {
  it('shows states and their changes, filtered', async () => {
    feed.market.emit(exchange('okx'));
    feed.market.emit(exchange('kraken'));
    const client = await feed.connect();
    const snapshot = await client.subscribe({ id: 'e', channel: 'exchanges', filter: { exchanges: ['okx'] } });
    expect(snapshot['data']).toEqual([exchange('okx')]);
    feed.market.emit({ ...exchange('kraken'), status: 'down' });
    feed.market.emit({ ...exchange('okx'), status: 'down' });
    expect(await client.drain()).toMatchObject([
      { data: [{ event: 'updated', exchange: { id: 'okx', status: 'down' } }] },
    ]);
  });
});

describe('the channel keys', () => {
  it('is closed without a token even on loopback, and open after auth', async () => {
    feed.keys.emit('updated', key);
    const client = await feed.connect();
    const refused = await client.ask({ op: 'subscribe', id: 'k', channel: 'keys' }, 'error');
    expect(refused).toMatchObject({ id: 'k', code: 'unauthenticated' });
    expect(refused['message']).toContain('keys:read');
    expect(await client.ask({ op: 'auth', id: 'au', token: feed.token }, 'authenticated')).toMatchObject({
      id: 'au',
      scopes: ['feed', 'history', 'keys:read', 'keys:admin', 'symbols:admin', 'identity:admin', 'tokens:admin'],
    });
    expect((await client.subscribe({ id: 'k', channel: 'keys' }))['data']).toEqual([key]);
    feed.keys.emit('removed', key);
    expect(await client.next('update')).toMatchObject({ data: [{ event: 'removed', key: { id: 'k1' } }] });
  });

  it('takes the token from the header as well', async () => {
    const client = await feed.connect({ Authorization: `Bearer ${feed.token}` });
    expect((await client.subscribe({ id: 'k', channel: 'keys' }))['data']).toEqual([]);
  });

  it('closes with 4401 on a wrong token, and never repeats it', async () => {
    const client = await feed.connect();
    client.say({ op: 'auth', id: 'au', token: 'hunter2hunter2' });
    expect(await client.untilClosed()).toMatchObject({ code: 4401 });
    expect(client.messages.at(-1)).toMatchObject({ type: 'error', id: 'au', code: 'unauthenticated' });
    expect(JSON.stringify(client.messages) + feed.lines.join('')).not.toContain('hunter2');
  });
});
