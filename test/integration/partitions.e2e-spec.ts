import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OpportunityRepository } from '../../src/history/opportunity.repository.js';
import { PartitionRepository } from '../../src/history/partition.repository.js';
import { openDuring, testDatabases } from '../support/databases.js';
import { opportunity } from '../support/opportunities.js';

const at = Date.parse;
const targets = await testDatabases();

describe.each(targets)('partitions in a database ($kind)', (target) => {
  const opened = openDuring(target);
  let partitions: PartitionRepository;

  const namesOf = async (table: string): Promise<string[]> => {
    const rows = await opened.database.query<{ name: string }>(
      'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1',
      [table],
    );
    return rows.map(({ name }) => name);
  };

  beforeAll(async () => {
    // The zone of a session must not move the bounds.
    await opened.database.query(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone TO %L', current_database(),
      'Pacific/Auckland'); END $$`);
  });

  beforeEach(async () => {
    partitions = new PartitionRepository(opened.database);
    for (const table of ['opportunities', 'spread_candles_1s'] as const) {
      await partitions.drop(table, at('2100-01-01'));
    }
  });

  it('are days and months of UTC, made when they are needed, once', async () => {
    await partitions.ensure('spread_candles_1s', [
      at('2026-11-23T23:59:59.999Z'),
      at('2026-11-24T00:00:00.000Z'),
      at('2026-11-24T12:00:00.000Z'),
    ]);
    expect(await namesOf('spread_candles_1s')).toEqual(['spread_candles_1s_p20261123', 'spread_candles_1s_p20261124']);
    await partitions.ensure('opportunities', [at('2026-11-30T23:59:59.999Z'), at('2026-12-01T00:00:00.000Z')]);
    expect(await namesOf('opportunities')).toEqual(['opportunities_p202611', 'opportunities_p202612']);
    const [{ bounds } = { bounds: '' }] = await opened.database.query<{ bounds: string }>(
      `SELECT pg_get_expr(relpartbound, oid) AS bounds FROM pg_class WHERE relname = 'opportunities_p202612'`,
    );
    const [from, to] = [...bounds.matchAll(/'([^']+)'/g)].map(([, text = '']) => at(`${text.replace(' ', 'T')}:00`));
    expect([from, to]).toEqual([at('2026-12-01T00:00:00Z'), at('2027-01-01T00:00:00Z')]);
  });

  it('cover every day of a range', async () => {
    await partitions.ensureRange('spread_candles_1s', at('2026-02-27T23:00:00Z'), at('2026-03-02T00:00:00Z'));
    expect(await namesOf('spread_candles_1s')).toEqual(
      ['0227', '0228', '0301'].map((day) => `spread_candles_1s_p2026${day}`),
    );
  });

  it('may be asked for by many at once', async () => {
    const others = Array.from({ length: 8 }, () => new PartitionRepository(opened.database));
    await Promise.all(others.map((each) => each.ensure('spread_candles_1s', [at('2026-01-05')])));
    expect(await namesOf('spread_candles_1s')).toEqual(['spread_candles_1s_p20260105']);
  });

  it('go when all of them is over, and not a moment before', async () => {
    await partitions.ensureRange('spread_candles_1s', at('2026-01-01'), at('2026-01-04'));
    expect(await partitions.drop('spread_candles_1s', at('2026-01-02T23:59:59.999Z'))).toBe(1);
    expect(await partitions.drop('spread_candles_1s', at('2026-01-03T00:00:00Z'))).toBe(1);
    expect(await namesOf('spread_candles_1s')).toEqual(['spread_candles_1s_p20260103']);
  });

  it('stay while somebody reads the table, and hold up nobody', async () => {
    await partitions.ensure('spread_candles_1s', [at('2026-01-01')]);
    const reading = opened.database.query('SELECT pg_sleep(1.5), (SELECT count(*) FROM spread_candles_1s)');
    await delay(300);
    expect(await partitions.drop('spread_candles_1s', at('2026-02-01'))).toBe(0);
    await reading;
    expect(await partitions.drop('spread_candles_1s', at('2026-02-01'))).toBe(1);
  });

  it('have the indexes of their table, once', async () => {
    await partitions.ensure('opportunities', [at('2026-05-05')]);
    const rows = await opened.database.query<{ table: string; n: number }>(
      `SELECT tablename AS table, count(*)::int AS n FROM pg_indexes
       WHERE tablename IN ('opportunities', 'opportunities_p202605') GROUP BY 1 ORDER BY 1`,
    );
    expect(rows).toEqual([
      { table: 'opportunities', n: 5 },
      { table: 'opportunities_p202605', n: 5 },
    ]);
  });

  it('are made again for late rows, though they were dropped by somebody else', async () => {
    const repository = new OpportunityRepository(opened.database, partitions);
    const one = opportunity({ openedAtMs: at('2025-01-15') });
    await repository.save([one]);
    await new PartitionRepository(opened.database).drop('opportunities', at('2025-03-01'));
    await expect(repository.save([{ ...one, id: 'late-1' }])).rejects.toMatchObject({ code: '23514' });
    await repository.save([{ ...one, id: 'late-1' }]);
    expect(await repository.find('late-1')).toMatchObject({ id: 'late-1' });
  });

  it('keep room in the pages of rows that change', async () => {
    await partitions.ensure('opportunities', [at('2026-05-05')]);
    const [found] = await opened.database.query(
      `SELECT reloptions::text AS options FROM pg_class WHERE relname = 'opportunities_p202605'`,
    );
    expect(found).toEqual({ options: '{fillfactor=70}' });
  });
});
