const MIN_KEEP_ALIVE_MS = 1_000;
const MAX_KEEP_ALIVE_MS = 5_000;
const MIN_SILENCE_MS = 6_000;
/** Whatever age a leg may have, a socket is not believed to live for longer without a sign of it. */
const MAX_SILENCE_MS = 20_000;

/**
 * Says how often a socket is pinged: several pings fit into the age at which a leg is stale, so that a quiet book never
 * looks like a dead one.
 *
 * @param maxAgeMs - Without proof of life for longer, a leg is stale.
 * @returns Milliseconds, from one to five seconds.
 */
export function keepAliveMs(maxAgeMs: number): number {
  return Math.min(MAX_KEEP_ALIVE_MS, Math.max(MIN_KEEP_ALIVE_MS, Math.floor(maxAgeMs / 2.5)));
}

/**
 * Says after how long without any frame or pong a socket is opened again.
 *
 * @param maxAgeMs - Without proof of life for longer, a leg is stale.
 * @returns Milliseconds, from 6 to 20 seconds: at least one ping and its pong go missing first.
 */
export function silentAfterMs(maxAgeMs: number): number {
  return Math.min(MAX_SILENCE_MS, Math.max(2 * maxAgeMs, MIN_SILENCE_MS));
}
