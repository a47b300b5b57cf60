import { Inject, Injectable } from '@nestjs/common';
import type { KeyProbeFailureCode } from '../../exchanges/index.js';
import { Clock } from '../../platform/clock/index.js';
import { SETTINGS, type Settings } from '../../platform/config/index.js';
import { Log } from '../../platform/logging/index.js';

/** Share of the interval by which checks are spread, so that the keys of one exchange do not come in step. */
const JITTER = 0.1;
/** First wait after an unreachable exchange, milliseconds; doubles up to the interval. */
const FIRST_RETRY_MS = 5_000;
/** Checks that run at the same time. */
const MAX_RUNNING = 4;
/** A check out of turn comes at most once in this time per key, milliseconds. */
const OUT_OF_TURN_MS = 60_000;

interface Plan {
  dueAtMs: number;
  /** How often in a row the exchange could not be asked. */
  failures: number;
  outOfTurnAtMs: number;
}

/**
 * Returns how long to wait before the next check of a key.
 *
 * @param outcome - How the last one ended.
 * @param failures - How often in a row the exchange could not be asked, this one included.
 * @param intervalMs - The configured interval.
 * @param random - A number in [0, 1).
 */
export function nextCheckInMs(
  outcome: 'ok' | KeyProbeFailureCode,
  failures: number,
  intervalMs: number,
  random: number,
): number {
  const retryMs = FIRST_RETRY_MS * 2 ** Math.min(Math.max(failures - 1, 0), 20);
  const base = outcome === 'exchange_down' ? Math.min(intervalMs, retryMs) : intervalMs;
  return base * (1 - JITTER + 2 * JITTER * random);
}

/** Says when each key is checked again, and runs a few checks at a time. Bounded by the watched keys. */
@Injectable()
export class CheckSchedule {
  private readonly plans = new Map<string, Plan>();
  private readonly running = new Set<Promise<unknown>>();
  private timer: NodeJS.Timeout | null = null;
  private run: ((id: string) => Promise<unknown>) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
    @Inject(SETTINGS) private readonly settings: { readonly keys: Pick<Settings['keys'], 'checkIntervalMs'> },
  ) {}

  /** Begins to run checks; those already due run now. */
  start(run: (id: string) => Promise<unknown>): void {
    this.run = run;
    this.wake();
  }

  /** Runs no more checks. Those that run are not waited for: an exchange may be silent for longer than a stop may take. */
  stop(): void {
    this.run = null;
    if (this.timer) clearTimeout(this.timer);
  }

  /** Plans a key's first check for now. */
  add(id: string): void {
    this.plans.set(id, { dueAtMs: this.clock.nowMs(), failures: 0, outOfTurnAtMs: -Infinity });
    this.wake();
  }

  forget(id: string): void {
    this.plans.delete(id);
  }

  /** Plans the next check after one that ended with an outcome. */
  after(id: string, outcome: 'ok' | KeyProbeFailureCode): void {
    const before = this.plans.get(id);
    const failures = outcome === 'exchange_down' ? (before?.failures ?? 0) + 1 : 0;
    const inMs = nextCheckInMs(outcome, failures, this.settings.keys.checkIntervalMs, Math.random());
    const outOfTurnAtMs = before?.outOfTurnAtMs ?? -Infinity;
    this.plans.set(id, { dueAtMs: this.clock.nowMs() + inMs, failures, outOfTurnAtMs });
    this.wake();
  }

  /** Checks a key soon, unless that was done a short time ago. */
  outOfTurn(id: string): void {
    const plan = this.plans.get(id);
    const now = this.clock.nowMs();
    if (!plan || now - plan.outOfTurnAtMs < OUT_OF_TURN_MS) return;
    plan.outOfTurnAtMs = now;
    plan.dueAtMs = now;
    this.wake();
  }

  /** Sleeps until the earliest check is due; while all places are taken, the next free one wakes it. */
  private wake(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (!this.run || this.plans.size === 0 || this.running.size >= MAX_RUNNING) return;
    const earliest = Math.min(...[...this.plans.values()].map(({ dueAtMs }) => dueAtMs));
    if (earliest === Infinity) return;
    this.timer = setTimeout(
      () => {
        this.runDue();
      },
      Math.max(0, earliest - this.clock.nowMs()),
    ).unref();
  }

  private runDue(): void {
    const now = this.clock.nowMs();
    for (const [id, plan] of this.plans) {
      if (!this.run || this.running.size >= MAX_RUNNING) break;
      if (plan.dueAtMs > now) continue;
      plan.dueAtMs = Infinity; // Until the check has ended and said when it comes again.
      const check: Promise<unknown> = this.run(id)
        .catch((error: unknown) => {
          if (!this.run) return; // The database may be gone by now.
          this.log.warn('a key could not be checked', { keyId: id, reason: (error as Error).message });
          if (this.plans.has(id)) this.after(id, 'exchange_down');
        })
        .finally(() => {
          this.running.delete(check);
          this.wake();
        });
      this.running.add(check);
    }
    this.wake();
  }
}
