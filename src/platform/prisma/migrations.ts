import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ClientBase } from 'pg';
import { DatabaseError } from './database.errors.js';

/** Where the migrations are: seen from `src/` and from `dist/` alike, three folders up. */
export const MIGRATIONS_DIRECTORY = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));

/** The lock that `prisma migrate` takes too, so that the two never run at once. */
const MIGRATION_LOCK = 72_707_369;
/** Longest wait for another process that is migrating. */
const LOCK_WAIT_MS = 60_000;

/** Written by Prisma's schema engine in the same words, so that its command line reads what we did and the reverse. */
const HISTORY_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

interface Migration {
  readonly name: string;
  readonly sql: string;
  /** sha256 of the file's bytes. */
  readonly checksum: string;
}

interface HistoryRow {
  readonly checksum: string;
  readonly finished_at: Date | null;
  readonly rolled_back_at: Date | null;
  readonly migration_name: string;
}

/** What a run of the migrations did and noticed, by name. */
export interface MigrationReport {
  readonly applied: readonly string[];
  /** Applied earlier from a file that reads differently now. */
  readonly edited: readonly string[];
  /** Applied earlier, by a newer service, from files that we do not have. */
  readonly unknown: readonly string[];
}

/**
 * Brings the schema up to date as `prisma migrate deploy` would: same table, same checksums, same advisory lock.
 *
 * @param client - One connection, not a pool: the lock belongs to the session.
 * @param directory - Folder with one folder per migration.
 * @returns What was applied and noticed.
 * @throws {DatabaseError} `migration_failed` when one fails, and at every later start until it is resolved;
 * `migration_locked` when another process keeps migrating; `migration_missing` when a folder holds no file.
 */
export async function applyMigrations(
  client: ClientBase,
  directory: string = MIGRATIONS_DIRECTORY,
): Promise<MigrationReport> {
  const migrations = readMigrations(directory);
  await takeLock(client);
  try {
    await client.query(HISTORY_TABLE);
    const { rows } = await client.query<HistoryRow>(
      'SELECT checksum, finished_at, rolled_back_at, migration_name FROM _prisma_migrations ORDER BY started_at',
    );
    const live = rows.filter((row) => row.rolled_back_at === null);
    const failed = live.find((row) => row.finished_at === null);
    if (failed) throw failedEarlier(failed.migration_name);

    const done = new Map(live.map((row) => [row.migration_name, row.checksum]));
    const pending = migrations.filter((migration) => !done.has(migration.name));
    for (const migration of pending) await applyOne(client, migration);

    const names = new Set(migrations.map((migration) => migration.name));
    return {
      applied: pending.map((migration) => migration.name),
      edited: migrations.filter((m) => done.has(m.name) && done.get(m.name) !== m.checksum).map((m) => m.name),
      unknown: [...done.keys()].filter((name) => !names.has(name)),
    };
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  }
}

function readMigrations(directory: string): Migration[] {
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return names.map((name) => {
    const file = path.join(directory, name, 'migration.sql');
    if (!existsSync(file)) {
      throw new DatabaseError('migration_missing', `${file} is missing; install the service anew`, false);
    }
    const bytes = readFileSync(file);
    return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
  });
}

async function takeLock(client: ClientBase): Promise<void> {
  const deadline = performance.now() + LOCK_WAIT_MS;
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      MIGRATION_LOCK,
    ]);
    if (rows[0]?.taken === true) return;
    if (performance.now() > deadline) {
      throw new DatabaseError(
        'migration_locked',
        `another process has been migrating this database for over ${LOCK_WAIT_MS / 1_000} s; wait for it or end it`,
        true,
      );
    }
    await delay(100);
  }
}

async function applyOne(client: ClientBase, { name, sql, checksum }: Migration): Promise<void> {
  const id = randomUUID();
  await client.query('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)', [
    id,
    checksum,
    name,
  ]);
  try {
    // Without parameters the whole file is one message, and so one transaction unless it says otherwise.
    await client.query(sql);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await client.query('ROLLBACK');
    await client.query('UPDATE _prisma_migrations SET logs = $1 WHERE id = $2', [reason, id]);
    throw new DatabaseError('migration_failed', `migration ${name} failed: ${reason}`, false, { cause: error });
  }
  await client.query('UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', [id]);
}

function failedEarlier(name: string): DatabaseError {
  return new DatabaseError(
    'migration_failed',
    `migration ${name} failed at an earlier start and blocks this one; repair the database, then mark it with ` +
      `"prisma migrate resolve --rolled-back ${name}" (or --applied)`,
    false,
  );
}
