import { signal } from '@preact/signals';

const TICK_MS = 250;

/** The time of this machine, a few times a second, epoch ms: what shows ages reads it. */
export const now = signal(Date.now());

setInterval(() => (now.value = Date.now()), TICK_MS);

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
export function serviceNow(): number {
  return now.value - offsetMs.value;
}

/** Milliseconds since a moment that the service told. */
export function ageOf(atMs: number): number {
  return Math.max(0, serviceNow() - atMs);
}
