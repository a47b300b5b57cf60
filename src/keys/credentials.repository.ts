import { Injectable } from '@nestjs/common';
import type { KeyPurpose } from '../exchanges/index.js';
import { Database } from '../platform/prisma/index.js';
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
}

interface SealedRow {
  readonly kid: string;
  readonly seal_version: number;
  readonly api_key_sealed: string;
  readonly secret_sealed: string;
  readonly passphrase_sealed: string | null;
}

const COLUMNS = `id, exchange, label, account, purposes, state, fingerprint, last_check,
  (extract(epoch FROM added_at) * 1000)::double precision AS added_ms,
  (extract(epoch FROM last_used_at) * 1000)::double precision AS last_used_ms`;

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

  async findByFingerprint(fingerprint: string): Promise<StoredKey | null> {
    const [row] = await this.database.query<Row>(`SELECT ${COLUMNS} FROM credentials WHERE fingerprint = $1`, [
      fingerprint,
    ]);
    return row ? fromRow(row) : null;
  }

  async sealedSecrets(id: string): Promise<SealedSecrets | null> {
    const [row] = await this.database.query<SealedRow>(
      'SELECT kid, seal_version, api_key_sealed, secret_sealed, passphrase_sealed FROM credentials WHERE id = $1',
      [id],
    );
    if (!row) return null;
    return {
      kid: row.kid,
      version: row.seal_version,
      apiKey: row.api_key_sealed,
      secret: row.secret_sealed,
      passphrase: row.passphrase_sealed,
    };
  }

  /** Names of the master keys that sealed what is stored; one, unless a change of the master key is under way. */
  async kids(): Promise<string[]> {
    const rows = await this.database.query<{ kid: string }>('SELECT DISTINCT kid FROM credentials ORDER BY kid');
    return rows.map((row) => row.kid);
  }

  /** Inserts a key; false when its fingerprint is there already, whoever was first. */
  async insert(q: Pick<Database, 'query'>, key: StoredKey, sealed: SealedSecrets): Promise<boolean> {
    const rows = await q.query(
      `INSERT INTO credentials (id, exchange, label, account, purposes, state, fingerprint, last_check, added_at,
         kid, seal_version, api_key_sealed, secret_sealed, passphrase_sealed)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9::double precision / 1000), $10, $11, $12, $13, $14)
       ON CONFLICT (fingerprint) DO NOTHING RETURNING id`,
      [
        ...[key.id, key.exchange, key.label, key.account, key.purposes, key.state, key.fingerprint],
        ...[key.check === null ? null : JSON.stringify(key.check), key.addedAtMs],
        ...[sealed.kid, sealed.version, sealed.apiKey, sealed.secret, sealed.passphrase],
      ],
    );
    return rows.length === 1;
  }

  async saveCheck(id: string, check: KeyCheck): Promise<void> {
    await this.database.query('UPDATE credentials SET last_check = $2 WHERE id = $1', [id, JSON.stringify(check)]);
  }

  /** Changes the state; false when there is no such key. */
  async setState(q: Pick<Database, 'query'>, id: string, state: StoredKey['state']): Promise<boolean> {
    const rows = await q.query('UPDATE credentials SET state = $2 WHERE id = $1 RETURNING id', [id, state]);
    return rows.length === 1;
  }

  /** Deletes the row with its sealed secrets; false when there is no such key. */
  async remove(q: Pick<Database, 'query'>, id: string): Promise<boolean> {
    return (await q.query('DELETE FROM credentials WHERE id = $1 RETURNING id', [id])).length === 1;
  }
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
  };
}
