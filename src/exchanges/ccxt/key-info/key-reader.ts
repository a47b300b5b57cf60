import { type KeyFactName, type KeyFacts, type KeyUse, NOTHING_TOLD } from '../../contract/ports.js';

/** An exchange's answer about a key, of any shape. */
export type Answer = Readonly<Record<string, unknown>>;

/**
 * Calls a reading endpoint by ccxt's name of it. What comes back holds no part of the credential any more, whatever the
 * exchange answered.
 */
export type Ask = (endpoint: string, parameters?: object) => Promise<Answer>;

/** Who asks, for exchanges that list all keys of an account. */
export interface Asker {
  /** Tells whether a text of an answer is our API key; the key itself is not told. */
  readonly isOurs: (text: unknown) => boolean;
  /** The account's public address, where it is read by that alone. */
  readonly address?: string;
  /** When it is asked, epoch milliseconds. */
  readonly nowMs?: number;
}

/** How one exchange tells about a key; one entry per exchange in the list of readers. */
export interface KeyReader {
  /**
   * Reads the facts; only by calls that change nothing.
   *
   * @returns The facts, null when an answer is not of the documented shape.
   */
  read(ask: Ask, asker: Asker): Promise<KeyFacts | null>;
  /**
   * Reads what was done on the account since a time, the newest of each kind, where the exchange tells.
   *
   * @param sinceMs - Epoch milliseconds.
   */
  uses?(ask: Ask, sinceMs: number): Promise<readonly KeyUse[]>;
}

/** What an exchange told, with what was left untold filled in; `source` is the call that told it all. */
export function factsFrom(
  source: string,
  told: Partial<Omit<KeyFacts, 'scopes' | 'evidence' | 'sources'>> & {
    readonly scopes: Partial<KeyFacts['scopes']>;
    readonly evidence: KeyFacts['evidence'];
    /** Facts that another call told. */
    readonly sources?: KeyFacts['sources'];
  },
): KeyFacts {
  const names = Object.keys(told.evidence) as KeyFactName[];
  return {
    ...NOTHING_TOLD,
    ...told,
    scopes: { ...NOTHING_TOLD.scopes, ...told.scopes },
    sources: { ...Object.fromEntries(names.map((name) => [name, source])), ...told.sources },
  };
}

/** A field as an object, empty when it is none. */
export function fields(value: unknown): Answer {
  return typeof value === 'object' && value !== null ? (value as Answer) : {};
}

/** A field as a list of texts, null when it is none. */
export function texts(value: unknown): string[] | null {
  return Array.isArray(value) ? value.map(String) : null;
}

/** A field as a truth value, null when it is none. */
export function truth(value: unknown): boolean | null {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  return null;
}

/** A time as epoch milliseconds; 0, empty and malformed ones are null. */
export function timeMs(value: unknown, unitMs = 1): number | null {
  const number = typeof value === 'string' && value.includes('-') ? Date.parse(value) : Number(value) * unitMs;
  return number > 0 ? number : null;
}

/** A text that is not empty, else null. */
export function label(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** Entries of an address list that let every address in. */
const ANY_ADDRESS = new Set(['*', '0.0.0.0', '0.0.0.0/0', '::', '::/0']);

/** To which addresses a key is bound: not at all when the list is empty or holds every address, null when untold. */
export function boundTo(list: readonly string[] | null): Pick<KeyFacts, 'ipRestricted' | 'ipList'> {
  if (list === null) return { ipRestricted: null, ipList: null };
  const ipList = list.map((address) => address.trim()).filter((address) => address !== '');
  return { ipRestricted: ipList.length > 0 && !ipList.some((address) => ANY_ADDRESS.has(address)), ipList };
}

/**
 * The newest of some rows of one kind, as a list of one use; empty where none happened since a time.
 *
 * @param told - What was done (`kind`), when in rows of any shape (`atMs`, null for rows that tell no time or are of no
 * concern), how the row is to be put in words (`seen`), and the call that told it.
 */
export function newestUse(
  rows: readonly Answer[],
  sinceMs: number,
  told: {
    readonly kind: KeyUse['kind'];
    readonly source: string;
    readonly atMs: (row: Answer) => number | null;
    readonly seen: (row: Answer) => string;
  },
): readonly KeyUse[] {
  let newest: KeyUse | null = null;
  for (const row of rows) {
    const atMs = told.atMs(row);
    if (atMs === null || atMs < sinceMs || (newest !== null && atMs <= newest.atMs)) continue;
    newest = { kind: told.kind, atMs, seen: told.seen(row), source: told.source };
  }
  return newest === null ? [] : [newest];
}

/** A field as a list of objects, empty when it is none. */
export function rowsOf(value: unknown): readonly Answer[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

/** Some fields of a row in words: `type: withdrawal, asset: XXBT`; those that the row does not have are left out. */
export function words(row: Answer, names: readonly string[]): string {
  const told = names.flatMap((name) => {
    const value = row[name];
    return typeof value === 'string' || typeof value === 'number' ? [`${name}: ${value}`] : [];
  });
  return told.join(', ');
}
