import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StartupError } from '../config/index.js';
import type { Scope } from './scopes.js';

const ALL_SCOPES: readonly Scope[] = ['feed', 'history', 'keys:read', 'keys:admin', 'symbols:admin', 'identity:admin'];
const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Where the first start wrote the admin token. */
const adminTokenFile = (dataDir: string): string => path.join(dataDir, 'admin.token');

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

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

/** Knows the tokens of the service and what each may do. Only hashes stay in memory. */
export class TokenService {
  private constructor(
    private readonly adminHash: Buffer,
    /** The file that holds the admin token. */
    readonly adminFile: string,
    /** Whether others than the owner could read the file until now. */
    readonly wasExposed: boolean,
  ) {}

  /**
   * Reads the admin token of a data directory; the first start writes it, readable for its owner only.
   *
   * @param dataDir - Absolute path of the data directory.
   * @returns The service.
   * @throws {StartupError} If the file cannot be read or written, or holds no token.
   */
  static open(dataDir: string): TokenService {
    const file = adminTokenFile(dataDir);
    if (readToken(file) === null) writeToken(file);
    const token = readToken(file);
    if (token === null || !TOKEN.test(token)) {
      throw new StartupError(`${file} holds no token; delete it, and the next start writes a new one`);
    }
    const wasExposed = (statSync(file).mode & 0o077) !== 0;
    if (wasExposed) chmodSync(file, 0o600);
    return new TokenService(hashOf(token), file, wasExposed);
  }

  /**
   * Tells what a token may do.
   *
   * Hashes of equal length are compared in constant time, so that neither the length nor a right beginning shows.
   *
   * @param token - As the client sent it.
   * @returns Its scopes; null for a token that is not known.
   */
  verify(token: string): readonly Scope[] | null {
    return timingSafeEqual(hashOf(token), this.adminHash) ? ALL_SCOPES : null;
  }
}
