import { setTimeout as delay } from 'node:timers/promises';

const FIRST_POLL_MS = 10;
/** Polls of a service must stay well under its 600 requests a minute. */
const SLOWEST_POLL_MS = 200;

/**
 * Waits until a condition holds, and says which one did not within the bound. What is at hand is looked at all the time;
 * somebody else is asked less and less often.
 */
export async function waitFor(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (let pollMs = FIRST_POLL_MS; ;) {
    const holds = condition();
    if (await holds) return;
    if (performance.now() > deadline) throw new Error(`did not happen within ${withinMs} ms: ${what}`);
    await delay(pollMs);
    if (typeof holds !== 'boolean') pollMs = Math.min(pollMs * 1.2, SLOWEST_POLL_MS);
  }
}
