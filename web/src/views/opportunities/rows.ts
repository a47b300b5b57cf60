import type { Opportunity } from '../../../../src/core/opportunity/opportunity.js';
import type { Board } from '../../live/opportunity-board.js';
import { inOrder, passes } from './choices.js';

/** One that closed stays in its place for so long, with the reason, before it goes to those that ended. */
const LINGER_MS = 4_000;

/** Rows of the table in two groups. */
export interface Rows {
  readonly live: readonly Opportunity[];
  readonly standing: readonly Opportunity[];
}

/**
 * Rows as they are now.
 *
 * @param board - What the page knows.
 * @param held - Ids in the order of the screen, while the pointer or the focus is on the table: they keep their places, and what
 *   is new comes after them; null to order anew.
 * @param serviceNowMs - The time by the clock of the service.
 */
export function rowsNow({ open, closed }: Board, held: readonly string[] | null, serviceNowMs: number): Rows {
  const present = [...open.values()].filter(passes);
  const lingering = closed.filter(
    (one) => passes(one) && (serviceNowMs - (one.closedAtMs ?? 0) < LINGER_MS || (held?.includes(one.id) ?? false)),
  );
  const all = inOrder([...present, ...lingering]);
  const ordered = held === null ? all : keepPlaces(all, held);
  return { live: ordered.filter(({ standing }) => !standing), standing: ordered.filter(({ standing }) => standing) };
}

function keepPlaces(all: readonly Opportunity[], held: readonly string[]): Opportunity[] {
  const places = new Map(held.map((id, place) => [id, place]));
  const placeOf = ({ id }: Opportunity): number => places.get(id) ?? Infinity;
  return [...all].sort((a, b) => {
    const [first, second] = [placeOf(a), placeOf(b)];
    return first === second ? 0 : first - second;
  });
}
