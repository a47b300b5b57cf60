/** What proves that two exchanges mean the same asset by one ticker. */
export interface IdentityRules {
  /** Assets whose ticker is taken to mean the same everywhere. */
  readonly allow: readonly string[];
  /** A price ratio proves after it held for so long, milliseconds. */
  readonly ratioHoldMs: number;
  /** How far the ratio may be from 1, bps. */
  readonly ratioToleranceBps: number;
}
