import { createServer } from 'node:net';
import { Client } from 'pg';
import type { ServerAddress } from './connection.js';
import { toDatabaseError } from './database.errors.js';

/** One connection attempt on loopback. */
const CONNECT_TIMEOUT_MS = 2_000;

/**
 * Says whether the server lets us in; its password is proven on both sides, so a stranger on the port is none.
 *
 * @param address - Where to ask.
 * @returns False while it starts or is not there.
 * @throws {DatabaseError} When it answers and refuses us, which waiting does not cure.
 */
export async function isAnswering(address: ServerAddress): Promise<boolean> {
  const client = new Client({ ...address, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    const fault = toDatabaseError(error);
    if (fault.code.startsWith('28')) throw fault;
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Creates a database unless it exists.
 *
 * @param address - A database that exists, on the same server.
 * @param name - The database wanted.
 * @throws {DatabaseError} When the server refuses.
 */
export async function ensureDatabase(address: ServerAddress, name: string): Promise<void> {
  const client = new Client(address);
  try {
    await client.connect();
    const { rows } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rows.length === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    await client.end();
  }
}

/**
 * Finds a free port on an address.
 *
 * @param host - The address.
 * @param wanted - The port to prefer; 0 for any.
 * @returns A port that was free a moment ago.
 */
export async function freePort(host: string, wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (wanted === 0) reject(error);
      else freePort(host, 0).then(resolve, reject);
    });
    server.listen({ host, port: wanted, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('no port'));
      });
    });
  });
}
