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
/** Longest wait after an exchange asked for silence again and again, milliseconds, where the interval is not longer. */
const MAX_SILENCE_MS = 3_600_000;
/** Between two checks at one exchange, milliseconds; a tenth of the interval where that is shorter. */
const SPACING_MS = 3_000;
/** A check out of turn comes at most once in this time per key, milliseconds. */
const OUT_OF_TURN_MS = 60_000;

interface Plan {
  readonly exchange: string;
  dueAtMs: number;
  /** How often in a row the exchange could not be asked, or asked for silence. */
  failures: number;
  outOfTurnAtMs: number;
  /** True while the check that is due was asked for by what was seen here. */
  isOutOfTurn: boolean;
}

/** A key as far as the schedule knows it. */
export interface ScheduledKey {
  readonly id: string;
  readonly exchange: string;
}

/** Runs a check of a key; `isOutOfTurn` where something was seen that asks for it. */
export type RunCheck = (id: string, isOutOfTurn: boolean) => Promise<unknown>;

/**
 * Returns how long to wait before the next check of a key.
 *
 * @param outcome - How the last one ended.
 * @param failures - How often in a row the exchange could not be asked or asked for silence, this one included.
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
  const silenceMs = Math.min(
    Math.max(intervalMs, MAX_SILENCE_MS),
    intervalMs * 2 ** Math.min(Math.max(failures - 1, 0), 20),
  );
  const waits: Partial<Record<typeof outcome, number>> = {
    exchange_down: Math.min(intervalMs, retryMs),
    rate_limited: silenceMs,
  };
  const base = waits[outcome] ?? intervalMs;
  return base * (1 - JITTER + 2 * JITTER * random);
}

/** Says when each key is checked again, and runs a few checks at a time. Bounded by the watched keys. */
@Injectable()
export class CheckSchedule {
  private readonly plans = new Map<string, Plan>();
  private readonly running = new Set<Promise<unknown>>();
  /** From when on an exchange may be asked about its next key; bounded by the exchanges that keys are of. */
  private readonly freeAtMs = new Map<string, number>();
  private timer: NodeJS.Timeout | null = null;
  private run: RunCheck | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
    @Inject(SETTINGS) private readonly settings: { readonly keys: Pick<Settings['keys'], 'checkIntervalMs'> },
  ) {}

  /** Begins to run checks; those already due run now. */
  start(run: RunCheck): void {
    this.run = run;
    this.wake();
  }

  /** Runs no more checks. Those that run are not waited for: an exchange may be silent for longer than a stop may take. */
  stop(): void {
    this.run = null;
    if (this.timer) clearTimeout(this.timer);
  }

  /** Plans a key's first check for now. */
  add(key: ScheduledKey): void {
    this.plan(key, this.clock.nowMs(), 0);
  }

  forget(id: string): void {
    this.plans.delete(id);
  }

  /**
   * Plans the next check after one that ended with an outcome.
   *
   * @returns In how many milliseconds it comes.
   */
  after(key: ScheduledKey, outcome: 'ok' | KeyProbeFailureCode): number {
    const isHeldUp = outcome === 'exchange_down' || outcome === 'rate_limited';
    const failures = isHeldUp ? (this.plans.get(key.id)?.failures ?? 0) + 1 : 0;
    const inMs = nextCheckInMs(outcome, failures, this.settings.keys.checkIntervalMs, Math.random());
    this.plan(key, this.clock.nowMs() + inMs, failures);
    return inMs;
  }

  /** Plans the next check for when another service's turn is over: a little later, so that it goes on if it lives. */
  postpone(key: ScheduledKey, freeInMs: number): void {
    const laterMs = this.settings.keys.checkIntervalMs * JITTER * (1 + Math.random());
    this.plan(key, this.clock.nowMs() + freeInMs + laterMs, 0);
  }

  /** Checks a key soon, unless that was done a short time ago. */
  outOfTurn(id: string): void {
    const plan = this.plans.get(id);
    const now = this.clock.nowMs();
    if (!plan || now - plan.outOfTurnAtMs < OUT_OF_TURN_MS) return;
    plan.outOfTurnAtMs = now;
    plan.isOutOfTurn = true;
    plan.dueAtMs = now;
    this.wake();
  }

  private plan({ id, exchange }: ScheduledKey, dueAtMs: number, failures: number): void {
    const outOfTurnAtMs = this.plans.get(id)?.outOfTurnAtMs ?? -Infinity;
    this.plans.set(id, { exchange, dueAtMs, failures, outOfTurnAtMs, isOutOfTurn: false });
    this.wake();
  }

  /** When a check may run: when it is due, and its exchange was not asked a moment ago. */
  private readyAtMs({ exchange, dueAtMs }: Plan): number {
    return Math.max(dueAtMs, this.freeAtMs.get(exchange) ?? 0);
  }

  /** Sleeps until the earliest check is due; while all places are taken, the next free one wakes it. */
  private wake(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (!this.run || this.plans.size === 0 || this.running.size >= MAX_RUNNING) return;
    const earliest = Math.min(...[...this.plans.values()].map((plan) => this.readyAtMs(plan)));
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
    const spacingMs = Math.min(SPACING_MS, this.settings.keys.checkIntervalMs * JITTER);
    for (const [id, plan] of this.plans) {
      if (!this.run || this.running.size >= MAX_RUNNING) break;
      if (this.readyAtMs(plan) > now) continue;
      plan.dueAtMs = Infinity; // Until the check has ended and said when it comes again.
      this.freeAtMs.set(plan.exchange, now + spacingMs);
      const check: Promise<unknown> = this.run(id, plan.isOutOfTurn)
        .catch((error: unknown) => {
          if (!this.run) return; // The database may be gone by now.
          this.log.warn('a key could not be checked', { keyId: id, reason: (error as Error).message });
          if (this.plans.has(id)) this.after({ id, exchange: plan.exchange }, 'exchange_down');
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
