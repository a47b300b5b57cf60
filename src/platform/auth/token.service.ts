import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Observable, Subject } from 'rxjs';
import { StartupError } from '../config/index.js';
import { digestOf, type Grant } from './grant.js';
import { SCOPES } from './scopes.js';

/** The owner's token in logs and in the audit; no other may be called so. */
export const ADMIN_NAME = 'admin';
const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Where the first start wrote the admin token. */
const adminTokenFile = (dataDir: string): string => path.join(dataDir, 'admin.token');

/** Writes a new token whole or not at all; of two processes that do it at once, one wins and both read the same. */
function writeToken(file: string): void {
  const draft = `${file}.${process.pid}.new`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(draft, `${randomBytes(TOKEN_BYTES).toString('base64url')}\n`, { mode: 0o600, flush: true });
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      unlinkSync(draft);
    }
  } catch (error) {
    const reason = (error as Error).message;
    throw new StartupError(
      `dataDir: cannot write ${file} (${reason}); make the directory writable, or set dataDir (CROSSBOOK_DATA_DIR)`,
    );
  }
}

function readToken(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new StartupError(
      `dataDir: cannot read ${file} (${(error as Error).message}); give its owner the right to, or set CROSSBOOK_DATA_DIR`,
    );
  }
}

const ADMIN: Grant = { id: null, name: ADMIN_NAME, scopes: SCOPES, expiresAtMs: null };

/**
 * Knows the tokens of the service and what each may do. Only digests stay in memory.
 *
 * The owner's token comes from its file; those that were created are told by whoever stores them.
 */
export class TokenService {
  /** By digest; bounded by who stores them. */
  private issued: ReadonlyMap<string, Grant> = new Map();
  /** The same by id. */
  private living: ReadonlyMap<string | null, Grant> = new Map();
  private readonly usedAtMs = new Map<string, number>();
  private readonly changes$ = new Subject<void>();

  /** Tells that a token may have lost what it gave. */
  readonly changed$: Observable<void> = this.changes$.asObservable();

  private constructor(
    private readonly adminDigest: string,
    /** The file that holds the admin token. */
    readonly adminFile: string,
    /** Whether others than the owner could read the file until now. */
    readonly wasExposed: boolean,
    private readonly nowMs: () => number,
  ) {}

  /**
   * Reads the admin token of a data directory; the first start writes it, readable for its owner only.
   *
   * @param dataDir - Absolute path of the data directory.
   * @param nowMs - The clock by which tokens expire.
   * @returns The service.
   * @throws {StartupError} If the file cannot be read or written, or holds no token.
   */
  static open(dataDir: string, nowMs: () => number = Date.now): TokenService {
    const file = adminTokenFile(dataDir);
    if (readToken(file) === null) writeToken(file);
    const token = readToken(file);
    if (token === null || !TOKEN.test(token)) {
      throw new StartupError(`${file} holds no token; delete it, and the next start writes a new one`);
    }
    const wasExposed = (statSync(file).mode & 0o077) !== 0;
    if (wasExposed) chmodSync(file, 0o600);
    return new TokenService(digestOf(token), file, wasExposed, nowMs);
  }

  /**
   * Tells what a token gives.
   *
   * Digests of equal length are compared in constant time, so that neither the length nor a right beginning shows; a
   * look-up by digest tells nothing of a token either.
   *
   * @param token - As the client sent it.
   * @returns What it gives; null for a token that is not known, revoked or expired.
   */
  verify(token: string): Grant | null {
    const digest = digestOf(token);
    if (timingSafeEqual(Buffer.from(digest), Buffer.from(this.adminDigest))) return ADMIN;
    const grant = this.issued.get(digest);
    if (!grant || !this.holds(grant)) return null;
    if (grant.id !== null) this.usedAtMs.set(grant.id, this.nowMs());
    return grant;
  }

  /** Whether what a token gave still holds: it was neither revoked nor has it expired. */
  holds({ id }: Grant): boolean {
    if (id === null) return true;
    const grant = this.living.get(id);
    return grant !== undefined && (grant.expiresAtMs === null || grant.expiresAtMs > this.nowMs());
  }

  /**
   * Replaces all tokens beside the owner's; those that are in it no more give nothing from now on.
   *
   * @param issued - Digests in hex, and what each gives.
   */
  issue(issued: ReadonlyMap<string, Grant>): void {
    this.issued = issued;
    this.living = new Map([...issued.values()].map((grant) => [grant.id, grant]));
    this.changes$.next();
  }

  /** Ends what a token gave, at once. */
  end(id: string): void {
    this.issue(new Map([...this.issued].filter(([, grant]) => grant.id !== id)));
  }

  /** Hands out which tokens were used since the last call, by id, epoch ms; at most one entry per token. */
  takeUses(): Map<string, number> {
    const uses = new Map(this.usedAtMs);
    this.usedAtMs.clear();
    return uses;
  }
}
