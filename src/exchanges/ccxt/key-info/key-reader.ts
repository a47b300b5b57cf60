import type { KeyFacts } from '../../contract/ports.js';

/** An exchange's answer about a key, of any shape. */
export type Answer = Readonly<Record<string, unknown>>;

/** How one exchange tells about a key; one entry per exchange in the list of readers. */
export interface KeyReader {
  /** ccxt's name of the endpoint; reads only, never changes anything. */
  readonly endpoint: string;
  /** Turns the answer into facts; null when it is not the documented shape. */
  read(answer: Answer): KeyFacts | null;
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
