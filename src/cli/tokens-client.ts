import { parseBody } from '../platform/http/index.js';
import { openLog } from '../platform/logging/index.js';
import type { Settings } from '../platform/config/index.js';
import { type OpenDatabase, openDatabase } from '../platform/prisma/index.js';
import { type NewToken, tokenInput, TokenStore, type TokenView } from '../platform/tokens/index.js';
import { localActor } from './local-keys-client.js';
import type { RestCaller } from './rest-caller.js';

/** What a new token is to be, as it was typed. */
export interface TokenRequest {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresInMs: number | null;
}

/** What the command line does with tokens, through a running service or without one. */
export interface TokensClient {
  list(): Promise<readonly TokenView[]>;
  create(token: TokenRequest): Promise<NewToken>;
  revoke(id: string): Promise<void>;
  close(): Promise<void>;
}

/** Asks the running service. */
export class RestTokensClient implements TokensClient {
  constructor(private readonly service: RestCaller) {}

  async list(): Promise<readonly TokenView[]> {
    const answer = (await this.service.call('GET', '/v1/tokens')) as { data?: unknown } | null;
    if (!Array.isArray(answer?.data)) throw this.service.stranger();
    return answer.data as TokenView[];
  }

  async create(token: TokenRequest): Promise<NewToken> {
    return (await this.service.call('POST', '/v1/tokens', token)) as NewToken;
  }

  async revoke(id: string): Promise<void> {
    await this.service.call('DELETE', `/v1/tokens/${encodeURIComponent(id)}`);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Opens the database itself; for when no service runs. */
export class LocalTokensClient implements TokensClient {
  private readonly store: TokenStore;

  private constructor(private readonly opened: OpenDatabase) {
    this.store = new TokenStore(opened.database);
  }

  /** @throws {DatabaseError} When a service holds the data directory after all. */
  static async open(settings: Settings): Promise<LocalTokensClient> {
    return new LocalTokensClient(await openDatabase(settings, openLog('warn')));
  }

  list(): Promise<readonly TokenView[]> {
    return this.store.list();
  }

  async create(token: TokenRequest): Promise<NewToken> {
    return this.store.create(parseBody(tokenInput, token), localActor());
  }

  revoke(id: string): Promise<void> {
    return this.store.revoke(id);
  }

  close(): Promise<void> {
    return this.opened.close();
  }
}
