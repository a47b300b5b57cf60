import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parquetReadObjects } from 'hyparquet';
import { OpportunityRepository } from '../../src/history/opportunity.repository.js';
import { PartitionRepository } from '../../src/history/partition.repository.js';
import { ExportGate } from '../../src/platform/export/index.js';
import { HistoryApp } from './history-app.js';
import { BOOKS, GATES, OPENED_AT_MS, opportunity } from '../support/opportunities.js';
import { refusalMinute, spreadCandle } from '../support/scripted-feed.js';
import { waitFor } from '../support/wait-for.js';

/** More than the buffers of two sockets hold, so that a client that does not read stops the export. */
const MANY = 150_000;

let app: HistoryApp;
beforeAll(async () => {
  app = await HistoryApp.open();
}, 60_000);
afterAll(() => app.close());

const get = (target: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${app.url}${target}`, { headers });
const parquet = async (target: string): Promise<object[]> =>
  parquetReadObjects({ file: await (await get(target)).arrayBuffer() });
const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Asks and reads nothing of the answer until it is told to. */
function askPaused(target: string): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    http.get(`${app.url}${target}`, { agent: false }, resolve).on('error', reject);
  });
}

describe('exports of opportunities', () => {
  const total = 620;
  beforeAll(async () => {
    const all = Array.from({ length: total }, (_, i) =>
      opportunity({
        id: `epoch1-${i}`,
        openedAtMs: OPENED_AT_MS + Math.floor(i / 3),
        netBps: i / 7 - 10,
        ...(i % 2 === 0
          ? ({ state: 'closed', closeReason: 'collapsed', closedAtMs: OPENED_AT_MS + 900 } as const)
          : {}),
        ...(i === 0 ? { books: BOOKS, gates: GATES } : {}),
      }),
    );
    await app.get(OpportunityRepository).save(all);
  });

  it('write every row that the pages show, in their order, as NDJSON, CSV and Parquet', async () => {
    const pages = ((await (await get('/v1/opportunities?limit=1000')).json()) as { data: Record<string, unknown>[] })
      .data;
    expect(pages).toHaveLength(total);
    const ndjson = await get('/v1/opportunities', { accept: 'application/x-ndjson' });
    expect(ndjson.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(ndjson.headers.get('vary')).toContain('Accept');
    expect(linesOf(await ndjson.text())).toEqual(pages);

    const csv = await get('/v1/opportunities', { accept: 'text/csv' });
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="opportunities.csv"');
    const [header = '', first = '', ...others] = (await csv.text()).split('\r\n');
    expect(header).toMatch(/^id,kind,state,symbol,buyExchange,buySymbol,sellExchange,sellSymbol,openedAtMs,/);
    expect(others).toHaveLength(total);
    expect(first.startsWith(`${String(pages[0]?.['id'])},cross,`)).toBe(true);

    const rows = (await parquet('/v1/opportunities?format=parquet')) as Record<string, unknown>[];
    expect(Object.keys(rows[0] ?? {}).join()).toBe(header);
    expect(rows.map(({ id, netBps, openedAtMs, closedAtMs }) => [id, netBps, openedAtMs, closedAtMs])).toEqual(
      pages.map(({ id, netBps, openedAtMs, closedAtMs }) => [id, netBps, openedAtMs, closedAtMs]),
    );
    expect(rows[0]).toMatchObject({ buyVwap: 64_010.2, sellExchangeTimeMs: null, standing: false, revision: 1 });
  });

  it('keep to the filters, the order, the limit and the cursor that are given', async () => {
    const few = linesOf(
      await (await get('/v1/opportunities?format=ndjson&state=closed&sort=openedAt&limit=300')).text(),
    );
    expect(few).toHaveLength(300);
    expect(few.slice(0, 2).map(({ id }) => id)).toEqual(['epoch1-0', 'epoch1-2']);
    const page = (await (await get('/v1/opportunities?limit=600')).json()) as { nextCursor: string };
    const rest = linesOf(await (await get(`/v1/opportunities?format=ndjson&cursor=${page.nextCursor}`)).text());
    expect(rest).toHaveLength(total - 600);
  });

  it('answer a bad query, and a format that there is not, with a problem document', async () => {
    const bad = await get('/v1/opportunities?format=csv&minNetBps=x');
    expect(bad.status).toBe(400);
    expect(bad.headers.get('content-disposition')).toBeNull();
    expect(await bad.json()).toMatchObject({ code: 'bad_query', field: 'minNetBps' });
    for (const query of ['format=xml', 'format=csv&format=csv']) {
      expect(await (await get(`/v1/opportunities?${query}`)).json()).toMatchObject({ status: 400, field: 'format' });
    }
    const other = await get('/v1/opportunities?limit=1', { accept: 'text/html' });
    expect(other.headers.get('content-type')).toMatch(/^application\/json/);
  });
});

describe('validators of ranges that are over', () => {
  const to = String(OPENED_AT_MS + 1e6);
  const closed = `/v1/opportunities?state=closed&to=${to}`;

  it('answer 304 until a row changes', async () => {
    const first = await get(closed);
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^"[\w-]{27}"$/);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    const again = await get(closed, { 'if-none-match': `"other", ${tag}` });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
    await app.database.query(`UPDATE opportunities SET revision = revision + 1 WHERE id = 'epoch1-618'`);
    const changed = await get(closed, { 'if-none-match': tag });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(tag);
  });

  it('are told of exports too, one for each format', async () => {
    const [csv, ndjson] = await Promise.all(['csv', 'ndjson'].map((format) => get(`${closed}&format=${format}`)));
    const tag = csv?.headers.get('etag') ?? '';
    expect(tag).toMatch(/^"/);
    expect(ndjson?.headers.get('etag')).not.toBe(tag);
    await Promise.all([csv?.text(), ndjson?.text()]);
    expect((await get(`${closed}&format=csv`, { 'if-none-match': tag })).status).toBe(304);
    await app.database.query(`UPDATE opportunities SET revision = revision + 1 WHERE id = 'epoch1-0'`);
    const changed = await get(`${closed}&format=csv`, { 'if-none-match': tag });
    expect([changed.status, (await changed.text()).length > 1_000]).toEqual([200, true]);
  });

  it.each([
    ['a range that goes on', '/v1/opportunities?state=closed'],
    ['a range with an open one in it', `/v1/opportunities?to=${to}`],
    ['what has not begun', '/v1/opportunities?to=2999-01-01'],
  ])('are not given to %s', async (_name, target) => {
    for (const format of ['json', 'ndjson']) {
      const answer = await get(`${target}&format=${format}`);
      expect(answer.headers.get('etag') ?? 'W/').toMatch(/^W\//);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      await answer.text();
    }
  });
});

describe('exports of spreads and refusals', () => {
  it('write what the lists show', async () => {
    app.feed.tellSpreads(spreadCandle(), spreadCandle({ startMs: 1_795_000_001_000, closeBps: -7 }));
    app.feed.tellMinutes(refusalMinute(), refusalMinute({ reason: 'stale', entries: 7 }));
    for (const target of [
      '/v1/spreads?sort=time&to=2026-11-20',
      '/v1/spreads/candles?interval=1s',
      '/v1/refusals?group=minute&from=2026-11-01&to=2026-11-20',
      '/v1/refusals?group=route&from=2026-11-01&to=2026-11-20',
      '/v1/refusals?group=reason&from=2026-11-01&to=2026-11-20',
    ]) {
      const { data } = (await (await get(target)).json()) as { data: object[] };
      expect(data).toHaveLength(2);
      expect(linesOf(await (await get(`${target}&format=ndjson`)).text())).toEqual(data);
      expect(await parquet(`${target}&format=parquet`)).toEqual(data);
      const [header, ...rows] = (await (await get(`${target}&format=csv`)).text()).split('\r\n');
      expect(header?.split(',').sort()).toEqual(Object.keys(data[0] ?? {}).sort());
      expect(rows).toHaveLength(3);
    }
    const tag = (await get('/v1/spreads?sort=time&to=2026-11-20')).headers.get('etag') ?? '';
    expect((await get('/v1/spreads?sort=time&to=2026-11-20', { 'if-none-match': tag })).status).toBe(304);
    expect(await (await get('/v1/refusals?format=csv')).text()).toMatch(/^routeId,symbol,.*,lastAtMs,measured\r\n$/);
  });

  describe('of many rows', () => {
    const target = '/v1/spreads/candles?interval=1s&format=ndjson&symbol=MANY/USDT';
    beforeAll(async () => {
      const firstMs = 1_790_000_000_000;
      await app.get(PartitionRepository).ensureRange('spread_candles_1s', firstMs, firstMs + (MANY + 1) * 1_000);
      await app.database.query(
        `WITH made AS (INSERT INTO routes (route_id, symbol, buy_exchange, sell_exchange)
           VALUES ('cross:okx:MANY/USDT>kraken:MANY/USDT', 'MANY/USDT', 'okx', 'kraken') RETURNING id)
         INSERT INTO spread_candles_1s
         SELECT to_timestamp(1790000000 + n), id, n, n, n, n, n, 1, 0 FROM made, generate_series(1, $1::int) AS n`,
        [MANY],
      );
    });

    it('hold back while the client does not read, are bounded in number, and end with their clients', async () => {
      const clients = await Promise.all([1, 2, 3, 4].map(() => askPaused(target)));
      const gate = app.get(ExportGate);
      expect(gate.count).toBe(4);
      const refused = await get(target);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await refused.json()).toMatchObject({ code: 'exports_busy' });
      for (const client of clients) client.destroy();
      await waitFor('no export runs', () => gate.count === 0);
      const idle = await get('/v1/opportunities?limit=1');
      expect(idle.status).toBe(200);
    });

    it('come whole to a client that reads', async () => {
      const text = await (await get(target)).text();
      expect(text.match(/\n/g)).toHaveLength(MANY);
    }, 60_000);

    it('do not look whole when they fail half way', async () => {
      const answer = await askPaused(target);
      await app.database.query('ALTER TABLE spread_candles_1s RENAME TO away');
      try {
        await expect(answer.toArray()).rejects.toMatchObject({ code: 'ECONNRESET' });
        expect(answer.complete).toBe(false);
        await waitFor('no export runs', () => app.get(ExportGate).count === 0);
      } finally {
        await app.database.query('ALTER TABLE away RENAME TO spread_candles_1s');
      }
    });
  });
});
