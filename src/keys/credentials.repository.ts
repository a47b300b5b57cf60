import { Injectable } from '@nestjs/common';
import type { KeyPurpose } from '../exchanges/index.js';
import { Database, type Queries } from '../platform/prisma/index.js';
import type { KeyCheck, SealedSecrets, StoredKey } from './stored-key.js';

interface Row {
  readonly id: string;
  readonly exchange: string;
  readonly label: string;
  readonly account: string;
  readonly purposes: KeyPurpose[];
  readonly state: StoredKey['state'];
  readonly fingerprint: string;
  readonly last_check: KeyCheck | null;
  readonly added_ms: number;
  readonly last_used_ms: number | null;
  readonly state_since_ms: number;
  readonly replaced_by: string | null;
  readonly accepts_withdrawal: boolean;
}

interface SealedRow {
  readonly kid: string;
  readonly seal_version: number;
  readonly api_key_sealed: string;
  readonly secret_sealed: string | null;
  readonly passphrase_sealed: string | null;
}

/** Stands where a sealed secret and the name of its master key stood. */
const SHREDDED = '';

const COLUMNS = `id, exchange, label, account, purposes, state, fingerprint, last_check,
  (extract(epoch FROM added_at) * 1000)::double precision AS added_ms,
  (extract(epoch FROM last_used_at) * 1000)::double precision AS last_used_ms,
  (extract(epoch FROM coalesce(state_since, added_at)) * 1000)::double precision AS state_since_ms,
  replaced_by, accepts_withdrawal`;

/** The table `credentials`; small (tens of rows), so lists are whole. */
@Injectable()
export class CredentialsRepository {
  constructor(private readonly database: Database) {}

  async list(): Promise<StoredKey[]> {
    return (await this.database.query<Row>(`SELECT ${COLUMNS} FROM credentials ORDER BY added_at, id`)).map(fromRow);
  }

  async find(id: string): Promise<StoredKey | null> {
    const [row] = await this.database.query<Row>(`SELECT ${COLUMNS} FROM credentials WHERE id = $1`, [id]);
    return row ? fromRow(row) : null;
  }

  /** The first key that has one of some fingerprints: one per master key of the ring. */
  async findByFingerprint(
    fingerprints: readonly string[],
    q: Pick<Database, 'query'> = this.database,
  ): Promise<StoredKey | null> {
    const [row] = await q.query<Row>(`SELECT ${COLUMNS} FROM credentials WHERE fingerprint = ANY ($1)`, [fingerprints]);
    return row ? fromRow(row) : null;
  }

  async sealedSecrets(id: string): Promise<SealedSecrets | null> {
    const [row] = await this.database.query<SealedRow>(
      'SELECT kid, seal_version, api_key_sealed, secret_sealed, passphrase_sealed FROM credentials WHERE id = $1',
      [id],
    );
    return row ? sealedFrom(row) : null;
  }

  /** Reads the sealed secrets of a key and lets nobody else change its row until the transaction ends. */
  async holdSealed(
    q: Pick<Database, 'query'>,
    id: string,
  ): Promise<{ readonly exchange: string; readonly sealed: SealedSecrets } | null> {
    const [row] = await q.query<SealedRow & Pick<Row, 'exchange'>>(
      `SELECT exchange, kid, seal_version, api_key_sealed, secret_sealed, passphrase_sealed
       FROM credentials WHERE id = $1 FOR UPDATE`,
      [id],
    );
    const sealed = row && sealedFrom(row);
    return sealed ? { exchange: row.exchange, sealed } : null;
  }

  /** Puts secrets that were sealed anew in the place of the old ones, with the fingerprint that goes with them. */
  async reseal(q: Pick<Database, 'query'>, id: string, sealed: SealedSecrets, fingerprint: string): Promise<void> {
    await q.query(
      `UPDATE credentials SET kid = $2, seal_version = $3, api_key_sealed = $4, secret_sealed = $5,
         passphrase_sealed = $6, fingerprint = $7
       WHERE id = $1`,
      [id, sealed.kid, sealed.version, sealed.apiKey, sealed.secret, sealed.passphrase, fingerprint],
    );
  }

  /** Names of the master keys that sealed what is stored and not shredded; one, unless a change of the master key is under way. */
  async kids(q?: Queries): Promise<string[]> {
    return (await this.rowsByKid(q)).map(({ kid }) => kid);
  }

