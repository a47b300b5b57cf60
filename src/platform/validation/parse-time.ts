/** Times that both JavaScript and PostgreSQL can hold, epoch ms. */
const MAX_TIME_MS = 8.64e15;
const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+ -]\d{2}:?\d{2})?)?$/;

/**
 * Reads a time.
 *
 * @param value - ISO 8601 (a `+` that a URL turned into a space is understood) or epoch milliseconds.
 * @returns Epoch milliseconds, or undefined when it is neither or no day of the calendar.
 */
export function parseTime(value: string): number | undefined {
  if (/^\d{1,16}(\.\d{1,6})?$/.test(value)) {
    const ms = Number(value);
    return ms <= MAX_TIME_MS ? ms : undefined;
  }
  const [, day = '', clock = '00:00', zone = 'Z'] = ISO.exec(value) ?? [];
  if (day === '') return undefined;
  const midnight = new Date(`${day}T00:00:00Z`);
  // 30 February is read as 2 March: no such day.
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return undefined;
  const offset = zone.replace(' ', '+').replace(/^([+-]\d{2})(\d{2})$/, '$1:$2');
  const ms = Date.parse(`${day}T${clock}${offset}`);
  return ms >= 0 && ms <= MAX_TIME_MS ? ms : undefined;
}
