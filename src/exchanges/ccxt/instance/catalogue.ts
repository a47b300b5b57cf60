import { streamingExchanges } from './create-instance.js';

/** An id that is not known, and the known ones that look like it. */
export interface UnknownExchange {
  readonly id: string;
  readonly near: readonly string[];
}

/** Exchanges were configured that nobody can reach: fatal at start, since a typing error must not hide. */
export class UnknownExchangeError extends Error {
  override readonly name = 'UnknownExchangeError';

  constructor(readonly unknown: readonly UnknownExchange[]) {
    const said = unknown.map(withNear).join(', ');
    super(`exchanges: no exchange with streamed order books is called ${said}; use ccxt ids such as "okx"`);
  }
}

/** Writes an unknown id with what was probably meant. */
export function withNear({ id, near }: UnknownExchange): string {
  const meant = near.map((other) => `"${other}"`).join(' or ');
  return near.length > 0 ? `"${id}" (did you mean ${meant}?)` : `"${id}"`;
}

const MOST_NEAR = 3;

/**
 * Names the ids that are not known.
 *
 * @param ids - ccxt ids as given.
 * @param known - The ids that may be given; by default those with streamed books, which can be configured.
 * @returns The unknown ones with near matches, empty when all are known.
 */
export function unknownExchanges(ids: readonly string[], known = streamingExchanges()): UnknownExchange[] {
  return ids
    .filter((id) => !known.includes(id))
    .map((id) => ({
      id,
      near: known
        .map((other) => ({ other, distance: closeness(id.toLowerCase(), other) }))
        .filter(({ distance }) => distance <= 2)
        .sort((a, b) => a.distance - b.distance)
        .slice(0, MOST_NEAR)
        .map(({ other }) => other),
    }));
}

/**
 * Gives the configured exchanges, each once.
 *
 * @throws {UnknownExchangeError} If one does not exist.
 */
export function configuredExchanges(ids: readonly string[]): readonly string[] {
  const unknown = unknownExchanges(ids);
  if (unknown.length > 0) throw new UnknownExchangeError(unknown);
  return [...new Set(ids)];
}

function closeness(id: string, other: string): number {
  if (id.length >= 3 && (other.startsWith(id) || id.startsWith(other))) return 1;
  return editDistance(id, other);
}

// Levenshtein's distance, one row at a time.
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
