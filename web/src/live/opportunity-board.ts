import { signal } from '@preact/signals';
import type { Opportunity } from '../../../src/core/opportunity/opportunity.js';
import { follow } from './connection.js';
import { inNextFrame } from './frames.js';

/** Those that closed last are kept for the page, newest first. */
const MOST_CLOSED = 200;
/** Points of the life of each, one a second at most: half an hour. */
const MOST_POINTS = 1_800;
const POINT_EVERY_MS = 1_000;

/** One point of the life of an opportunity: our clock, and net bps. */
export type LifePoint = readonly [atMs: number, netBps: number];

const open = new Map<string, Opportunity>();
const closed: Opportunity[] = [];
const lives = new Map<string, LifePoint[]>();
const listeners = new Set<(opportunity: Opportunity) => void>();

/** What the page knows; told anew with every frame in which something changed. */
export interface Board {
  /** Those open now, by id. */
  readonly open: ReadonlyMap<string, Opportunity>;
  /** Those that closed since the page was opened, newest first. */
  readonly closed: readonly Opportunity[];
}

export const board = signal<Board>({ open, closed });

/** The newest state that the page has of one; undefined where it saw none. */
export function knownOpportunity(id: string): Opportunity | undefined {
  return board.value.open.get(id) ?? board.value.closed.find((one) => one.id === id);
}

/** What the page saw of the net bps of one. */
export function lifeOf(id: string): readonly LifePoint[] {
  return lives.get(id) ?? [];
}

/** Calls for each that opens. */
export function onOpened(listener: (opportunity: Opportunity) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Follows all opportunities; what happens within one frame is painted once. */
export function startBoard(): void {
  follow('opportunities', { mode: { conflateMs: 100 } }, (message) => {
    if (message.type === 'snapshot') {
      open.clear();
      for (const one of message.data as unknown as readonly Opportunity[]) put(one);
      forgetOthers();
    } else {
      for (const { event, opportunity } of message.data) {
        const one = opportunity as unknown as Opportunity;
        if (event === 'closed') close(one);
        else put(one);
        if (event === 'opened') for (const listener of listeners) listener(one);
      }
    }
    inNextFrame(paint);
  });
}

function paint(): void {
  board.value = { open, closed };
}

/** What closed while the page was away is not heard of again. */
function forgetOthers(): void {
  const shown = new Set([...open.keys(), ...closed.map(({ id }) => id)]);
  for (const id of lives.keys()) if (!shown.has(id)) lives.delete(id);
}

function put(one: Opportunity): void {
  open.set(one.id, one);
  note(one);
}

function close(one: Opportunity): void {
  open.delete(one.id);
  note(one);
  closed.unshift(one);
  for (const gone of closed.splice(MOST_CLOSED)) lives.delete(gone.id);
}

function note({ id, updatedAtMs, netBps }: Opportunity): void {
  const points = lives.get(id) ?? [];
  const last = points.at(-1);
  if (last && updatedAtMs - last[0] < POINT_EVERY_MS) points.pop();
  points.push([updatedAtMs, netBps]);
  if (points.length > MOST_POINTS) points.shift();
  lives.set(id, points);
}
