import type { PoolConfig } from 'pg';
import { DatabaseError } from './database.errors.js';

/** Where a server is and who we are there. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Connections at once; a service of one process needs few, and a shared server has few to give. */
const MAX_CONNECTIONS = 8;
/** A statement that runs for longer is stopped by the server; the driver gives up a little later. */
const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** adapter-pg reads `timestamptz` wrongly in any other zone. */
const SESSION_OPTIONS = '-c TimeZone=UTC';

/** How to connect, and how to name the server in a message: host and database, never a password. */
export interface Connection {
  readonly config: PoolConfig;
  readonly label: string;
}

/**
 * Describes the connection to a server whose address is known part by part.
 *
 * @param address - The parts.
 * @returns The connection.
 */
export function connectionTo(address: ServerAddress): Connection {
  return { config: { ...address, ...limits(), options: SESSION_OPTIONS }, label: `${address.host}:${address.port}` };
}

/**
 * Describes the connection to the user's own server; `sslmode` and the like are left to the driver.
 *
 * @param databaseUrl - `postgresql://user:password@host:port/database?…`.
 * @returns The connection.
 * @throws {DatabaseError} If the text is no URL or names no database; the text itself is not repeated, it holds a password.
 */
export function connectionByUrl(databaseUrl: string): Connection {
  let url: URL;
  let database: string;
  try {
    url = new URL(databaseUrl);
    database = decodeURIComponent(url.pathname.slice(1));
    decodeURIComponent(url.username + url.password);
  } catch {
    throw new DatabaseError(
      'bad_database_url',
      'databaseUrl (CROSSBOOK_DATABASE_URL) is no valid URL; it looks like postgresql://USER:PASSWORD@HOST:5432/DATABASE, with special characters of the password percent-encoded',
      false,
    );
  }
  const host = url.searchParams.get('host') ?? url.hostname;
  if (host === '' || database === '') {
    const missing = host === '' ? 'host' : 'database';
    throw new DatabaseError(
      'bad_database_url',
      `databaseUrl (CROSSBOOK_DATABASE_URL) names no ${missing}; it looks like postgresql://USER:PASSWORD@HOST:5432/DATABASE`,
      false,
    );
  }
  const own = url.searchParams.get('options');
  url.searchParams.set('options', own === null ? SESSION_OPTIONS : `${own} ${SESSION_OPTIONS}`);
  return {
    config: { connectionString: url.href, ...limits() },
    label: `${host}:${url.port === '' ? '5432' : url.port}/${database}`,
  };
}

function limits(): PoolConfig {
  return {
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + 5_000,
    idleTimeoutMillis: 60_000,
    application_name: 'crossbook',
    keepAlive: true,
  };
}
