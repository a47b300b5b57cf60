import { place } from '../../router.js';

const HOUR_MS = 3_600_000;

/** Ranges that can be chosen by name. */
export const RANGES = [
  { id: '15m', title: '15 m', ms: HOUR_MS / 4, interval: '1s' },
  { id: '1h', title: '1 h', ms: HOUR_MS, interval: '1m' },
  { id: '6h', title: '6 h', ms: 6 * HOUR_MS, interval: '1m' },
  { id: '24h', title: '24 h', ms: 24 * HOUR_MS, interval: '5m' },
  { id: '7d', title: '7 d', ms: 168 * HOUR_MS, interval: '1h' },
  { id: '30d', title: '30 d', ms: 720 * HOUR_MS, interval: '1h' },
] as const;

/** One range. */
export type Range = (typeof RANGES)[number];

/** The range that the address names, an hour without one. */
export function chosenRange(): Range {
  const id = place.value.query.get('range') ?? '1h';
  return RANGES.find((range) => range.id === id) ?? RANGES[1];
}

/** The query of the address with changes; an empty value takes one away. */
export function withChanges(changes: Readonly<Record<string, string>>): Record<string, string> {
  return { ...Object.fromEntries(place.value.query), ...changes };
}