  /** How many rows each master key has sealed, by its name: keys, and secrets of alert targets. */
  async rowsByKid(q: Queries = this.database): Promise<{ readonly kid: string; readonly rows: number }[]> {
    return q.query(
      `SELECT kid, count(*)::int AS rows
       FROM (SELECT kid FROM credentials WHERE kid <> $1 UNION ALL SELECT kid FROM target_secrets) AS sealed
       GROUP BY kid ORDER BY kid`,
      [SHREDDED],
    );
  }

  /** Ids of the keys that another master key than this one has sealed. */
  async idsSealedOtherwise(kid: string): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      'SELECT id FROM credentials WHERE kid NOT IN ($1, $2) ORDER BY added_at, id',
      [kid, SHREDDED],
    );
    return rows.map(({ id }) => id);
  }

  /** Inserts a key; false when its fingerprint is there already, whoever was first. */
  async insert(q: Queries, key: StoredKey, sealed: SealedSecrets): Promise<boolean> {
    const rows = await q.query(
      `INSERT INTO credentials (id, exchange, label, account, purposes, state, fingerprint, last_check, added_at,
         kid, seal_version, api_key_sealed, secret_sealed, passphrase_sealed, accepts_withdrawal)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9::double precision / 1000), $10, $11, $12, $13, $14, $15)
       ON CONFLICT (fingerprint) DO NOTHING RETURNING id`,
      [
        ...[key.id, key.exchange, key.label, key.account, key.purposes, key.state, key.fingerprint],
        ...[key.check === null ? null : JSON.stringify(key.check), key.addedAtMs],
        ...[sealed.kid, sealed.version, sealed.apiKey, sealed.secret, sealed.passphrase, key.acceptsWithdrawal],
      ],
    );
    return rows.length === 1;
  }

  async saveCheck(id: string, check: KeyCheck, q: Pick<Database, 'query'> = this.database): Promise<void> {
    await q.query('UPDATE credentials SET last_check = $2 WHERE id = $1', [id, JSON.stringify(check)]);
  }

  /**
   * Changes the state from a moment on; false when there is no such key, it is in that state already or compromised, or
   * it is not in the state it must be in.
   */
  async setState(
    q: Queries,
    { id, state, stateSinceMs }: Pick<StoredKey, 'id' | 'state' | 'stateSinceMs'>,
    from?: StoredKey['state'],
  ): Promise<boolean> {
    const rows = await q.query(
      `UPDATE credentials SET state = $2, state_since = to_timestamp($3::double precision / 1000)
       WHERE id = $1 AND state NOT IN ('compromised', $2) AND ($4::text IS NULL OR state = $4) RETURNING id`,
      [id, state, stateSinceMs, from ?? null],
    );
    return rows.length === 1;
  }

  /** Holds an active key until the transaction ends; false when it is not active, or replaced already. */
  async holdActive(q: Queries, id: string): Promise<boolean> {
    const rows = await q.query(
      `SELECT id FROM credentials WHERE id = $1 AND state = 'active' AND replaced_by IS NULL FOR UPDATE`,
      [id],
    );
    return rows.length === 1;
  }

  /** Notes which key took over from this one. */
  async setReplacedBy(q: Queries, id: string, successor: string): Promise<void> {
    await q.query('UPDATE credentials SET replaced_by = $2 WHERE id = $1', [id, successor]);
  }

  /** Overwrites the sealed secrets of a key; its row stays. */
  async shred(q: Queries, id: string): Promise<void> {
    await q.query(
      `UPDATE credentials SET kid = $2, api_key_sealed = $2, secret_sealed = NULL, passphrase_sealed = NULL
       WHERE id = $1`,
      [id, SHREDDED],
    );
  }

  /** Deletes the row with its sealed secrets; false when there is no such key. */
  async remove(q: Queries, id: string): Promise<boolean> {
    return (await q.query('DELETE FROM credentials WHERE id = $1 RETURNING id', [id])).length === 1;
  }
}

/** Null where the secrets were shredded. */
function sealedFrom(row: SealedRow): SealedSecrets | null {
  if (row.api_key_sealed === SHREDDED) return null;
  return {
    kid: row.kid,
    version: row.seal_version,
    apiKey: row.api_key_sealed,
    secret: row.secret_sealed,
    passphrase: row.passphrase_sealed,
  };
}

function fromRow(row: Row): StoredKey {
  return {
    id: row.id,
    exchange: row.exchange,
    label: row.label,
    account: row.account,
    purposes: row.purposes,
    state: row.state,
    fingerprint: row.fingerprint,
    check: row.last_check,
    addedAtMs: row.added_ms,
    lastUsedAtMs: row.last_used_ms,
    stateSinceMs: row.state_since_ms,
    replacedBy: row.replaced_by,
    acceptsWithdrawal: row.accepts_withdrawal,
  };
}
