import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SignedCall } from '../../src/exchanges/index.js';
import { ask, type Answer } from '../support/request.js';
import { type KeysService, plantedKey, signedCall, startKeysService } from '../support/keys-service.js';
import { keysSuite } from '../support/keys-suite.js';
import { waitFor } from '../support/wait-for.js';

let service: KeysService;
const suite = keysSuite(() => service);
const HOUR_MS = 3_600_000;
const HOUR = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
let id: string;

/** Stores calls in one go, as the log would. */
async function store(calls: readonly SignedCall[]): Promise<void> {
  await service.database.query(
    `INSERT INTO signed_calls (at, key_id, exchange, method, path, outcome, duration_ms)
     SELECT to_timestamp("atMs" / 1000), "keyId", exchange, method, path, outcome, "durationMs"
     FROM jsonb_to_recordset($1::jsonb) AS c("atMs" double precision, "keyId" text, exchange text, method text,
       path text, outcome text, "durationMs" double precision)`,
    [JSON.stringify(calls)],
  );
}
const accepting = (target: string, accept: string): Promise<Answer> =>
  ask(service.port, target, { headers: { Authorization: `Bearer ${service.token}`, Accept: accept } });

beforeEach(async () => {
  service = await startKeysService(suite.database);
  ({ id } = await service.add(plantedKey()));
});

describe('the usage of a key', () => {
  it('is limited by time and by how calls ended', async () => {
    await store([
      signedCall(id, 'ok', 1_795_000_000_000),
      signedCall(id, 'revoked', 1_795_000_001_000),
      signedCall(id, 'ok', 1_795_000_002_000),
    ]);
    const page = async (query: string): Promise<number[]> =>
      ((await service.call('GET', `/v1/keys/${id}/usage?${query}`)).json['data'] as SignedCall[]).map(
        ({ atMs }) => (atMs - 1_795_000_000_000) / 1_000,
      );
    expect(await page('')).toEqual([2, 1, 0]);
    expect(await page('outcome=revoked')).toEqual([1]);
    expect(await page('from=1795000001000')).toEqual([2, 1]);
    expect(await page(`to=${new Date(1_795_000_001_000).toISOString()}`)).toEqual([0]);
    const first = await service.call('GET', `/v1/keys/${id}/usage?limit=1&outcome=ok`);
    expect(await page(`limit=1&outcome=ok&cursor=${String(first.json['nextCursor'])}`)).toEqual([0]);
  });

  it('is exported whole as CSV and as lines of JSON', async () => {
    await store(
      Array.from({ length: 1_301 }, (_, i) => ({
        ...signedCall(id, i % 2 === 0 ? 'ok' : 'rate_limited', 1_795_000_000_000 + Math.floor(i / 3)),
        path: `/p/${i},"x"`,
      })),
    );
    const csv = await accepting(`/v1/keys/${id}/usage`, 'text/csv');
    expect(csv.headers['content-type']).toContain('text/csv');
    const lines = csv.text.split('\r\n');
    expect(lines).toHaveLength(1_303);
    expect(lines[0]).toBe('at,method,path,outcome,durationMs');
    expect(lines[1]).toBe('2026-11-18T11:06:40.433Z,GET,"/p/1300,""x""",ok,12.5');
    const ndjson = await accepting(`/v1/keys/${id}/usage?outcome=ok`, 'application/x-ndjson');
    const calls = ndjson.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as SignedCall);
    expect(calls).toHaveLength(651);
    expect(calls[650]).toEqual({
      method: 'GET',
      path: '/p/0,"x"',
      outcome: 'ok',
      durationMs: 12.5,
      atMs: 1_795_000_000_000,
    });
    expect((await accepting(`/v1/keys/${id}/usage?limit=3`, 'text/csv')).json).toMatchObject({
      status: 400,
      field: 'limit',
    });
    expect((await accepting(`/v1/keys/${id}/usage`, 'text/html')).json).toMatchObject({ hasMore: true });
  });

  it('is counted by the hour, beside what is usual', async () => {
    const calls: SignedCall[] = [];
    for (let hour = 1; hour <= 24; hour += 1) {
      const many = hour === 2 ? 90 : 10;
      for (let i = 0; i < many; i += 1)
        calls.push(signedCall(id, i === 0 ? 'exchange_down' : 'ok', HOUR - hour * HOUR_MS + i));
    }
    await store(calls);
    const answer = await service.call('GET', `/v1/keys/${id}/usage/hours?from=${HOUR - 3 * HOUR_MS}&to=${HOUR}`);
    expect(answer.json).toEqual({
      data: [
        { hourMs: HOUR - 3 * HOUR_MS, calls: 10, outcomes: { exchange_down: 1, ok: 9 }, isFarAbove: false },
        { hourMs: HOUR - 2 * HOUR_MS, calls: 90, outcomes: { exchange_down: 1, ok: 89 }, isFarAbove: true },
        { hourMs: HOUR - HOUR_MS, calls: 10, outcomes: { exchange_down: 1, ok: 9 }, isFarAbove: false },
      ],
      ...{ nextCursor: null, hasMore: false, baseline: { callsPerHour: 10, hours: 24 } },
    });
    const whole = await service.call('GET', `/v1/keys/${id}/usage/hours`);
    expect((whole.json['data'] as unknown[]).length).toBeGreaterThanOrEqual(24);
    for (const query of ['from=1&to=1795000000000', 'from=3&to=2', 'from=x', 'limit=1']) {
      expect((await service.call('GET', `/v1/keys/${id}/usage/hours?${query}`)).status).toBe(400);
    }
  });

  it('stays to be seen when the key is removed, and is nothing for keys that never were', async () => {
    service.calls.record(signedCall(id, 'ok', Date.now()));
    await waitFor('the call is stored', () => service.shown(id)?.lastUsedAtMs !== null);
    await service.call('DELETE', `/v1/keys/${id}`);
    expect((await service.call('GET', `/v1/keys/${id}`)).status).toBe(404);
    expect((await service.call('GET', `/v1/keys/${id}/usage`)).json['data']).toHaveLength(1);
    expect((await accepting(`/v1/keys/${id}/usage`, 'text/csv')).text.split('\r\n')).toHaveLength(3);
    expect((await service.call('GET', `/v1/keys/${id}/usage/hours`)).status).toBe(200);
    expect((await service.call('GET', '/v1/keys/never-was/usage')).json).toMatchObject({
      status: 404,
      code: 'unknown_key',
    });
    expect((await service.call('GET', `/v1/keys/${id}/usage`, undefined, null)).status).toBe(401);
  });

  it('is kept for as many days as the settings say', async () => {
    const day = 24 * HOUR_MS;
    await store([signedCall(id, 'ok', Date.now() - 3 * day), signedCall(id, 'ok', Date.now() - day)]);
    await service.stop();
    service = await startKeysService(suite.database, { keys: { usageRetentionDays: 2 } });
    await waitFor('the old call is gone', async () => {
      const { json } = await service.call('GET', `/v1/keys/${id}/usage`);
      return (json['data'] as unknown[]).length === 1;
    });
  });
});
