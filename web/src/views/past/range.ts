import { place } from '../../router.js';

const HOUR_MS = 3_600_000;

/** Ranges that can be chosen by name; they end now. */
export const RANGES = [
  { id: '15m', title: '15 m', ms: HOUR_MS / 4 },
  { id: '1h', title: '1 h', ms: HOUR_MS },
  { id: '6h', title: '6 h', ms: 6 * HOUR_MS },
  { id: '24h', title: '24 h', ms: 24 * HOUR_MS },
  { id: '7d', title: '7 d', ms: 168 * HOUR_MS },
  { id: '30d', title: '30 d', ms: 720 * HOUR_MS },
] as const;

/** Widths of candles, narrowest first, each with the longest range that is drawn with it. */
export const INTERVALS = [
  { id: '1s', upToMs: HOUR_MS / 4 },
  { id: '1m', upToMs: 6 * HOUR_MS },
  { id: '5m', upToMs: 24 * HOUR_MS },
  { id: '1h', upToMs: 720 * HOUR_MS },
  { id: '1d', upToMs: Infinity },
] as const;

/** A range of time: from (inclusive) to (exclusive), epoch ms. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The range that the address gives by its two ends (epoch ms); null where it names one that ends now. */
export function ownRange(): Range | null {
  const [fromMs, toMs] = ['from', 'to'].map((name) => Number(place.value.query.get(name) ?? NaN));
  if (fromMs === undefined || toMs === undefined) return null;
  return fromMs < toMs && isTime(fromMs) && isTime(toMs) ? { fromMs, toMs } : null;
}

function isTime(ms: number): boolean {
  return Number.isInteger(ms) && !Number.isNaN(new Date(ms).getTime());
}

/** The range by name of the address, an hour without one. */
export function namedRange(): (typeof RANGES)[number] {
  const id = place.value.query.get('range') ?? '1h';
  return RANGES.find((range) => range.id === id) ?? RANGES[1];
}

/** How wide the candles of a range are: as chosen in the address, or as its length allows. */
export function intervalOf({ fromMs, toMs }: Range): string {
  const chosen = place.value.query.get('interval');
  const fitting = INTERVALS.find(({ id, upToMs }) => (chosen === null ? toMs - fromMs <= upToMs : id === chosen));
  return (fitting ?? INTERVALS[1]).id;
}

/** Parameters of a question about a range. */
export function asQuery({ fromMs, toMs }: Range): { from: number; to: number } {
  return { from: Math.round(fromMs), to: Math.round(toMs) };
}

/** The query of the address with changes; an empty value takes one away. */
export function withChanges(changes: Readonly<Record<string, string>>): Record<string, string> {
  return { ...Object.fromEntries(place.value.query), ...changes };
}
