import { type Signal, signal } from '@preact/signals';

const TICK_MS = 250;

/** The time of this machine, a few times a second, epoch ms: what shows ages reads it. */
export const now = signal(Date.now());

setInterval(() => (now.value = Date.now()), TICK_MS);

/** As `now`, in turns: clocks that tick as often one after the other, so that not all rows of a table change in one frame. */
const TURNS = 8;
const clocks = Array.from({ length: TURNS }, () => signal(Date.now()));
let turn = 0;
setInterval(() => {
  turn = (turn + 1) % TURNS;
  clockOfTurn(turn).value = Date.now();
}, TICK_MS / TURNS);

/** The clock of a row: those of neighbours tick in different frames. */
export function clockOfTurn(row: number): Signal<number> {
  return clocks[row % TURNS] ?? now;
}

/** Least difference seen between this machine's clock and that of the service, milliseconds: offset and network at its least. */
const LEAST_OVER_MS = 60_000;
let least = Infinity;
let leastAtMs = 0;

/** This machine's clock minus that of the service, milliseconds; ages of what the service timed are taken with it. */
export const offsetMs = signal(0);

/** Learns from the sending time of a message; the least of the last minute holds. */
export function sawSentAt(sentAtMs: number): number {
  const nowMs = Date.now();
  const differenceMs = nowMs - sentAtMs;
  if (differenceMs <= least || nowMs - leastAtMs > LEAST_OVER_MS) {
    least = differenceMs;
    leastAtMs = nowMs;
    if (Math.abs(offsetMs.peek() - least) > 1) offsetMs.value = least;
  }
  return differenceMs - least;
}

/** The time by the clock of the service, epoch ms. */
export function serviceNow(clock: Signal<number> = now): number {
  return clock.value - offsetMs.value;
}

/** Milliseconds since a moment that the service told. */
export function ageOf(atMs: number, clock?: Signal<number>): number {
  return Math.max(0, serviceNow(clock) - atMs);
}
