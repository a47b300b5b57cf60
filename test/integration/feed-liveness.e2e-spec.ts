import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { FeedApp } from '../support/feed-app.js';
import { closed, opened, updated } from '../support/opportunity.builder.js';

const HEARTBEAT_MS = 200;
let feed: FeedApp;

afterEach(() => feed.stop());

/** Levels enough to fill what the operating system buffers on loopback. */
const bigBooks = {
  opening: [
    {
      exchange: 'okx',
      symbol: 'BTC/USDT',
      bids: Array.from({ length: 4_000 }, (_, i) => [64_000 - i, 0.5] as const),
      asks: [],
    },
  ],
};

describe('silence', () => {
  it('is filled with heartbeats, and a client that answers pings stays', async () => {
    feed = await FeedApp.start({ heartbeatMs: HEARTBEAT_MS });
    const client = await feed.connect();
    for (let i = 0; i < 6; i += 1) {
      expect(await client.next('heartbeat')).toMatchObject({ serverTimeMs: expect.any(Number) });
    }
    expect(client.closed).toBeNull();
  });

  it('ends with 4408 for a client that answers no ping for two heartbeats', async () => {
    feed = await FeedApp.start({ heartbeatMs: HEARTBEAT_MS });
    const client = await feed.connect({}, false);
    const startedMs = Date.now();
    expect(await client.untilClosed()).toMatchObject({ code: 4408 });
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(2 * HEARTBEAT_MS - 50);
  });

  it('ends with 4401 for a client that may do nothing and shows no token', async () => {
    feed = await FeedApp.start({ heartbeatMs: HEARTBEAT_MS });
    const client = await feed.connect({ 'X-Forwarded-For': '203.0.113.9' });
    expect(await client.untilClosed()).toMatchObject({ code: 4401 });
  });
});

describe('a client that does not read', () => {
  it('is closed with 1008 and told how far behind it was, while others get everything', async () => {
    feed = await FeedApp.start({ heartbeatMs: 1_500, maxBufferedBytes: 65_536 });
    const [slow, quick] = [await feed.connect(), await feed.connect()];
    await slow.subscribe({ id: 's', channel: 'opportunities' });
    await quick.subscribe({ id: 'q', channel: 'opportunities' });
    const { _socket: socket } = slow.socket as unknown as { _socket: Socket };
    socket.pause();
    const count = 200;
    for (let i = 0; i < count; i += 1) {
      feed.opportunities.emit(opened({ id: `o${i}`, books: bigBooks }));
      if (i % 20 === 19) await quick.drain();
    }
    expect(quick.messages.filter(({ type }) => type === 'update')).toHaveLength(count);
    for (let round = 0; feed.sessions() > 1; round += 1) {
      expect(round).toBeLessThan(20);
      await quick.next('heartbeat');
    }
    socket.resume();
    const end = await slow.untilClosed();
    expect(end.code).toBe(1008);
    expect(end.reason).toMatch(/^slow: \d+ events and \d+ bytes behind, for \d+\.\d s$/);
    expect(slow.messages.filter(({ type }) => type === 'update').length).toBeLessThan(count);
  }, 20_000);

  it('is conflated first, and on catching up knows every end and the newest states', async () => {
    feed = await FeedApp.start({ heartbeatMs: 60_000, maxBufferedBytes: 1_048_576 });
    const client = await feed.connect();
    const { seq } = await client.subscribe({ id: 's', channel: 'opportunities' });
    const { _socket: socket } = client.socket as unknown as { _socket: Socket };
    socket.pause();
    for (let i = 0; i < 200; i += 1) feed.opportunities.emit(opened({ id: `o${i}`, books: bigBooks }));
    for (let revision = 2; revision < 50; revision += 1) feed.opportunities.emit(updated({ id: 'o199', revision }));
    for (let i = 0; i < 199; i += 1) feed.opportunities.emit(closed({ id: `o${i}` }));
    socket.resume();

    let last = Number(seq);
    const alive = new Map<string, number>();
    let skipped = 0;
    while (last < Number(seq) + 447) {
      const update = await client.next('update');
      expect(update['prevSeq']).toBe(last);
      last = Number(update['seq']);
      skipped += Number(update['skipped'] ?? 0);
      for (const { event, opportunity } of update['data'] as ReturnType<typeof opened>[]) {
        if (event === 'closed') expect(alive.delete(opportunity.id)).toBe(true);
        else alive.set(opportunity.id, opportunity.revision);
      }
    }
    expect([...alive]).toEqual([['o199', 49]]);
    expect(skipped).toBeGreaterThan(0);
  }, 20_000);
});

describe('the bound of clients', () => {
  it('refuses one more with 503, and takes it once there is room', async () => {
    feed = await FeedApp.start({ maxClients: 2 });
    const first = await feed.connect();
    await feed.connect();
    await expect(feed.connect()).rejects.toThrow('503');
    await first.close();
    await feed.connect();
  });
});

describe('a shutdown', () => {
  it('says goodbye with 1012 and when to come back, quickly', async () => {
    feed = await FeedApp.start();
    const client = await feed.connect();
    await client.subscribe({ id: 'a', channel: 'opportunities' });
    const startedMs = Date.now();
    await feed.app.close();
    expect(Date.now() - startedMs).toBeLessThan(1_500);
    expect(await client.untilClosed()).toMatchObject({ code: 1012 });
    const closing = client.messages.at(-1);
    expect(closing).toMatchObject({ type: 'closing', code: 1012, reason: 'restart' });
    expect(closing?.['reconnectAfterMs']).toBeGreaterThanOrEqual(500);
  });
});
