import { digestOf, type Grant, newSecret, SCOPES } from '../auth/index.js';
import { ProblemError } from '../http/index.js';
import { type Database, DatabaseError } from '../prisma/index.js';
import type { TokenInput } from './token-input.js';
import type { NewToken, TokenView } from './token-view.js';
import { type StoredToken, TokensRepository } from './tokens.repository.js';

/** The most tokens that are not revoked. */
const MAX_TOKENS = 1_000;

/** Creates, lists and revokes tokens in the database; used by the service and by the command line alike. */
export class TokenStore {
  private readonly repository: TokensRepository;

  constructor(
    database: Database,
    private readonly nowMs: () => number = Date.now,
  ) {
    this.repository = new TokensRepository(database);
  }

  /** Every token, those revoked among them, the newest first. */
  async list(): Promise<TokenView[]> {
    return (await storing(() => this.repository.list())).map((token) => this.view(token));
  }

  /** Digests and what they give, of those that are not revoked. */
  async grants(): Promise<Map<string, Grant>> {
    const living = (await this.repository.list()).filter(({ revokedAtMs }) => revokedAtMs === null);
    // A newer service may have stored a scope that this one does not know.
    return new Map(
      living.map(({ id, name, scopes, expiresAtMs, secretHash }) => [
        secretHash,
        { id, name, scopes: scopes.filter((scope) => SCOPES.includes(scope)), expiresAtMs },
      ]),
    );
  }

  /**
   * Creates a token.
   *
   * @param input - What it is to be.
   * @param createdBy - Who asked for it.
   * @returns The token with its secret, which cannot be read again.
   * @throws {ProblemError} 409 `name_taken` or `too_many_tokens`, 503 `database_unavailable`; then none was created.
   */
  async create({ name, scopes, expiresInMs }: TokenInput, createdBy: string): Promise<NewToken> {
    const { id, token, hint } = newSecret();
    const createdAtMs = this.nowMs();
    const stored: StoredToken = {
      ...{ id, name, hint, createdAtMs, createdBy, secretHash: digestOf(token) },
      scopes: SCOPES.filter((scope) => scopes.includes(scope)),
      expiresAtMs: expiresInMs === null ? null : createdAtMs + expiresInMs,
      lastUsedAtMs: null,
      revokedAtMs: null,
    };
    const refused = await storing(() => this.repository.add(stored, MAX_TOKENS));
    if (refused === 'name_taken') {
      const detail = `there is a token named ${JSON.stringify(name)}; revoke it, or take another name`;
      throw new ProblemError(409, 'name_taken', detail, 'name');
    }
    if (refused === 'too_many') {
      throw new ProblemError(409, 'too_many_tokens', `there are ${MAX_TOKENS} tokens, which is the bound; revoke some`);
    }
    return { ...this.view(stored), token };
  }

  /**
   * Revokes a token; twice is the same as once.
   *
   * @throws {ProblemError} 404 `no_such_token`, 503 `database_unavailable`; then nothing is changed.
   */
  async revoke(id: string): Promise<void> {
    // No id has a NUL, and PostgreSQL takes none.
    const found = !id.includes('\0') && (await storing(() => this.repository.revoke(id, this.nowMs())));
    if (!found)
      throw new ProblemError(404, 'no_such_token', 'there is no token with this id; GET /v1/tokens lists them');
  }

  /** Writes when tokens were last used, by id, epoch ms. */
  markUsed(uses: ReadonlyMap<string, number>): Promise<void> {
    return this.repository.markUsed(uses);
  }

  private view(token: StoredToken): TokenView {
    const isExpired = token.expiresAtMs !== null && token.expiresAtMs <= this.nowMs();
    const state = token.revokedAtMs !== null ? 'revoked' : isExpired ? 'expired' : 'active';
    const { id, name, hint, scopes, createdAtMs, createdBy, expiresAtMs, lastUsedAtMs, revokedAtMs } = token;
    return { id, name, hint, scopes, state, createdAtMs, createdBy, expiresAtMs, lastUsedAtMs, revokedAtMs };
  }
}

async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatabaseError && error.isRetryable)) throw error;
    const detail = 'the database does not answer at the moment and nothing was changed; try again shortly';
    throw new ProblemError(503, 'database_unavailable', detail);
  }
}
