import { afterAll, describe, expect, it } from '@jest/globals';
import { testDatabases } from '../support/databases.js';
import { waitFor } from '../support/wait-for.js';
import { DatabaseError } from '../../src/platform/prisma/index.js';

const databases = await testDatabases();
afterAll(async () => {
  for (const database of databases) await database.remove();
});

describe.each(databases)('the database ($kind)', (target) => {
  it('is migrated when it is opened, and finds nothing to do the second time', async () => {
    for (let start = 0; start < 2; start += 1) {
      const opened = await target.open();
      const rows = await opened.database.query<{ name: string; steps: number }>(
        'SELECT migration_name AS name, applied_steps_count AS steps FROM _prisma_migrations ORDER BY 1',
      );
      expect(rows[0]).toEqual({ name: '20261122000100_history', steps: 1 });
      expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
      await opened.close();
    }
  }, 60_000);

  it('keeps all of a transaction or nothing', async () => {
    const opened = await target.open();
    try {
      await opened.database.query('CREATE TABLE kept (a int PRIMARY KEY)');
      const failing = opened.database.transaction(async (queries) => {
        await queries.query('INSERT INTO kept VALUES (1)');
        await queries.query('INSERT INTO kept VALUES (1)');
      });
      await expect(failing).rejects.toMatchObject({ code: '23505', isRetryable: false });
      await expect(failing).rejects.toBeInstanceOf(DatabaseError);
      expect(await opened.database.query('SELECT a FROM kept')).toEqual([]);
      await opened.database.transaction((queries) => queries.query('INSERT INTO kept VALUES (2)'));
      expect(await opened.database.query('SELECT a FROM kept')).toEqual([{ a: 2 }]);
    } finally {
      await opened.close();
    }
  }, 60_000);

  it('reads times in UTC, through Prisma too', async () => {
    const opened = await target.open();
    try {
      const [row] = await opened.database.query<{ zone: string }>("SELECT current_setting('TimeZone') AS zone");
      expect(row?.zone).toBe('UTC');
      await opened.database.query(
        "INSERT INTO detector_epochs VALUES ('e', to_timestamp(1795000000.123), now(), 'h', 1, 'm')",
      );
      const epoch = await opened.prisma.detectorEpoch.findUniqueOrThrow({ where: { epoch: 'e' } });
      expect(epoch.startedAt.getTime()).toBe(1_795_000_000_123);
    } finally {
      await opened.close();
    }
  }, 60_000);

  it('ends a statement at the server when nobody waits for it any more, and keeps answering', async () => {
    const opened = await target.open();
    try {
      const { database } = opened;
      const leaving = new AbortController();
      const slow = database.query('SELECT pg_sleep(600)', [], leaving.signal);
      const running = (): Promise<object[]> =>
        database.query("SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'");
      await waitFor('the statement runs', async () => (await running()).length === 1);
      leaving.abort();
      await expect(slow).rejects.toMatchObject({ code: '57014' });
      expect(await running()).toEqual([]);
      await expect(database.query('SELECT 1', [], leaving.signal)).rejects.toMatchObject({ code: '57014' });
      const staying = new AbortController();
      expect(await database.query('SELECT $1::int AS a', [7], staying.signal)).toEqual([{ a: 7 }]);
    } finally {
      await opened.close();
    }
  }, 60_000);
});
