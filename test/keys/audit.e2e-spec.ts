import { readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AuditRepository } from '../../src/keys/audit/audit.repository.js';
import type { AuditReport, AuditView } from '../../src/keys/index.js';
import { type KeysService, plantedKey, startKeysService } from '../support/keys-service.js';
import { keysSuite } from '../support/keys-suite.js';
import { waitFor } from '../support/wait-for.js';

let service: KeysService;
const suite = keysSuite(() => service);
const headFile = (): string => path.join(suite.database.dataDir, 'audit.head');
const report = async (): Promise<AuditReport> =>
  (await service.call('GET', '/v1/keys/audit/verify')).json as unknown as AuditReport;
const lines = async (query = ''): Promise<AuditView[]> =>
  (await service.call('GET', `/v1/keys/audit${query}`)).json['data'] as AuditView[];
const run = (sql: string, values: unknown[] = []): Promise<object[]> => service.database.query(sql, values);
const headIs = (sequence: number): Promise<void> =>
  waitFor(`audit.head names line ${sequence}`, () => {
    try {
      return readFileSync(headFile(), 'utf8').startsWith(`${sequence} `);
    } catch {
      return false;
    }
  });

/** Details that a database may spell in another way than they came. */
const ODD = {
  n: 1e21,
  small: 1.5e-7,
  minus: -0.1,
  nested: { z: [1, null, { b: 'ü\u2028', a: true }], a: {} },
  list: [],
};

/** Appends lines through the code of the product. */
async function append(n: number): Promise<void> {
  const audit = new AuditRepository();
  for (let i = 0; i < n; i += 1) {
    await service.database.transaction((q) =>
      audit.append(q, {
        atMs: 1_795_000_000_000.123 + i,
        actor: 'a',
        action: 'key_added',
        keyId: `k${i}`,
        detail: ODD,
      }),
    );
  }
}

beforeEach(async () => {
  service = await startKeysService(suite.database);
});

describe('the audit', () => {
  it('is shown newest first, in pages and by filters', async () => {
    const { id } = await service.add(plantedKey());
    await service.call('POST', `/v1/keys/${id}/disable`);
    await service.add(plantedKey('okx'));
    expect((await lines()).map(({ action, sequence }) => [action, sequence])).toEqual([
      ['key_added', 3],
      ['key_disabled', 2],
      ['key_added', 1],
    ]);
    const first = await service.call('GET', '/v1/keys/audit?limit=2');
    expect(first.json).toMatchObject({ hasMore: true, data: [{ sequence: 3 }, { sequence: 2 }] });
    const rest = await service.call('GET', `/v1/keys/audit?limit=2&cursor=${String(first.json['nextCursor'])}`);
    expect(rest.json).toMatchObject({
      hasMore: false,
      nextCursor: null,
      data: [{ sequence: 1, actor: 'admin', keyId: id }],
    });
    expect((await lines(`?keyId=${id}&action=key_disabled`)).map(({ sequence }) => sequence)).toEqual([2]);
    expect(await lines('?to=2026-01-01')).toEqual([]);
    expect(await lines(`?from=${Date.now() - 60_000}`)).toHaveLength(3);
    for (const query of ['?from=x', '?cursor=x', '?action=UP', '?limit=0', '?page=2']) {
      expect((await service.call('GET', `/v1/keys/audit${query}`)).json).toMatchObject({
        status: 400,
        code: 'bad_query',
      });
    }
    expect((await service.call('GET', '/v1/keys/audit', undefined, null)).status).toBe(401);
  });

  it('is one chain whoever appends at the same moment, and its end is kept outside of the database', async () => {
    await Promise.all(Array.from({ length: 6 }, () => append(5)));
    expect(await report()).toMatchObject({ isWhole: true, lines: 30, unchained: 0, broken: null });
    await service.add(plantedKey());
    await headIs(31);
    expect(statSync(headFile()).mode & 0o777).toBe(0o600);
    expect(await report()).toMatchObject({ isWhole: true, lines: 31, head: { sequence: 31 } });
  });

  it('vouches for lines from before the chain', async () => {
    for (const i of [1, 2, 3]) {
      await run(
        `INSERT INTO audit_log (at, actor, action, key_id, detail) VALUES (to_timestamp($1), 'rest', 'key_added', 'old', '{"b": 2.50, "a": 1}')`,
        [1_795_000_000 + i],
      );
    }
    expect(await report()).toMatchObject({ isWhole: true, lines: 0, unchained: 3 });
    await append(2);
    expect((await lines()).map(({ action }) => action)).toEqual(['key_added', 'key_added', 'chain_started']);
    expect(await report()).toMatchObject({ isWhole: true, lines: 3, unchained: 3 });
    await run(
      `UPDATE audit_log SET detail = '{"a": 1, "b": 3}' WHERE key_id = 'old' AND at = to_timestamp(1795000002)`,
    );
    expect((await report()).broken).toMatchObject({ sequence: null, fault: 'changed' });
    await run(`DELETE FROM audit_log WHERE key_id = 'old' AND at = to_timestamp(1795000002)`);
    expect((await report()).broken).toMatchObject({ sequence: null, fault: 'missing' });
  });
});

