import { z } from 'zod';
import { type CheckedFault, type Fault, FaultError } from '../faults/fault.js';
import type { FaultInjector } from './fault-injector.js';

/** Entries of a scenario. */
const MOST_ENTRIES = 10_000;
/** The latest that an entry begins, and the longest that it waits for its next turn: a day. */
const MOST_WAIT_MS = 86_400_000;

const TIMES = z.looseObject({
  atMs: z.int().min(0).max(MOST_WAIT_MS),
  repeatEveryMs: z.int().min(100).max(MOST_WAIT_MS).optional(),
});

/** A fault with the time at which it comes, ms since the start, and after what time it comes again. */
export type ScenarioEntry = Fault & { readonly atMs: number; readonly repeatEveryMs?: number };

interface Step {
  readonly atMs: number;
  readonly repeatEveryMs: number | undefined;
  readonly fault: CheckedFault;
}

/** Thrown for a scenario that cannot be played; names field and remedy. */
export class ScenarioError extends Error {
  /** @param index - The entry that is wrong; null when the scenario is no list. */
  constructor(
    readonly index: number | null,
    readonly reason: string,
  ) {
    super(index === null ? `scenario: ${reason}` : `scenario[${index}]: ${reason}`);
  }
}

/**
 * Checks every entry of a scenario.
 *
 * @throws {ScenarioError} For the first entry that is wrong.
 */
export function checkScenario(entries: readonly unknown[], injector: FaultInjector): readonly Step[] {
  if (entries.length > MOST_ENTRIES) throw new ScenarioError(null, `at most ${MOST_ENTRIES} entries`);
  return entries.map((entry, index) => {
    const timed = TIMES.safeParse(entry);
    if (!timed.success) {
      const problems = timed.error.issues.map(({ path, message }) =>
        `${path.join('.')}: ${message}`.replace(/^: /, ''),
      );
      throw new ScenarioError(index, problems.join('; '));
    }
    const { atMs, repeatEveryMs, ...fault } = timed.data;
    try {
      return { atMs, repeatEveryMs, fault: injector.check(fault) };
    } catch (error) {
      if (error instanceof FaultError) throw new ScenarioError(index, error.message);
      throw error;
    }
  });
}

/** Injects the faults of a scenario at their times. */
export class ScenarioPlayer {
  // One timer per entry.
  private readonly timers = new Map<Step, NodeJS.Timeout>();

  constructor(
    private readonly steps: readonly Step[],
    private readonly injector: FaultInjector,
  ) {}

  /** Begins; times count from now. */
  start(): void {
    for (const step of this.steps) this.wait(step, step.atMs);
  }

  /** Ends it; faults that are in force go on. */
  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private wait(step: Step, delayMs: number): void {
    const timer = setTimeout(() => {
      if (step.repeatEveryMs === undefined) this.timers.delete(step);
      else this.wait(step, step.repeatEveryMs);
      this.injector.inject(step.fault);
    }, delayMs);
    this.timers.set(step, timer);
  }
}
