import { afterAll, describe, expect, it } from '@jest/globals';
import { testDatabases } from '../support/databases.js';
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
});
