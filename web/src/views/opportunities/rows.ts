import type { Opportunity } from '../../../../src/core/opportunity/opportunity.js';
import type { Board } from '../../live/opportunity-board.js';
import { inOrder, orderChoices, passes } from './choices.js';

/** One that closed stays in its place for so long, with the reason, before it goes to those that ended. */
const LINGER_MS = 4_000;

/** Rows of the table in two groups. */
export interface Rows {
  readonly live: readonly Opportunity[];
  readonly standing: readonly Opportunity[];
}

/** Rows take new places at most so often: those that jump with every figure can't be read. */
const ORDER_EVERY_MS = 1_000;
/** For one that opened sooner than that. */
const ORDER_NEW_MS = 300;

/** Orders rows, and keeps their places in between. */
export class RowOrder {
  private ids: readonly string[] = [];
  private choices = '';
  private atMs = -Infinity;

  /**
   * Rows as they are now, in places that are kept for a while.
   *
   * @param board - What the page knows.
   * @param isHeld - Whether the pointer or the choice is on the table: places are kept for as long, and what is new comes after
   *   them.
   * @param serviceNowMs - The time by the clock of the service.
   */
  rowsOf(board: Board, isHeld: boolean, serviceNowMs: number): Rows {
    const kept = rowsNow(board, this.ids, serviceNowMs);
    return isHeld || !this.isDue(kept) ? kept : this.anew(board, serviceNowMs);
  }

  /** Rows as they are now, in places as of now. */
  anew(board: Board, serviceNowMs: number): Rows {
    const ordered = rowsNow(board, null, serviceNowMs);
    this.ids = idsOf(ordered);
    this.choices = orderChoices();
    this.atMs = performance.now();
    return ordered;
  }

  private isDue(rows: Rows): boolean {
    const passedMs = performance.now() - this.atMs;
    if (passedMs >= ORDER_EVERY_MS || orderChoices() !== this.choices) return true;
    if (passedMs < ORDER_NEW_MS) return false;
    const known = new Set(this.ids);
    return idsOf(rows).some((id) => !known.has(id));
  }
}

function idsOf({ live, standing }: Rows): string[] {
  return [...live, ...standing].map(({ id }) => id);
}

/**
 * Rows as they are now.
 *
 * @param board - What the page knows.
 * @param held - Ids in the order of the screen: they keep their places, and what is new comes after them; null to order anew.
 * @param serviceNowMs - The time by the clock of the service.
 */
function rowsNow({ open, closed }: Board, held: readonly string[] | null, serviceNowMs: number): Rows {
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
