import type { Clock } from '../../platform/clock/index.js';
import { Backoff, type BackoffOptions } from './backoff.js';

/** Why an exchange wants no calls for a while: stable codes, part of the published vocabulary. */
export type HoldCode = 'rate_limited' | 'banned' | 'maintenance';

/** A time in which no REST call of an exchange leaves. */
export interface Hold {
  readonly code: HoldCode;
  /** What the exchange said. */
  readonly message: string;
  /** Our clock. */
  readonly untilMs: number;
}

/** How long where the exchange names no time: longer each time in a row. */
const UNTOLD: Readonly<Record<HoldCode, BackoffOptions>> = {
  rate_limited: { baseMs: 5_000, capMs: 300_000, stableAfterMs: 60_000 },
  banned: { baseMs: 120_000, capMs: 3_600_000, stableAfterMs: 600_000 },
  // Nobody tells when it is over, so it is looked for often enough to be back within half a minute.
  maintenance: { baseMs: 5_000, capMs: 30_000, stableAfterMs: 60_000 },
};
/** No time that is told is believed beyond three days, the longest ban that binance documents. */
const MAX_HOLD_MS = 259_200_000;
const MIN_HOLD_MS = 1_000;
/** After a hold, calls leave one by one this far apart, the first as a probe of whether it is really over. */
const SPACING_MS = 100;
/** The last of many waiting calls leaves no later than 30 seconds after the hold. */
const MAX_TURNS = 300;

/**
 * Keeps the REST calls of one exchange back for as long as it asked: a limit counts by address, so one call that is
 * refused speaks for all of them, and binance turns further calls into a ban
 * (https://developers.binance.com/docs/binance-spot-api-docs/rest-api/limits).
 */
export class RestGate {
  private hold: Hold | null = null;
  private turns = 0;
  private readonly untold: Readonly<Record<HoldCode, Backoff>>;

  /**
   * @param clock - Our clock.
   * @param held - Told of each hold that begins or grows.
   */
  constructor(
    private readonly clock: Clock,
    private readonly held: (hold: Hold) => void,
  ) {
    const backoff = (code: HoldCode): Backoff => new Backoff(UNTOLD[code]);
    this.untold = {
      rate_limited: backoff('rate_limited'),
      banned: backoff('banned'),
      maintenance: backoff('maintenance'),
    };
  }

  /** The hold that lasts now, null when calls may leave. */
  get current(): Hold | null {
    return this.hold !== null && this.clock.nowMs() < this.hold.untilMs ? this.hold : null;
  }

  /**
   * Notes that the exchange wants no calls.
   *
   * @param code - Why.
   * @param message - What it said.
   * @param toldMs - Until when it said, our clock; null when it named no time.
   */
  refused(code: HoldCode, message: string, toldMs: number | null): void {
    const nowMs = this.clock.nowMs();
    const { current } = this;
    // Calls that were under way together are refused together: that is one refusal, not several in a row.
    if (current && toldMs === null && current.code === code) return;
    const wantedMs = toldMs ?? nowMs + this.untold[code].failed(nowMs);
    const untilMs = Math.min(nowMs + MAX_HOLD_MS, Math.max(nowMs + MIN_HOLD_MS, wantedMs));
    if (current && current.untilMs >= untilMs) return;
    this.hold = { code, message, untilMs };
    this.turns = 0;
    this.held(this.hold);
  }

  /** Notes that a call was answered. */
  answered(): void {
    const nowMs = this.clock.nowMs();
    for (const backoff of Object.values(this.untold)) backoff.succeeded(nowMs);
  }

  /**
   * Says when a call may be tried again.
   *
   * @param delayMs - The wait that is due anyway.
   * @returns That wait, longer while a hold lasts; each caller gets a turn of its own, so that they do not leave at once.
   */
  waitMs(delayMs: number): number {
    const { current } = this;
    if (!current) return delayMs;
    const turn = this.turns;
    this.turns = (this.turns + 1) % MAX_TURNS;
    return Math.max(delayMs, current.untilMs - this.clock.nowMs() + turn * SPACING_MS);
  }
}
