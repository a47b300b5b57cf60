import { Pool, type PoolClient } from 'pg';
import type { Log } from '../logging/index.js';
import type { Connection } from './connection.js';
import { DatabaseError, toDatabaseError } from './database.errors.js';
import { Database, type Queries } from './database.js';

/** {@link Database} over one bounded pool of connections. */
export class PgDatabase extends Database {
  readonly pool: Pool;

  constructor(connection: Connection, log: Log) {
    super();
    this.pool = new Pool(connection.config);
    // An idle connection that breaks is reported here; without a listener it would end the process.
    this.pool.on('error', (error) => {
      log.debug('a connection to the database was lost', { server: connection.label, reason: error.message });
    });
  }

  override async query<T extends object>(
    sql: string,
    params: readonly unknown[] = [],
    signal?: AbortSignal,
  ): Promise<T[]> {
    try {
      if (signal) return await this.queryUntil<T>(signal, sql, params);
      return (await this.pool.query<T>(sql, [...params])).rows;
    } catch (error) {
      throw toDatabaseError(error);
    }
  }

  /** Runs a statement on a connection of its own, which is cancelled by its process id when the signal says so. */
  private async queryUntil<T extends object>(
    signal: AbortSignal,
    sql: string,
    params: readonly unknown[],
  ): Promise<T[]> {
    if (signal.aborted) throw new DatabaseError('57014', 'nobody waits for the answer any more', true);
    const client = await this.pool.connect();
    // A client that is checked out reports its own loss; the statement that fails then tells the caller.
    const ignoreLoss = (): void => undefined;
    client.on('error', ignoreLoss);
    const { processID } = client as PoolClient & { readonly processID: number | null };
    const cancel = (): void => {
      // Where the cancellation itself fails, the statement timeout of the server ends the statement.
      this.pool.query('SELECT pg_cancel_backend($1)', [processID]).catch(() => undefined);
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return (await client.query<T>(sql, [...params])).rows;
    } finally {
      signal.removeEventListener('abort', cancel);
      client.off('error', ignoreLoss);
      // A cancellation that comes late must not strike the next statement of this connection: it is not used again.
      client.release(signal.aborted);
    }
  }

  override async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw toDatabaseError(error);
    });
    // A client that is checked out reports its own loss; the statement that fails then tells the caller.
    const ignoreLoss = (): void => undefined;
    client.on('error', ignoreLoss);
    let isBroken = false;
    try {
      await queriesOn(client).query('BEGIN');
      const result = await work(queriesOn(client));
      await queriesOn(client).query('COMMIT');
      return result;
    } catch (error) {
      isBroken = await client.query('ROLLBACK').then(
        () => false,
        () => true,
      );
      throw error;
    } finally {
      client.off('error', ignoreLoss);
      client.release(isBroken);
    }
  }

  /** Waits for what runs and drops every connection. */
  async close(): Promise<void> {
    if (!this.pool.ended) await this.pool.end();
  }
}

function queriesOn(client: PoolClient): Queries {
  return {
    query: async <T extends object>(sql: string, params: readonly unknown[] = []): Promise<T[]> => {
      try {
        return (await client.query<T>(sql, [...params])).rows;
      } catch (error) {
        throw toDatabaseError(error);
      }
    },
  };
}
