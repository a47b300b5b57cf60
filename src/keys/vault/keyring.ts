import { MASTER_KEY_BYTES, MasterKey } from './master-key.js';
import { VaultError } from './vault.errors.js';

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
const UTC_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;

/** The master keys: the current one seals, and what any of them sealed can be opened. Never empty, never changed. */
export class Keyring {
  private constructor(
    readonly current: MasterKey,
    /** Older ones, newest first. */
    readonly older: readonly MasterKey[],
  ) {}

  /** @throws {RangeError} If a key stands in it twice. */
  static of(current: MasterKey, older: readonly MasterKey[] = []): Keyring {
    const kids = [current, ...older].map(({ kid }) => kid);
    if (new Set(kids).size !== kids.length) throw new RangeError('a master key stands in the ring twice');
    return new Keyring(current, older);
  }

  /**
   * Reads a ring from text: one key in base64 per line or between commas, the current one first, each with the time at
   * which it was made behind it or not (`BASE64 2026-11-22T20:00:00Z`).
   *
   * @param text - The text; no part of it is repeated in an error.
   * @param place - Where it stands, for messages.
   * @param remedy - What to do when it is malformed.
   * @throws {VaultError} `master_key_malformed`.
   */
  static parse(text: string, place: string, remedy: string): Keyring {
    const entries = text
      .split(/[,\r\n]+/)
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
    const keys = entries.map((entry, at) => parseKey(entry, at === 0 ? place : `${place}, entry ${at + 1},`, remedy));
    const [current, ...older] = keys;
    if (!current) return malformed(`${place} must hold ${MASTER_KEY_BYTES} bytes in base64, it holds nothing`, remedy);
    if (new Set(keys.map(({ kid }) => kid)).size < keys.length) {
      return malformed(`${place} holds the same key twice`, 'remove the second one');
    }
    return new Keyring(current, older);
  }

  /** All of them, the current one first. */
  get keys(): readonly MasterKey[] {
    return [this.current, ...this.older];
  }

  get kids(): readonly string[] {
    return this.keys.map(({ kid }) => kid);
  }

  find(kid: string): MasterKey | null {
    return this.keys.find((key) => key.kid === kid) ?? null;
  }

  /** The ring with another current key, behind which all others stay. */
  behind(current: MasterKey): Keyring {
    return Keyring.of(current, this.keys);
  }

  /** The ring with those older keys alone whose names are given. */
  keeping(kids: ReadonlySet<string>): Keyring {
    return new Keyring(
      this.current,
      this.older.filter(({ kid }) => kids.has(kid)),
    );
  }

  /** The form that {@link Keyring.parse} reads; holds every key in the clear. */
  reveal(): string {
    return this.keys.map(lineOf).join('');
  }

  toJSON(): string {
    return '[redacted]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]';
  }
}

function lineOf(key: MasterKey): string {
  const made = key.createdAtMs === null ? '' : ` ${new Date(key.createdAtMs).toISOString().replace('.000Z', 'Z')}`;
  return `${Buffer.from(key.wrappingKey()).toString('base64')}${made}\n`;
}

function parseKey(entry: string, place: string, remedy: string): MasterKey {
  const [text = '', made, ...rest] = entry.split(/\s+/);
  const bytes = BASE64.test(text) && rest.length === 0 ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (bytes.length !== MASTER_KEY_BYTES) {
    const was = bytes.length === 0 ? 'it holds something else' : `it holds ${bytes.length}`;
    return malformed(`${place} must hold ${MASTER_KEY_BYTES} bytes in base64, ${was}`, remedy);
  }
  if (made === undefined) return new MasterKey(bytes);
  const createdAtMs = UTC_TIME.test(made) ? Date.parse(made) : NaN;
  if (Number.isNaN(createdAtMs)) {
    return malformed(`${place} has something behind the key that is no time`, 'write one such as 2026-11-22T20:00:00Z');
  }
  return new MasterKey(bytes, createdAtMs);
}

function malformed(what: string, remedy: string): never {
  throw new VaultError('master_key_malformed', what, remedy);
}
