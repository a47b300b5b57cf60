import { setTimeout as delay } from 'node:timers/promises';

/** Waits until a condition holds, and says which one did not within the bound. */
export async function waitFor(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`did not happen within ${withinMs} ms: ${what}`);
    await delay(10);
  }
}
