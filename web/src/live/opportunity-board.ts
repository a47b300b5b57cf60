import { signal } from '@preact/signals';
import type { Opportunity } from '../../../src/core/opportunity/opportunity.js';
import type { Channels } from '../../../src/client/index.js';
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

/** The service tells what changed so often; the page paints it over the frames until then. */
const CONFLATE_MS = 100;
const FRAMES_PER_MESSAGE = 5;
/** What was told and is not painted yet: of one message at most. */
let waiting: readonly Channels['opportunities']['event'][] = [];
let perFrame = 0;

/**
 * Follows all opportunities. What one message tells is painted in parts, a frame each: all rows at once would cost more than a
 * frame has. A page that nobody looks at has no frames, and knows all at once.
 */
export function startBoard(): void {
  follow('opportunities', { mode: { conflateMs: CONFLATE_MS } }, (message) => {
    if (message.type === 'snapshot') {
      waiting = [];
      open.clear();
      for (const one of message.data as unknown as readonly Opportunity[]) put(one);
      forgetOthers();
    } else {
      take(waiting.length);
      waiting = message.data;
      perFrame = Math.ceil(waiting.length / FRAMES_PER_MESSAGE);
      for (const { event, opportunity } of waiting) {
        if (event === 'opened') for (const listener of listeners) listener(opportunity as unknown as Opportunity);
      }
      if (document.hidden) take(waiting.length);
    }
    inNextFrame(paint);
  });
}

/** Learns the next so many changes. */
function take(count: number): void {
  for (const { event, opportunity } of waiting.slice(0, count)) {
    const one = opportunity as unknown as Opportunity;
    if (event === 'closed') close(one);
    else put(one);
  }
  waiting = waiting.slice(count);
}

function paint(): void {
  take(perFrame);
  board.value = { open, closed };
  if (waiting.length > 0) inNextFrame(paint);
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
