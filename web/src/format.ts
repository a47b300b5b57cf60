import { zone } from './choices.js';

const NONE = '–';

const numbers = new Map<string, Intl.NumberFormat>();

function numberFormat(digits: number, least: number): Intl.NumberFormat {
  const key = `${digits}/${least}`;
  let found = numbers.get(key);
  if (!found) {
    found = new Intl.NumberFormat(undefined, { maximumFractionDigits: digits, minimumFractionDigits: least });
    numbers.set(key, found);
  }
  return found;
}

/** A number with so many decimals in the way of the reader's language; a dash for none. */
export function fixed(value: number | null | undefined, digits = 2): string {
  return value === null || value === undefined || !Number.isFinite(value)
    ? NONE
    : numberFormat(digits, digits).format(value);
}

/** Bps, always with a sign, so that nobody needs the colour. */
export function bps(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined) return NONE;
  return `${value > 0 ? '+' : ''}${fixed(value, digits).replace('-', '−')}`;
}

/** A price or size with at most seven significant digits. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const whole = Math.max(1, Math.ceil(Math.log10(Math.abs(value) + 1)));
  return numberFormat(Math.max(0, Math.min(10, 7 - whole)), 0).format(value);
}

/** Money with its currency. */
export function money(value: number | null | undefined, currency = ''): string {
  if (value === null || value === undefined) return NONE;
  return `${fixed(value, Math.abs(value) >= 10_000 ? 0 : 2)}${currency === '' ? '' : ` ${currency}`}`;
}

/** A count. */
export function count(value: number | null | undefined): string {
  return fixed(value, 0);
}

/** A time span in two units at most: 840 ms, 4.2 s, 3 m 20 s, 2 h 5 m, 3 d 4 h. */
export function span(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return NONE;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${fixed(ms / 1_000, ms < 10_000 ? 1 : 0)} s`;
  const units: [number, string][] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1_000, 's'],
  ];
  const first = units.findIndex(([size]) => ms >= size);
  const [size, name] = units[first] ?? [1_000, 's'];
  const [nextSize, nextName] = units[first + 1] ?? [1_000, 's'];
  const rest = Math.floor((ms % size) / nextSize);
  return `${Math.floor(ms / size)} ${name}${rest > 0 ? ` ${rest} ${nextName}` : ''}`;
}

/** A time of day, in the zone that was chosen, with its zone where it is not evident. */
export function clock(atMs: number | null | undefined, withDate = false): string {
  if (atMs === null || atMs === undefined) return NONE;
  const isUtc = zone.value === 'utc';
  const text = new Intl.DateTimeFormat(undefined, {
    ...(withDate && { year: 'numeric', month: '2-digit', day: '2-digit' }),
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
    ...(isUtc && { timeZone: 'UTC' }),
  }).format(atMs);
  return isUtc ? `${text} UTC` : text;
}
