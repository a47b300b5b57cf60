import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { type Settings, StartupError } from '../config/index.js';
import type { Log } from '../logging/index.js';

/** How often the files are looked at: a renewed certificate is in use after that. */
const LOOK_EVERY_MS = 60_000;

/** A certificate with its chain and its private key, both PEM. */
export interface KeyPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** A server whose certificate can be changed while it runs, as those of node:https can. */
export interface SecureServer {
  setSecureContext(pair: KeyPair): void;
}

function readPem(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'error';
    throw new StartupError(`${setting}: cannot read ${file} (${reason}); name a PEM file that the service may read`);
  }
}

/** The certificate and key that the settings name: checked at the start, and taken anew when they are renewed. */
export class TlsFiles {
  private current: KeyPair;
  private refused: KeyPair | null = null;

  private constructor(private readonly files: { readonly cert: string; readonly key: string }) {
    this.current = this.read();
  }

  /**
   * Reads the files.
   *
   * @param settings - Where they are.
   * @returns The pair; null when the settings name none.
   * @throws {StartupError} If one cannot be read, is no PEM, or the two do not belong together.
   */
  static open({ tls }: Pick<Settings, 'tls'>): TlsFiles | null {
    return tls.cert === undefined || tls.key === undefined ? null : new TlsFiles({ cert: tls.cert, key: tls.key });
  }

  /** The pair in use. */
  get pair(): KeyPair {
    return this.current;
  }

  /**
   * Looks at the files from time to time and gives a renewed pair to the server; open connections go on.
   */
  follow(server: SecureServer, log: Log): void {
    setInterval(() => {
      this.refresh(server, log);
    }, LOOK_EVERY_MS).unref();
  }

  /** Takes the files anew if they changed. What does not fit together yet is told once, and the old pair stays in use. */
  refresh(server: SecureServer, log: Log): void {
    try {
      const pair = { cert: readPem('tls.cert', this.files.cert), key: readPem('tls.key', this.files.key) };
      if (same(pair, this.current) || (this.refused && same(pair, this.refused))) return;
      this.refused = pair;
      server.setSecureContext(checked(pair, this.files));
      this.current = pair;
      this.refused = null;
      log.info('a renewed certificate is in use', { file: this.files.cert });
    } catch (error) {
      log.error('the renewed certificate cannot be used; the old one stays', { error: (error as Error).message });
    }
  }

  private read(): KeyPair {
    const { cert, key } = this.files;
    return checked({ cert: readPem('tls.cert', cert), key: readPem('tls.key', key) }, this.files);
  }
}

function same(a: KeyPair, b: KeyPair): boolean {
  return a.cert.equals(b.cert) && a.key.equals(b.key);
}

/** Node itself says whether the two are PEM and one pair. */
function checked(pair: KeyPair, files: { readonly cert: string; readonly key: string }): KeyPair {
  try {
    createSecureContext(pair);
    return pair;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    throw new StartupError(
      `tls.cert, tls.key: ${files.cert} and ${files.key} are no certificate with its key (${reason}); ` +
        'give both as PEM, the certificate with its chain, the key without a passphrase',
    );
  }
}
