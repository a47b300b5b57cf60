import type { ExchangeId } from './instrument.js';

/** What proves that both legs trade the same asset. */
export type IdentityEvidence = 'same_company' | 'contract' | 'price_ratio' | 'allowed';

/** What is held of one ticker on two exchanges, as people are shown it. */
export interface IdentityEntry {
  /** Asset code without multipliers. */
  readonly asset: string;
  /** The two exchanges in alphabetical order; null for all of them. */
  readonly exchanges: readonly [ExchangeId, ExchangeId] | null;
  readonly verdict: 'allow' | 'deny';
  /** By a person, by the settings, or learnt from what the exchanges tell. */
  readonly source: 'person' | 'settings' | 'learnt';
  readonly evidence: string;
  readonly atMs: number;
}
