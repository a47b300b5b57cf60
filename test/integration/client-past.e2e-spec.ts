import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CrossbookPast, type WireOpportunity } from '../../src/client/index.js';
import { OPENED_AT_MS, opportunity } from '../support/opportunities.js';
import { HistoryApp } from './history-app.js';

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const rows: T[] = [];
  for await (const row of list) rows.push(row);
  return rows;
}

describe("the client's view of the past", () => {
  let app: HistoryApp;
  let past: CrossbookPast;

  beforeAll(async () => {
    app = await HistoryApp.open();
    past = new CrossbookPast({ url: app.url });
    for (let n = 0; n < 25; n += 1) {
      app.feed.opens(opportunity({ id: `id-${String(n).padStart(2, '0')}`, openedAtMs: OPENED_AT_MS + n * 1_000 }));
    }
  }, 60_000);

  afterAll(async () => {
    await app.close();
  });

  it('reads a list to its end, page by page', async () => {
    const rows = await all(past.list<WireOpportunity>('/v1/opportunities', { limit: 10, sort: 'openedAt' }));
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 25 }, (_, n) => `id-${String(n).padStart(2, '0')}`));
    expect(await all(past.list('/v1/opportunities', { symbol: 'NONE/USDT' }))).toEqual([]);
  });

  it('tells what opened while a client was away, and what became of those that were open', async () => {
    const [first, second] = [app.feed.open()[0], app.feed.open()[1]];
    app.feed.closes(app.feed.find(first?.id ?? '')!, { closeReason: 'collapsed' });
    const away = { sentAtMs: OPENED_AT_MS + 22_000, open: [first?.id ?? '', second?.id ?? '', 'never-stored'] };
    const missed = await all(past.missed(away));
    expect(missed.map(({ id, state }) => [id, state])).toEqual([
      ['id-21', 'open'],
      ['id-22', 'open'],
      ['id-23', 'open'],
      ['id-24', 'open'],
      ['id-00', 'closed'],
      ['id-01', 'open'],
    ]);
  });

  it('errors with the code that the service tells, and where nobody answers', async () => {
    await expect(all(past.list('/v1/opportunities', { minNetBps: 'x' }))).rejects.toMatchObject({ code: 'bad_query' });
    const nobody = new CrossbookPast({ url: 'http://127.0.0.1:1' });
    await expect(nobody.get('/v1/stats')).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('waits as a busy service asks, sends its token, and tells an answer that is not of the service', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers.authorization);
      if (asked.length === 1) response.writeHead(429, { 'Retry-After': '1' }).end('{}');
      else if (asked.length === 2) response.end('{"data":[7],"nextCursor":null}');
      else response.writeHead(502).end('<html>bad gateway</html>');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const held = new CrossbookPast({ url, token: 't' });
    expect(await all(held.list('/v1/spreads'))).toEqual([7]);
    expect(asked).toEqual(['Bearer t', 'Bearer t']);
    await expect(held.get('/v1/spreads')).rejects.toMatchObject({ code: 'http_502' });
    server.close();
  });
});
