import type { Queries } from '../../platform/prisma/index.js';
import { VaultError } from './vault.errors.js';

/** Names of our advisory locks in the database: any two numbers that nobody else there uses. */
const CLASS = 0x6372_6b72;
const SEALING = 1;
const ROTATION = 2;

/**
 * Keeps the current master key as it is until the transaction ends; many may do so at once. Whoever seals a new row
 * takes it, looks which key is current, and stores the row, all in that transaction.
 */
export async function shareSealing(q: Queries): Promise<void> {
  await q.query('SELECT pg_advisory_xact_lock_shared($1, $2)', [CLASS, SEALING]);
}

/** Waits until every new row that is being sealed is stored, and lets none begin until the transaction ends. */
export async function ownSealing(q: Queries): Promise<void> {
  await q.query('SELECT pg_advisory_xact_lock($1, $2)', [CLASS, SEALING]);
}

/**
 * Makes this transaction the only one that changes master keys or their lock.
 *
 * @throws {VaultError} `rotation_running` when another process or call does so already.
 */
export async function ownRotation(q: Queries): Promise<void> {
  const [row] = await q.query<{ isTaken: boolean }>('SELECT pg_try_advisory_xact_lock($1, $2) AS "isTaken"', [
    ...[CLASS, ROTATION],
  ]);
  if (row?.isTaken === true) return;
  const what = 'the master key is being changed by another process or call';
  throw new VaultError('rotation_running', what, 'wait until that one has ended, and run it again');
}

/** @throws {DatabaseError} When the connection that holds our locks was lost, and with it the right to go on. */
export async function assertStillOwned(q: Queries): Promise<void> {
  await q.query('SELECT 1');
}
