import type { AlertFields, Severity } from '../../core/alerts/alert-template.js';
import type { ExchangeStatus } from '../../core/market/exchange-status.js';
import type { OpportunityEvent } from '../../core/opportunity/opportunity.js';
import type { KeyView } from '../../keys/index.js';

/** What rules look at. `tick` only says that time goes by. */
export type AlertInput =
  | { readonly type: 'opportunity'; readonly event: OpportunityEvent }
  | { readonly type: 'key'; readonly key: KeyView }
  | { readonly type: 'exchange'; readonly status: ExchangeStatus }
  | { readonly type: 'tick' };

/** Something that a rule looks for and found. */
export interface Found {
  /** What it is about: the same topic is told once per window. */
  readonly topic: string;
  readonly severity: Severity;
  readonly fields: AlertFields;
}

/** Looks for what one rule is about; knows no clock but what it is told, and holds no more than what is open now. */
export interface Watch {
  step(input: AlertInput, nowMs: number): readonly Found[];
}

/** Nothing, without a new array for each book update. */
export const NOTHING: readonly Found[] = [];

/** Writes a time as people and programs read it. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

/** Writes a length of time in its two greatest units. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
