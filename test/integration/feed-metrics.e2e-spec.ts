import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FeedMetrics } from '../../src/feed/feed-metrics.js';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { capturedLog } from '../support/captured-log.js';
import { parseExposition, sumOf } from '../metrics/exposition.js';
import { FeedApp } from '../support/feed-app.js';
import type { FeedClient } from '../support/feed-client.js';
import { closed, opened, updated } from '../support/opportunity.builder.js';
import { waitFor } from '../support/wait-for.js';

let feed: FeedApp;
let metrics: Metrics;

beforeAll(async () => {
  feed = await FeedApp.start();
  metrics = new Metrics(capturedLog().log);
  metrics.add(feed.app.get(FeedMetrics));
});

afterEach(async () => {
  for (const client of feed.clients.splice(0)) await client.close();
});

afterAll(() => feed.stop());

async function read(name: string, labels: Record<string, string> = {}): Promise<number> {
  return sumOf(parseExposition(await metrics.text()), `crossbook_feed_${name}`, labels);
}

describe('the metrics of the feed', () => {
  it('count clients, subscriptions and every message, both ways', async () => {
    const names = ['messages_sent_total', 'messages_received_total', 'clients_connected_total'];
    const before = await Promise.all(names.map((name) => read(name)));
    const [first, second] = [await feed.connect(), await feed.connect()];
    await first.subscribe({ id: 'a', channel: 'opportunities' });
    await first.subscribe({ id: 'b', channel: 'exchanges' });
    await second.subscribe({ id: 'a', channel: 'opportunities' });
    for (let i = 0; i < 5; i += 1) feed.opportunities.emit(opened({ id: `counted-${i}` }));
    for (const client of [first, second]) await client.drain();
    expect(await read('clients')).toBe(2);
    expect(await read('subscriptions')).toBe(3);
    expect(await read('subscriptions', { channel: 'opportunities' })).toBe(2);
    const after = await Promise.all(names.map((name) => read(name)));
    const told = first.messages.length + second.messages.length;
    // Three subscriptions and a ping of each.
    expect(after.map((value, index) => value - before[index]!)).toEqual([told, 5, 2]);
    await first.ask({ op: 'unsubscribe', id: 'u', sub: 'b' }, 'unsubscribed');
    await second.close();
    await waitFor('the client is gone', () => feed.sessions() === 1);
    expect(await read('subscriptions')).toBe(1);
  });

  it('count what was conflated as the messages told it', async () => {
    const before = await read('events_conflated_total');
    const client = await feed.connect();
    await client.subscribe({ id: 'a', channel: 'opportunities', mode: { conflateMs: 60_000 } });
    feed.opportunities.emit(opened({ id: 'o' }));
    for (let revision = 2; revision < 12; revision += 1) feed.opportunities.emit(updated({ id: 'o', revision }));
    feed.opportunities.emit(closed({ id: 'o' }));
    const updates = (await client.drain()).filter(({ type }) => type === 'update');
    const skipped = updates.reduce((sum, message) => sum + Number(message['skipped'] ?? 0), 0);
    expect(skipped).toBe(10);
    expect((await read('events_conflated_total')) - before).toBe(skipped);
  });

  it('count what waited for a client that left', async () => {
    const before = await read('events_dropped_total');
    const client = await feed.connect();
    await client.subscribe({ id: 'a', channel: 'opportunities', mode: { conflateMs: 60_000 } });
    for (const id of ['x', 'y', 'z']) feed.opportunities.emit(opened({ id }));
    for (const id of ['x', 'y', 'y']) feed.opportunities.emit(updated({ id, revision: 2 }));
    await client.close();
    await waitFor('they are counted', async () => (await read('events_dropped_total')) - before === 2);
  });

  it.each<[code: string, end: (client: FeedClient) => void]>([
    [
      '1000',
      (client) => {
        client.socket.close(1000);
      },
    ],
    [
      '1006',
      (client) => {
        client.socket.terminate();
      },
    ],
    [
      '1009',
      (client) => {
        client.say('x'.repeat(70_000));
      },
    ],
    [
      'other',
      (client) => {
        client.socket.close(4999);
      },
    ],
    [
      '4400',
      (client) => {
        for (let i = 0; i < 50; i += 1) client.say('{');
      },
    ],
  ])('count a client that leaves under its close code: %s', async (code, end) => {
    const before = await read('clients_closed_total', { code });
    const all = await read('clients_closed_total');
    const client = await feed.connect();
    end(client);
    await waitFor('it is counted', async () => (await read('clients_closed_total')) > all);
    expect((await read('clients_closed_total', { code })) - before).toBe(1);
    const { connectionId } = client.messages[0] as unknown as { connectionId: string };
    const left = feed.lines.filter((line) => line.includes(connectionId) && line.includes('feed left'));
    expect(left).toHaveLength(1);
  });
});
