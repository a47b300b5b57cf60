import type { GateLimits } from '../gates/candidate.js';
import type { IdentityRules } from '../identity/identity-rules.js';
import type { LifecycleLimits } from '../opportunity/lifecycle.js';

/** What rules the decisions of a detector; part of a capture, since equal settings and log give equal decisions. */
export interface DetectorSettings {
  /** Id of this run; opportunity ids begin with it. */
  readonly epoch: string;
  readonly minNetBps: number;
  /** An open route is asked for this much less, so that it does not flutter about the threshold. */
  readonly hysteresisBps: number;
  /** What would open must have passed every other gate for so long. */
  readonly minDwellMs: number;
  /** Most notional that is taken into account, USD; null for no cap. */
  readonly maxNotionalUsd: number | null;
  /** Whether known balances cap the size. */
  readonly capByBalance: boolean;
  /** Stablecoins further from parity are told on the opportunity. */
  readonly depegBandBps: number;
  /** Routes of each base whose spread is kept each second. */
  readonly spreadRoutes: number;
  /** Time between two ticks of the clock, milliseconds. */
  readonly tickMs: number;
  readonly limits: GateLimits;
  readonly identity: IdentityRules;
  readonly lifecycle: LifecycleLimits;
}
