import type { Settings } from '../../platform/config/index.js';

/** A use of a key or of its account that was not ours. */
export interface ForeignUse {
  /** The exchange's clock, epoch milliseconds. */
  readonly atMs: number;
  /** What was done, when, and when we used the key ourselves. */
  readonly seen: string;
}

/** What a verdict needs to know beside the answer of the exchange. */
export interface Circumstances {
  readonly addedAtMs: number;
  /** The last signed call that was no check, as far as this process saw one; null where it saw none. */
  readonly workedAtMs: number | null;
  /** What the exchange told now of uses that were not ours. */
  readonly foreignUses: readonly ForeignUse[];
  /** Our own addresses as this exchange sees them, the one seen last first. */
  readonly egressAddresses: readonly string[];
  readonly masterKeyCreatedAtMs: number | null;
  readonly limits: Pick<Settings['keys'], 'maxAgeDays' | 'neverUsedDays' | 'masterKeyMaxAgeDays'>;
}
