import { belowThreshold } from './below-threshold.js';
import type { Candidate } from './candidate.js';
import { crossedBook } from './crossed-book.js';
import { exchangeDown } from './exchange-down.js';
import { flicker } from './flicker.js';
import type { Gate } from './gate.js';
import { identity } from './identity.js';
import { late } from './late.js';
import { notTransferable } from './not-transferable.js';
import { oneSided } from './one-sided.js';
import { outOfSync } from './out-of-sync.js';
import { quote } from './quote.js';
import { skewed } from './skewed.js';
import { stale } from './stale.js';
import { tooGood } from './too-good.js';
import { tooThin } from './too-thin.js';

/** The gates in their order; each may lean on those before it having passed. */
export const GATES: readonly Gate[] = [
  exchangeDown,
  outOfSync,
  oneSided,
  crossedBook,
  stale,
  skewed,
  late,
  identity,
  quote,
  belowThreshold,
  tooThin,
  tooGood,
  notTransferable,
  flicker,
];

/**
 * Asks the gates in order.
 *
 * @param candidate - The route to judge.
 * @returns The first gate that refuses, null when all accept.
 */
export function judge(candidate: Candidate): Gate | null {
  for (const gate of GATES) if (gate.refuses(candidate)) return gate;
  return null;
}
