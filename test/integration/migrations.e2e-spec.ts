import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { toRecord } from '../../src/history/opportunity-row.js';
import { PartitionRepository } from '../../src/history/partition.repository.js';
import { OpportunityRepository } from '../../src/history/opportunity.repository.js';
import type { Database } from '../../src/platform/prisma/index.js';
import { applyMigrations } from '../../src/platform/prisma/migrations.js';
import { databaseByUrl, embeddedDatabase, temporaryDirectory } from '../support/databases.js';
import { BOOKS, opportunity } from '../support/opportunities.js';

describe('applyMigrations', () => {
  const target = embeddedDatabase();
  let directory: string;
  let client: Client;
  let connect: () => Promise<Client>;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const opened = await target.open();
    close = () => opened.close();
    connect = async () => {
      const connection = new Client(opened.database.pool.options);
      await connection.connect();
      await connection.query('SET search_path TO trial');
      return connection;
    };
  }, 60_000);

  afterAll(async () => {
    await close();
    await target.remove();
  });

  beforeEach(async () => {
    directory = temporaryDirectory();
    client = await connect();
    await client.query('DROP SCHEMA IF EXISTS trial CASCADE');
    await client.query('CREATE SCHEMA trial');
  });

  afterEach(async () => {
    await client.end();
    rmSync(directory, { recursive: true });
  });

  const write = (name: string, sql: string): void => {
    mkdirSync(path.join(directory, name), { recursive: true });
    writeFileSync(path.join(directory, name, 'migration.sql'), sql);
  };

  it('applies what is new, in the order of the names, once', async () => {
    write('2_second', 'ALTER TABLE one ADD b int;');
    write('1_first', 'CREATE TABLE one (a int); INSERT INTO one VALUES (1);');
    expect(await applyMigrations(client, directory)).toEqual({
      applied: ['1_first', '2_second'],
      edited: [],
      unknown: [],
    });
    expect(await applyMigrations(client, directory)).toEqual({ applied: [], edited: [], unknown: [] });
    expect((await client.query('SELECT * FROM one')).rows).toEqual([{ a: 1, b: null }]);
  });

  it('notices a file that was edited, and one that it does not know', async () => {
    write('1_first', 'CREATE TABLE one (a int);');
    write('2_second', 'CREATE TABLE two (a int);');
    await applyMigrations(client, directory);
    write('1_first', 'CREATE TABLE one (a bigint);');
    rmSync(path.join(directory, '2_second'), { recursive: true });
    expect(await applyMigrations(client, directory)).toEqual({
      applied: [],
      edited: ['1_first'],
      unknown: ['2_second'],
    });
  });

  it('undoes one that fails, and names it at every start until it is resolved', async () => {
    write('1_first', 'CREATE TABLE one (a int); SELECT 1 / 0;');
    const reason = { code: 'migration_failed', message: 'migration 1_first failed: division by zero' };
    await expect(applyMigrations(client, directory)).rejects.toMatchObject(reason);
    expect((await client.query("SELECT to_regclass('trial.one') AS t")).rows).toEqual([{ t: null }]);

    write('1_first', 'CREATE TABLE one (a int);');
    await expect(applyMigrations(client, directory)).rejects.toThrow(
      /1_first failed at an earlier start.*migrate resolve/,
    );
    await client.query('UPDATE _prisma_migrations SET rolled_back_at = now()');
    expect(await applyMigrations(client, directory)).toMatchObject({ applied: ['1_first'] });
  });

  it('lets two processes apply at the same time, each migration once', async () => {
    write('1_first', 'CREATE TABLE one (a int); SELECT pg_sleep(0.3);');
    const other = await connect();
    const reports = await Promise.all([applyMigrations(client, directory), applyMigrations(other, directory)]);
    await other.end();
    expect(reports.flatMap((report) => report.applied)).toEqual(['1_first']);
  });

  it('keeps the opportunities of the first version, with null for what nobody measured then', async () => {
    cpSync('prisma/migrations/20261122000100_history', path.join(directory, '20261122000100_history'), {
      recursive: true,
    });
    await applyMigrations(client, directory);
    const added = ['conversion', 'identity', 'capped_by', 'peak_size', 'above_ms', 'gates'];
    const record = Object.entries(toRecord(opportunity({ books: BOOKS }))).filter(([name]) => !added.includes(name));
    const names = record.map(([name]) => name).join(', ');
    await client.query(
      `INSERT INTO opportunities (opened_at, ${names}) SELECT to_timestamp(opened_at_ms / 1000), ${names}
       FROM jsonb_populate_record(NULL::opportunities, $1)`,
      [JSON.stringify(Object.fromEntries(record))],
    );

    await applyMigrations(client);
    const database = {
      query: async (sql: string, params: unknown[]) => (await client.query<object>(sql, params)).rows,
    } as unknown as Database;
    const unmeasured = { conversion: null, identity: null, cappedBy: null, peakSize: null, aboveMs: null };
    expect(await new OpportunityRepository(database, new PartitionRepository(database)).find('epoch1-1')).toEqual({
      ...opportunity({ books: BOOKS }),
      ...unmeasured,
    });
    const { rows } = await client.query('SELECT tableoid::regclass::text AS table FROM opportunities');
    expect(rows).toEqual([{ table: 'opportunities_p202611' }]);
  });

  it('asks for an install when a folder holds no file', async () => {
    mkdirSync(path.join(directory, '1_first'));
    await expect(applyMigrations(client, directory)).rejects.toMatchObject({ code: 'migration_missing' });
  });
});

const byUrl = await databaseByUrl();
const withServer = byUrl ? describe : describe.skip;

withServer('the Prisma command line', () => {
  afterAll(async () => {
    await byUrl?.remove();
  });

  const prisma = async (...args: string[]): Promise<string> => {
    // Without variables of ours but the one that names the database.
    const environment = { PATH: path.dirname(process.execPath), CROSSBOOK_DATABASE_URL: byUrl?.databaseUrl };
    const { stdout } = await promisify(execFile)(process.execPath, ['scripts/prisma.mjs', ...args], {
      env: environment,
    });
    return stdout;
  };

  it('reads what the service applied, and the service what it applied', async () => {
    await (await byUrl?.open())?.close();
    expect(await prisma('migrate', 'deploy')).toContain('No pending migrations to apply');

    const client = new Client(byUrl?.databaseUrl);
    await client.connect();
    await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    expect(await prisma('migrate', 'deploy')).toContain('All migrations have been successfully applied');
    expect(await applyMigrations(client)).toEqual({ applied: [], edited: [], unknown: [] });
    await client.end();
  }, 60_000);

  it('finds no difference between the migrations and the schema', async () => {
    const args = ['--from-migrations', 'prisma/migrations', '--to-schema', 'prisma/schema.prisma', '--exit-code'];
    expect(await prisma('migrate', 'diff', ...args)).toContain('No difference detected');
  }, 60_000);
});
