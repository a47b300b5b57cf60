import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { Client } from 'pg';
import type { Settings } from '../config/index.js';
import type { Log } from '../logging/index.js';
import { type Connection, connectionByUrl, connectionTo } from './connection.js';
import { takeDataDirectory } from './data-directory.js';
import { DatabaseError, toDatabaseError } from './database.errors.js';
import { EmbeddedServer } from './embedded-server.js';
import { PrismaClient } from './generated/client.js';
import { applyMigrations } from './migrations.js';
import { PgDatabase } from './pg-database.js';

/** A database that is ready: reached, migrated, and held until it is closed. */
export interface OpenDatabase {
  readonly database: PgDatabase;
  /** Typed queries over the same connections. */
  readonly prisma: PrismaClient;
  /** The server of our own; null where the database is the user's. */
  readonly embedded: Pick<EmbeddedServer, 'port' | 'pid'> | null;
  /** Closes connections, then the embedded server, then gives the data directory back. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Takes the data directory, starts the embedded server (or reaches the user's own) and applies the migrations.
 *
 * @param settings - Where the data directory and the server are.
 * @param log - Where progress is told.
 * @returns The database.
 * @throws {DatabaseError} With what is wrong and the remedy; everything taken so far is given back.
 */
export async function openDatabase(
  settings: Pick<Settings, 'dataDir' | 'databaseUrl'>,
  log: Log,
): Promise<OpenDatabase> {
  const closing: (() => Promise<void> | void)[] = [];
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => (closed ??= closeAll(closing));
  try {
    closing.push(takeDataDirectory(settings.dataDir));
    const own = settings.databaseUrl;
    const server = own === undefined ? await EmbeddedServer.start(path.join(settings.dataDir, 'postgres'), log) : null;
    if (server) closing.push(() => server.stop());

    const connection = own === undefined && server ? connectionTo(server.address()) : connectionByUrl(own ?? '');
    await migrate(connection, log);

    const database = new PgDatabase(connection, log);
    closing.push(() => database.close());
    const prisma = new PrismaClient({ adapter: new PrismaPg(database.pool) });
    closing.push(() => prisma.$disconnect());
    return { database, prisma, embedded: server, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Last opened, first closed; one that fails does not keep the others open. */
async function closeAll(closing: readonly (() => Promise<void> | void)[]): Promise<void> {
  const faults: unknown[] = [];
  for (const step of [...closing].reverse()) {
    try {
      await step();
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, 'the database was not closed in order');
}

async function migrate(connection: Connection, log: Log): Promise<void> {
  const client = new Client({ ...connection.config, statement_timeout: 0, query_timeout: 0 });
  // A loss while migrating makes the statement fail, which tells.
  client.on('error', () => undefined);
  try {
    await client.connect().catch((error: unknown) => {
      throw unreachable(connection, toDatabaseError(error));
    });
    const report = await applyMigrations(client);
    if (report.applied.length > 0) log.info('database schema brought up to date', { migrations: report.applied });
    if (report.edited.length > 0) {
      log.warn('migrations were edited after they had been applied', { migrations: report.edited });
    }
    if (report.unknown.length > 0) {
      log.warn('the database was used by a newer version of this service', { migrations: report.unknown });
    }
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    await client.end();
  }
}

/** Names the server and the remedy; the driver's messages hold no password. */
function unreachable({ label }: Connection, { code, message, isRetryable }: DatabaseError): DatabaseError {
  const remedies: Record<string, string> = {
    ECONNREFUSED: 'start the server there, or correct the host and port in CROSSBOOK_DATABASE_URL',
    ENOTFOUND: 'correct the host in CROSSBOOK_DATABASE_URL',
    '3D000': 'create the database there (CREATE DATABASE), or correct its name in CROSSBOOK_DATABASE_URL',
    '28P01': 'correct the user or the password in CROSSBOOK_DATABASE_URL',
    '28000': 'correct the user in CROSSBOOK_DATABASE_URL, or allow it in pg_hba.conf',
  };
  const remedy = remedies[code] ?? 'check the server, the network between, and CROSSBOOK_DATABASE_URL';
  return new DatabaseError(code, `the database at ${label} cannot be reached: ${message}; ${remedy}`, isRetryable);
}
