import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { env } from 'node:process';
import { afterAll, beforeAll } from '@jest/globals';
import { Client } from 'pg';
import { type Database, type OpenDatabase, openDatabase } from '../../src/platform/prisma/index.js';
import { openLog } from '../../src/platform/logging/index.js';

/** A server with a `postgres` role that needs no password, as on a developer's machine, or another by its URL. */
const LOCAL_SERVER = env['CROSSBOOK_TEST_SERVER'] ?? 'postgresql://postgres@127.0.0.1:5432';

/** A database of its own for one test file, and how to be rid of it. */
export interface TestDatabase {
  readonly kind: 'embedded' | 'by URL';
  readonly dataDir: string;
  readonly databaseUrl?: string;
  open(): Promise<OpenDatabase>;
  remove(): Promise<void>;
}

/** A folder that only this test uses; mode 0700, so that root's embedded server has to cope with that. */
export function temporaryDirectory(): string {
  return mkdtempSync(path.join(tmpdir(), 'crossbook-test-'));
}

/** The embedded server in a folder of its own. */
export function embeddedDatabase(): TestDatabase {
  const dataDir = temporaryDirectory();
  return {
    kind: 'embedded',
    dataDir,
    open: () => openDatabase({ dataDir }, openLog('silent')),
    remove: () => {
      rmSync(dataDir, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

/**
 * A new database on a server; null, with a message, where there is none.
 *
 * @throws {Error} If there is none where all is to be tested (`CI=true`).
 */
export async function databaseByUrl(): Promise<TestDatabase | null> {
  const name = `crossbook_test_${randomUUID().replaceAll('-', '')}`;
  if (!(await administer(`CREATE DATABASE ${name}`))) {
    if (env['CI'] === 'true') throw new Error(`no PostgreSQL server at ${LOCAL_SERVER}`);
    process.stderr.write(`no PostgreSQL server at ${LOCAL_SERVER}: the tests by URL are skipped\n`);
    return null;
  }
  const dataDir = temporaryDirectory();
  const databaseUrl = `${LOCAL_SERVER}/${name}`;
  return {
    kind: 'by URL',
    dataDir,
    databaseUrl,
    open: () => openDatabase({ dataDir, databaseUrl }, openLog('silent')),
    remove: async () => {
      rmSync(dataDir, { recursive: true, force: true });
      await administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** Every kind of database that can be had here. */
export async function testDatabases(): Promise<TestDatabase[]> {
  const byUrl = await databaseByUrl();
  return byUrl ? [embeddedDatabase(), byUrl] : [embeddedDatabase()];
}

/**
 * Gives the tests of a block a database that they share: open from the first to the last, then gone.
 *
 * @param target - Which.
 * @returns The database; there while tests run.
 */
export function openDuring(target: TestDatabase): { readonly database: Database } {
  let opened: OpenDatabase;
  beforeAll(async () => {
    opened = await target.open();
  }, 60_000);
  afterAll(async () => {
    await opened.close();
    await target.remove();
  });
  return {
    get database() {
      return opened.database;
    },
  };
}

async function administer(sql: string): Promise<boolean> {
  const client = new Client({ connectionString: `${LOCAL_SERVER}/postgres`, connectionTimeoutMillis: 1_000 });
  try {
    await client.connect();
  } catch {
    return false;
  }
  try {
    await client.query(sql);
    return true;
  } finally {
    await client.end();
  }
}