describe('verify', () => {
  beforeEach(async () => {
    await append(8);
    await service.add(plantedKey());
    await headIs(9);
  });

  it.each<[string, string, Record<string, unknown>]>([
    [
      'a changed detail',
      `UPDATE audit_log SET detail = detail || '{"n": 2}' WHERE sequence = 4`,
      { sequence: 4, fault: 'changed' },
    ],
    ['a changed actor', `UPDATE audit_log SET actor = 'b' WHERE sequence = 4`, { sequence: 4, fault: 'changed' }],
    [
      'a changed time',
      `UPDATE audit_log SET at = at + interval '1 us' WHERE sequence = 1`,
      { sequence: 1, fault: 'changed' },
    ],
    ['a changed key', `UPDATE audit_log SET key_id = NULL WHERE sequence = 9`, { sequence: 9, fault: 'changed' }],
    ['a changed digest', `UPDATE audit_log SET hash = NULL WHERE sequence = 5`, { sequence: 5, fault: 'changed' }],
    ['a removed line', 'DELETE FROM audit_log WHERE sequence = 4', { sequence: 4, fault: 'missing' }],
    ['removed first lines', 'DELETE FROM audit_log WHERE sequence < 3', { sequence: 1, fault: 'missing' }],
    [
      'a line pushed in',
      `UPDATE audit_log SET sequence = sequence + 100 WHERE sequence > 4;
       INSERT INTO audit_log (at, actor, action, detail, sequence, hash) VALUES (now(), 'x', 'key_added', '{}', 5, repeat('0', 64));
       UPDATE audit_log SET sequence = sequence - 99 WHERE sequence > 100`,
      { sequence: 5, fault: 'inserted' },
    ],
    [
      'a line added at the end',
      `INSERT INTO audit_log (at, actor, action, detail, sequence, hash) VALUES (now(), 'x', 'key_added', '{}', 10, repeat('0', 64))`,
      { sequence: 10, fault: 'inserted' },
    ],
    [
      'a line outside of the chain',
      `INSERT INTO audit_log (at, actor, action, detail) VALUES (now(), 'x', 'key_added', '{}')`,
      { fault: 'inserted' },
    ],
    [
      'two lines swapped',
      `UPDATE audit_log SET sequence = 100 WHERE sequence = 3; UPDATE audit_log SET sequence = 3 WHERE sequence = 6;
       UPDATE audit_log SET sequence = 6 WHERE sequence = 100`,
      { sequence: 3, fault: 'reordered' },
    ],
    ['the end cut off', 'DELETE FROM audit_log WHERE sequence > 7', { sequence: 8, fault: 'cut_tail' }],
    ['all of it gone', 'DELETE FROM audit_log', { sequence: 1, fault: 'cut_tail' }],
  ])('shows %s', async (_name, sql, broken) => {
    expect(await report()).toMatchObject({ isWhole: true, lines: 9 });
    for (const statement of sql.split(';')) await run(statement);
    expect(await report()).toMatchObject({ isWhole: false, broken });
  });

  it('shows a cut end still when the service goes on writing, and after a restart', async () => {
    await run('DELETE FROM audit_log WHERE sequence > 7');
    await append(3);
    await service.add(plantedKey('okx'));
    await waitFor('it is logged', () => service.lines.some((line) => line.includes('the audit was cut or rewritten')));
    expect(await report()).toMatchObject({ isWhole: false, broken: { sequence: 9, fault: 'changed' } });
    await service.stop();
    service = await startKeysService(suite.database);
    expect(await report()).toMatchObject({ isWhole: false, head: { sequence: 9 }, broken: { sequence: 9 } });
    rmSync(headFile());
    expect(await report()).toMatchObject({ isWhole: true, head: null });
  });

  it('walks many lines in batches', async () => {
    await append(600);
    expect(await report()).toMatchObject({ isWhole: true, lines: 609 });
    await run('DELETE FROM audit_log WHERE sequence = 500');
    expect(await report()).toMatchObject({ broken: { sequence: 500, fault: 'missing' } });
  }, 30_000);
});
