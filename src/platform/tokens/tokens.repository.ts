import type { Scope } from '../auth/index.js';
import type { Database } from '../prisma/index.js';

/** The most revoked tokens that stay listed. */
const MAX_REVOKED = 1_000;

/** A token as it is stored. */
export interface StoredToken {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the secret, hex. */
  readonly secretHash: string;
  readonly hint: string;
  readonly scopes: readonly Scope[];
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly expiresAtMs: number | null;
  readonly lastUsedAtMs: number | null;
  readonly revokedAtMs: number | null;
}

const ms = (column: string, as: string): string => `(extract(epoch FROM ${column}) * 1000)::float8 AS "${as}"`;
const COLUMNS = [
  'id, name, secret_hash AS "secretHash", hint, scopes, created_by AS "createdBy"',
  ms('created_at', 'createdAtMs'),
  ms('expires_at', 'expiresAtMs'),
  ms('last_used_at', 'lastUsedAtMs'),
  ms('revoked_at', 'revokedAtMs'),
].join(', ');

/** The table `tokens`. */
export class TokensRepository {
  constructor(private readonly database: Database) {}

  /** All of them, the newest first; bounded, as those that are revoked are forgotten in time. */
  list(): Promise<StoredToken[]> {
    return this.database.query<StoredToken>(`SELECT ${COLUMNS} FROM tokens ORDER BY created_at DESC, id`);
  }

  /**
   * Stores a new token unless its name is taken or there are too many.
   *
   * @param token - What to store.
   * @param most - The most that are not revoked.
   * @returns Why it was not stored; null when it was.
   */
  add(token: StoredToken, most: number): Promise<'name_taken' | 'too_many' | null> {
    return this.database.transaction(async (queries) => {
      // One at a time over all processes: else two could both find the last place free.
      await queries.query('LOCK TABLE tokens IN SHARE ROW EXCLUSIVE MODE');
      const [found] = await queries.query<{ taken: boolean; living: number }>(
        `SELECT coalesce(bool_or(name = $1), false) AS taken, count(*)::int AS living
           FROM tokens WHERE revoked_at IS NULL`,
        [token.name],
      );
      if (found?.taken === true) return 'name_taken';
      if ((found?.living ?? 0) >= most) return 'too_many';
      const { id, name, secretHash, hint, scopes, createdAtMs, createdBy, expiresAtMs } = token;
      await queries.query(
        `INSERT INTO tokens (id, name, secret_hash, hint, scopes, created_at, created_by, expires_at)
         VALUES ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000), $7, to_timestamp($8::float8 / 1000))`,
        [id, name, secretHash, hint, scopes, createdAtMs, createdBy, expiresAtMs],
      );
      await queries.query(
        `DELETE FROM tokens WHERE id IN
           (SELECT id FROM tokens WHERE revoked_at IS NOT NULL ORDER BY revoked_at DESC OFFSET ${MAX_REVOKED})`,
      );
      return null;
    });
  }

  /** Revokes a token; one that is revoked keeps its time. Whether there is such a token. */
  async revoke(id: string, atMs: number): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE tokens SET revoked_at = coalesce(revoked_at, to_timestamp($2::float8 / 1000)) WHERE id = $1 RETURNING id`,
      [id, atMs],
    );
    return rows.length > 0;
  }

  /** Writes when tokens were last used, all in one statement; never earlier than what is written. */
  async markUsed(uses: ReadonlyMap<string, number>): Promise<void> {
    await this.database.query(
      `UPDATE tokens SET last_used_at = greatest(last_used_at, to_timestamp(used.at_ms / 1000))
         FROM unnest($1::text[], $2::float8[]) AS used(id, at_ms) WHERE tokens.id = used.id`,
      [[...uses.keys()], [...uses.values()]],
    );
  }
}
