import { Injectable } from '@nestjs/common';
import { Database, type Queries } from '../platform/prisma/index.js';
import type { TargetSecretView } from './ports.js';
import type { SealedTargetSecret } from './vault/seal-target-secret.js';

const SEALED = 'kid, seal_version AS version, sealed';

/** The table `target_secrets`; a row per alert target, so lists are whole. */
@Injectable()
export class TargetSecretsRepository {
  constructor(private readonly database: Database) {}

  list(): Promise<TargetSecretView[]> {
    return this.database.query(
      `SELECT name, (extract(epoch FROM set_at) * 1000)::float8 AS "setAtMs", set_by AS "setBy"
       FROM target_secrets ORDER BY name`,
    );
  }

  async find(name: string): Promise<SealedTargetSecret | null> {
    const [row] = await this.database.query<SealedTargetSecret>(
      `SELECT ${SEALED} FROM target_secrets WHERE name = $1`,
      [name],
    );
    return row ?? null;
  }

  /** Reads a row and lets nobody else change it until the transaction ends. */
  async hold(q: Queries, name: string): Promise<SealedTargetSecret | null> {
    const [row] = await q.query<SealedTargetSecret>(`SELECT ${SEALED} FROM target_secrets WHERE name = $1 FOR UPDATE`, [
      name,
    ]);
    return row ?? null;
  }

  async put(q: Queries, { name, setAtMs, setBy }: TargetSecretView, sealed: SealedTargetSecret): Promise<void> {
    await q.query(
      `INSERT INTO target_secrets (name, kid, seal_version, sealed, set_at, set_by)
       VALUES ($1, $2, $3, $4, to_timestamp($5::float8 / 1000), $6)
       ON CONFLICT (name) DO UPDATE SET kid = excluded.kid, seal_version = excluded.seal_version,
         sealed = excluded.sealed, set_at = excluded.set_at, set_by = excluded.set_by`,
      [name, sealed.kid, sealed.version, sealed.sealed, setAtMs, setBy],
    );
  }

  /** Puts a secret that was sealed anew in the place of the old form. */
  async reseal(q: Queries, name: string, { kid, version, sealed }: SealedTargetSecret): Promise<void> {
    await q.query('UPDATE target_secrets SET kid = $2, seal_version = $3, sealed = $4 WHERE name = $1', [
      ...[name, kid, version, sealed],
    ]);
  }

  /** Names of the targets whose secrets another master key than this one has sealed. */
  async namesSealedOtherwise(kid: string): Promise<string[]> {
    const rows = await this.database.query<{ name: string }>(
      'SELECT name FROM target_secrets WHERE kid <> $1 ORDER BY name',
      [kid],
    );
    return rows.map(({ name }) => name);
  }

  async remove(q: Queries, name: string): Promise<boolean> {
    return (await q.query('DELETE FROM target_secrets WHERE name = $1 RETURNING name', [name])).length === 1;
  }
}
