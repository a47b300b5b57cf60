import { setTimeout as pass } from 'node:timers/promises';
import { isLoopback } from '../../../platform/config/index.js';
import { VaultError, type VaultErrorCode } from '../vault.errors.js';
import type { KeyringLock } from './keyring-lock.js';

/** Where the transit engine is and how to ask it. */
export interface TransitOptions {
  /** Address of the Vault, without a path. */
  readonly url: string;
  /** Name of the key in the engine. */
  readonly key: string;
  /** Where the engine is mounted. */
  readonly mount: string;
  readonly namespace: string | undefined;
  /** Gives the token; asked for each call, so that an agent may renew it. */
  readonly token: () => Promise<string>;
  /** Waits between attempts, milliseconds; each is one more attempt. */
  readonly retryDelaysMs?: readonly number[];
  /** Longest wait for an answer, milliseconds. */
  readonly timeoutMs?: number;
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

type Operation = 'encrypt' | 'decrypt';

const TIMEOUT_MS = 5_000;
const RETRY_DELAYS_MS: readonly number[] = [250, 1_000, 2_000];
/** Longest text taken over from an answer, characters. */
const MAX_WORDS = 200;
const CIPHERTEXT = /^vault:v\d+:[A-Za-z0-9+/]+={0,2}$/;

/**
 * Locks with a key that never leaves a HashiCorp Vault: its transit engine encrypts and decrypts for whoever has a token
 * (https://developer.hashicorp.com/vault/api-docs/secret/transit). Asked only when the ring is read from its file or
 * written there; in between the keys are in memory.
 */
export class TransitLock implements KeyringLock {
  readonly kind = 'transit';
  readonly place: string;

  /** @throws {VaultError} `master_lock_settings` when the key would cross a network in clear text. */
  constructor(private readonly options: TransitOptions) {
    const { url, mount, key } = options;
    const { protocol, hostname, origin } = new URL(url);
    if (protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''))) {
      const what = `transit.url would send the master key to ${origin} in clear text`;
      throw new VaultError('master_lock_settings', what, 'use https://, or a proxy on this machine');
    }
    this.place = `${origin}/v1/${mount}, key ${key}`;
  }

  async lock(plain: Uint8Array): Promise<string> {
    const data = await this.ask('encrypt', { plaintext: Buffer.from(plain).toString('base64') });
    const { ciphertext } = data;
    if (typeof ciphertext === 'string' && CIPHERTEXT.test(ciphertext)) return ciphertext;
    throw this.fault('transit_refused', 'answered no ciphertext', 'see that transit.url leads to a Vault');
  }

  async unlock(text: string): Promise<Uint8Array> {
    const ciphertext = text.trim();
    if (!CIPHERTEXT.test(ciphertext)) throw this.altered('the locked master key is no ciphertext of a transit engine');
    const { plaintext } = await this.ask('decrypt', { ciphertext });
    if (typeof plaintext === 'string') return Uint8Array.from(Buffer.from(plaintext, 'base64'));
    throw this.fault('transit_refused', 'answered no plaintext', 'see that transit.url leads to a Vault');
  }

  private async ask(operation: Operation, body: object): Promise<Readonly<Record<string, unknown>>> {
    const { retryDelaysMs = RETRY_DELAYS_MS } = this.options;
    for (const delayMs of retryDelaysMs) {
      const answer = await this.attempt(operation, body).catch((error: unknown) => {
        if (error instanceof VaultError) throw error;
        return null; // No answer: the last attempt below tells.
      });
      if (answer && !mayPass(answer.status)) return this.dataOf(operation, answer);
      await pass(delayMs);
    }
    const answer = await this.attempt(operation, body).catch((error: unknown) => {
      if (error instanceof VaultError) throw error;
      throw this.unreachable(error);
    });
    return this.dataOf(operation, answer);
  }

  private async attempt(operation: Operation, body: object): Promise<Answer> {
    const { url, mount, key, namespace, token, timeoutMs = TIMEOUT_MS } = this.options;
    const target = `/v1/${pathOf(mount)}/${operation}/${encodeURIComponent(key)}`;
    const response = await fetch(new URL(`${url.replace(/\/+$/, '')}${target}`), {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-Vault-Request': 'true',
        'X-Vault-Token': await token(),
        ...(namespace === undefined ? {} : { 'X-Vault-Namespace': namespace }),
      },
      body: JSON.stringify(body),
      // Followed, it would carry the token and the key to wherever it points.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: objectIn(await response.text()) };
  }

  private dataOf(operation: Operation, { status, body }: Answer): Readonly<Record<string, unknown>> {
    const { data } = body;
    if (status === 200 && typeof data === 'object' && data !== null) return data as Record<string, unknown>;
    throw this.refusal(operation, status, wordsIn(body));
  }

  private refusal(operation: Operation, status: number, words: string): VaultError {
    const { mount, key } = this.options;
    const said = `answered ${status}${words === '' ? '' : ` (${words})`} to ${operation}`;
    if (status === 503) return this.fault('transit_sealed', said, 'unseal that Vault (vault operator unseal)');
    if (status === 401 || status === 403) {
      const rights = `the right "update" on ${mount}/encrypt/${key} and ${mount}/decrypt/${key}`;
      return this.fault('transit_refused', said, `put a valid token with ${rights} into transit.tokenFile`);
    }
    if (status === 400 && /cipher|authentication|base64|too short|ciphertext/i.test(words)) {
      return this.altered(`the transit engine does not open the locked master key (${words})`);
    }
    if (status === 400 || status === 404) {
      const make = `vault secrets enable -path=${mount} transit; vault write -f ${mount}/keys/${key}`;
      return this.fault('transit_unknown_key', said, `correct transit.mount and transit.key, or make the key: ${make}`);
    }
    if (status >= 300 && status < 400) {
      return this.fault('transit_refused', said, 'set transit.url to the node that it redirects to');
    }
    return this.fault('transit_unreachable', said, 'look at that Vault and try again; nothing was changed');
  }

  private unreachable(error: unknown): VaultError {
    const cause = (error as { cause?: { code?: string } }).cause;
    const what = `gave no answer (${cause?.code ?? (error as Error).name})`;
    return this.fault('transit_unreachable', what, 'start it or correct transit.url; nothing was changed', error);
  }

  private altered(what: string): VaultError {
    const remedy = 'restore the file from its backup, or name the key with which it was locked as transit.key';
    return new VaultError('master_lock_altered', what, remedy);
  }

  private fault(code: VaultErrorCode, what: string, remedy: string, cause?: unknown): VaultError {
    return new VaultError(code, `the Vault at ${new URL(this.options.url).origin} ${what}`, remedy, { cause });
  }
}

/** Answers after which another attempt may fare better: busy, sealed for a moment, a standby that is not ready. */
function mayPass(status: number): boolean {
  return status === 412 || status === 429 || status >= 500;
}

function pathOf(mount: string): string {
  return mount
    .split('/')
    .filter((part) => part !== '')
    .map(encodeURIComponent)
    .join('/');
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // A proxy's page: the status tells enough.
  }
}

function wordsIn(body: Readonly<Record<string, unknown>>): string {
  const { errors } = body;
  const words = Array.isArray(errors) ? errors.map(String).join(', ') : '';
  return words.replace(/\p{Cc}+/gu, ' ').slice(0, MAX_WORDS);
}
