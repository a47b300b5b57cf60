import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExchangeStatus } from '../../src/core/market/exchange-status.js';
import { productVersion } from '../../src/platform/config/index.js';
import type { WireSystem } from '../../src/client/index.js';
import { FeedApp } from '../support/feed-app.js';

let feed: FeedApp;

beforeAll(async () => {
  feed = await FeedApp.start();
});

afterAll(() => feed.stop());

function exchange(updates: number): ExchangeStatus {
  return {
    ...{
      id: 'okx',
      status: 'live',
      integrity: 'verified',
      clockOffsetMs: 0,
      messagesPerSecond: 1,
      messages: 1,
      updates,
    },
    ...{ resyncs: 0, reconnects: 0, sequenceBreaks: 0, strayFaults: 0, lastError: null, symbols: [] },
  };
}

/** Holds the event loop up; returns the processor time that it took, which is less on a machine that is busy elsewhere. */
function block(ms: number): number {
  const before = process.cpuUsage();
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

describe('the channel system', () => {
  it('tells once a second how the service is, measured while somebody looks', async () => {
    feed.market.emit(exchange(1_000));
    feed.recorder.allMetrics = { refusals: { waiting: 5, lagMs: 70.5, lost: 2, isBehind: true } };
    const client = await feed.connect();
    const snapshot = await client.subscribe({ id: 's', channel: 'system' });
    const [first] = snapshot['data'] as [WireSystem];
    expect(first).toMatchObject({
      ...{ version: productVersion(), epoch: 'e1', clients: 1 },
      recorder: { refusals: { waiting: 5, lagMs: 70.5, lost: 2, isBehind: true } },
      ...{ updatesPerSecond: null, messagesSentPerSecond: null, cpuPart: null, eventLoop: null },
    });
    expect(first.memory.rssBytes).toBeGreaterThan(first.memory.heapUsedBytes);

    feed.market.emit(exchange(1_500));
    const spentSeconds = block(150);
    const update = await client.next('update');
    const [{ system }] = update['data'] as [{ system: WireSystem }];
    const seconds = (system.atMs - first.atMs) / 1_000;
    expect(seconds).toBeGreaterThan(0.9);
    expect(Math.abs(Number(system.updatesPerSecond) * seconds - 500)).toBeLessThan(20);
    expect(system.eventLoop?.maxMs).toBeGreaterThan(100);
    expect(system.eventLoop?.maxMs).toBeGreaterThanOrEqual(Number(system.eventLoop?.meanMs));
    expect(spentSeconds).toBeGreaterThan(0);
    expect(Number(system.cpuPart) * seconds).toBeGreaterThan(spentSeconds * 0.95);
    expect(system.uptimeMs).toBeGreaterThan(first.uptimeMs);

    const other = await feed.connect();
    const [shown] = (await other.subscribe({ id: 's', channel: 'system' }))['data'] as [WireSystem];
    expect(shown).toEqual(system);
    expect((await other.next('update'))['data']).toMatchObject([{ system: { clients: 2 } }]);
  });

  it('begins anew for who comes after nobody looked', async () => {
    for (const client of feed.clients.splice(0)) await client.close();
    const client = await feed.connect();
    const snapshot = await client.subscribe({ id: 's', channel: 'system', since: { epoch: 'e1', seq: 1 } });
    expect(snapshot).toMatchObject({ reason: 'resync', data: [{ updatesPerSecond: null, eventLoop: null }] });
  });

  it('knows no filter', async () => {
    const client = await feed.connect();
    const asked = { op: 'subscribe', id: 's', channel: 'system', filter: { symbols: ['BTC/USDT'] } };
    expect(await client.ask(asked, 'error')).toMatchObject({ code: 'bad_filter' });
  });
});
