import type { Observable } from 'rxjs';
import { commandText } from '../config/index.js';
import { type HostPolicy, ProblemError, RequestTokens } from '../http/index.js';
import type { Grant } from './grant.js';
import type { Scope } from './scopes.js';
import type { TokenService } from './token.service.js';

/** Scopes that a program on this machine has without a token. */
const OPEN_ON_LOOPBACK: readonly Scope[] = ['feed', 'history'];
const REMEDY =
  `send the header "Authorization: Bearer TOKEN" with one of "${commandText('tokens create')}", or that of the file ` +
  'admin.token in dataDir';
const BEARER = /^Bearer +(\S+) *$/i;

/** The headers of a request, as node gives them. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What a client may do, and whether it showed a token for it. */
export interface Access {
  readonly scopes: ReadonlySet<Scope>;
  readonly hasToken: boolean;
  /** The tokens that it showed, the newest last. */
  readonly grants: readonly Grant[];
}

/** Decides what a client may do, the same for HTTP requests and for the live feed. */
export class AccessPolicy extends RequestTokens {
  constructor(
    private readonly tokens: TokenService,
    private readonly hosts: HostPolicy,
  ) {
    super();
  }

  /** Tells that a token may have lost what it gave; ask {@link AccessPolicy.lost} then. */
  get changed$(): Observable<void> {
    return this.tokens.changed$;
  }

  /**
   * Reads what a request may do from its headers.
   *
   * @param headers - Its headers.
   * @returns Reading of feed and history for programs on this machine, else nothing, plus what its token gives.
   * @throws {ProblemError} 401 `unauthenticated` if it shows a token that is not known.
   */
  of(headers: Headers): Access {
    const open: Access = {
      scopes: new Set(this.hosts.isLocal(headers) ? OPEN_ON_LOOPBACK : []),
      hasToken: false,
      grants: [],
    };
    const authorization = headers['authorization'];
    if (authorization === undefined) return open;
    const token = bearerOf(authorization);
    if (token === undefined) {
      const detail = `the Authorization header is not of the form "Bearer TOKEN"; ${REMEDY}`;
      throw new ProblemError(401, 'unauthenticated', detail, 'Authorization');
    }
    return this.withToken(open, token);
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
    const grant = this.tokens.verify(token);
    if (!grant) {
      const detail = `the token is not known, or was revoked, or has expired; ${REMEDY}`;
      throw new ProblemError(401, 'unauthenticated', detail, 'Authorization');
    }
    const earlier = access.grants.filter(({ id }) => id !== grant.id);
    return { scopes: new Set([...access.scopes, ...grant.scopes]), hasToken: true, grants: [...earlier, grant] };
  }

  /** The name of a token that this access rests on and that was revoked or has expired; null while all hold. */
  lost({ grants }: Access): string | null {
    return grants.find((grant) => !this.tokens.holds(grant))?.name ?? null;
  }

  /** The address that a client really has, see {@link HostPolicy.clientOf}: what it guesses wrong is counted by it. */
  clientOf(peer: string | undefined, headers: Headers): string {
    return this.hosts.clientOf(peer, headers);
  }

  override nameOf(headers: Headers): string | null {
    const token = bearerOf(headers['authorization']);
    return token === undefined ? null : (this.tokens.verify(token)?.name ?? null);
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

function bearerOf(authorization: string | string[] | undefined): string | undefined {
  return typeof authorization === 'string' ? BEARER.exec(authorization)?.[1] : undefined;
}
