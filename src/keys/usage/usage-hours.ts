import type { SignedCall } from '../../exchanges/index.js';
import type { HourCount } from './signed-calls.repository.js';

export const HOUR_MS = 3_600_000;
/** Hours that a baseline is made from. */
export const BASELINE_HOURS = 7 * 24;
/** Fewer hours are no baseline. */
const LEAST_HOURS = 6;
/** An hour is far above the baseline when it has more than so many times as many calls … */
const FAR_FACTOR = 3;
/** … and so many more: a key that is hardly used is not suspected for a handful of calls. */
const FAR_CALLS = 30;

/** The calls of one hour. */
export interface UsageHour {
  /** When it begins, epoch ms. */
  readonly hourMs: number;
  readonly calls: number;
  /** Calls by how they ended. */
  readonly outcomes: Readonly<Partial<Record<SignedCall['outcome'], number>>>;
  /** True where there are far more than the baseline: more than three times as many, and more than 30 more. */
  readonly isFarAbove: boolean;
}

/** What an hour of this key is usually like. */
export interface UsageBaseline {
  /** Median calls of an hour. */
  readonly callsPerHour: number;
  /** Hours that it was made from. */
  readonly hours: number;
}

/**
 * Makes the baseline of a key: the median over its whole hours of the last seven days, from its first call on. Hours
 * without a call count as zero, so that a key that rests does not look busy.
 *
 * @param counts - Of the seven days before `nowMs`.
 * @returns Null while fewer than six hours are known.
 */
export function baselineOf(counts: readonly HourCount[], nowMs: number): UsageBaseline | null {
  const end = startOfHour(nowMs);
  const totals = totalsOf(counts.filter(({ hourMs }) => hourMs < end));
  const first = Math.min(...totals.keys());
  const hours = totals.size === 0 ? 0 : Math.min(BASELINE_HOURS, Math.round((end - first) / HOUR_MS));
  if (hours < LEAST_HOURS) return null;
  const calls = Array.from({ length: hours }, (_, i) => totals.get(end - (i + 1) * HOUR_MS) ?? 0).sort((a, b) => a - b);
  const middle = Math.floor(hours / 2);
  const upper = calls[middle] ?? 0;
  return { callsPerHour: hours % 2 === 1 ? upper : (upper + (calls[middle - 1] ?? 0)) / 2, hours };
}

/** Lists every hour of a range, those without a call too, and marks those far above the baseline. */
export function usageHours(
  counts: readonly HourCount[],
  from: number,
  to: number,
  baseline: UsageBaseline | null,
): UsageHour[] {
  const totals = totalsOf(counts);
  const start = startOfHour(from);
  const length = Math.max(0, Math.ceil((to - start) / HOUR_MS));
  return Array.from({ length }, (_, i) => {
    const hourMs = start + i * HOUR_MS;
    const ended = counts.filter((count) => count.hourMs === hourMs).map(({ outcome, calls }) => [outcome, calls]);
    const calls = totals.get(hourMs) ?? 0;
    return {
      hourMs,
      calls,
      outcomes: Object.fromEntries(ended) as UsageHour['outcomes'],
      isFarAbove: isFar(calls, baseline),
    };
  });
}

/** When the hour of a moment began, epoch ms. */
export function startOfHour(atMs: number): number {
  return Math.floor(atMs / HOUR_MS) * HOUR_MS;
}

function isFar(calls: number, baseline: UsageBaseline | null): boolean {
  if (baseline === null) return false;
  return calls > baseline.callsPerHour * FAR_FACTOR && calls > baseline.callsPerHour + FAR_CALLS;
}

function totalsOf(counts: readonly HourCount[]): Map<number, number> {
  const totals = new Map<number, number>();
  for (const { hourMs, calls } of counts) totals.set(hourMs, (totals.get(hourMs) ?? 0) + calls);
  return totals;
}
