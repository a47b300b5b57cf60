/** One thing that must work before the service counts as ready. */
export interface ReadinessCheck {
  readonly name: string;
  /** Says what is wrong in words that a stranger may read, null when all is well. May fail; that counts as wrong. */
  check(): Promise<string | null>;
}

/** DI token of the checks. */
export const READINESS_CHECKS = Symbol('READINESS_CHECKS');

/** A check that has not answered by then has failed, so that a probe always gets its answer. */
const CHECK_WITHIN_MS = 2_000;

/** The outcome of one check; `ok` or what is wrong. */
export interface ReadinessOutcome {
  readonly name: string;
  readonly outcome: string;
}

async function within(work: Promise<string | null>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve(`did not answer within ${CHECK_WITHIN_MS} ms`);
    }, CHECK_WITHIN_MS);
  });
  try {
    return await Promise.race([work.then((wrong) => wrong ?? 'ok'), late]);
  } catch {
    // What a driver says may hold addresses and users; the log of its own room tells more.
    return 'failed';
  } finally {
    clearTimeout(timer);
  }
}

/** Asks every check at once. */
export function askAll(checks: readonly ReadinessCheck[]): Promise<ReadinessOutcome[]> {
  return Promise.all(checks.map(async (one) => ({ name: one.name, outcome: await within(one.check()) })));
}
