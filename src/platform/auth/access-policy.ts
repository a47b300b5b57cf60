import type { HostPolicy } from '../http/index.js';
import { ProblemError } from '../http/index.js';
import type { Scope } from './scopes.js';
import type { TokenService } from './token.service.js';

/** Scopes that a program on this machine has without a token. */
const OPEN_ON_LOOPBACK: readonly Scope[] = ['feed', 'history'];
const REMEDY = 'send the header "Authorization: Bearer TOKEN" with the token of the file admin.token in dataDir';

/** The headers of a request, as node gives them. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What a client may do, and whether it showed a token for it. */
export interface Access {
  readonly scopes: ReadonlySet<Scope>;
  readonly hasToken: boolean;
}

/** Decides what a client may do, the same for HTTP requests and for the live feed. */
export class AccessPolicy {
  constructor(
    private readonly tokens: TokenService,
    private readonly hosts: HostPolicy,
  ) {}

  /**
   * Reads what a request may do from its headers.
   *
   * @param headers - Its headers.
   * @returns Reading of feed and history for programs on this machine, else nothing, plus what its token gives.
   * @throws {ProblemError} 401 `unauthenticated` if it shows a token that is not known.
   */
  of(headers: Headers): Access {
    const open = this.hosts.isLocal(headers) ? OPEN_ON_LOOPBACK : [];
    const authorization = headers['authorization'];
    if (authorization === undefined) return { scopes: new Set(open), hasToken: false };
    const token = typeof authorization === 'string' ? /^Bearer +(\S+) *$/i.exec(authorization)?.[1] : undefined;
    if (token === undefined) {
      const detail = `the Authorization header is not of the form "Bearer TOKEN"; ${REMEDY}`;
      throw new ProblemError(401, 'unauthenticated', detail, 'Authorization');
    }
    return this.withToken({ scopes: new Set(open), hasToken: false }, token);
  }

  /**
   * Adds what a token gives.
   *
   * @param access - What the client may do so far.
   * @param token - The token it shows now.
   * @returns The wider access.
   * @throws {ProblemError} 401 `unauthenticated` if the token is not known.
   */
  withToken(access: Access, token: string): Access {
    const scopes = this.tokens.verify(token);
    if (!scopes) throw new ProblemError(401, 'unauthenticated', `the token is not known; ${REMEDY}`, 'Authorization');
    return { scopes: new Set([...access.scopes, ...scopes]), hasToken: true };
  }

  /**
   * Says why an access does not suffice.
   *
   * @param access - What the client may do.
   * @param scope - What is needed.
   * @returns The refusal, 401 without a token and 403 with one; null where it suffices.
   */
  refusal(access: Access, scope: Scope): ProblemError | null {
    if (access.scopes.has(scope)) return null;
    return access.hasToken
      ? new ProblemError(403, 'scope', `the token lacks the scope ${scope}; use one that has it`)
      : new ProblemError(401, 'unauthenticated', `this needs a token with the scope ${scope}: ${REMEDY}`);
  }
}
