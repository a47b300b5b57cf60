import { Pool, type PoolClient } from 'pg';
import type { Log } from '../logging/index.js';
import type { Connection } from './connection.js';
import { toDatabaseError } from './database.errors.js';
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

  override async query<T extends object>(sql: string, params: readonly unknown[] = []): Promise<T[]> {
    try {
      return (await this.pool.query<T>(sql, [...params])).rows;
    } catch (error) {
      throw toDatabaseError(error);
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
