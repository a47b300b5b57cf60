const TIME = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * Reads a time as tables of recordings write it; without a zone it is UTC.
 *
 * @param text - `2025-08-31 18:35:38.358485`, `2023-03-01T00:00:00+00:00`, `2025-04-14`, or epoch milliseconds.
 * @returns Epoch milliseconds with fractions; null where it is no time.
 */
export function timeOfText(text: string): number | null {
  if (/^\d{12,14}(\.\d+)?$/.test(text)) return Number(text);
  const match = TIME.exec(text);
  if (!match) return null;
  const [, day = '', clock = '00:00:00', fraction = '', zone = 'Z'] = match;
  const seconds = Date.parse(`${day}T${clock}${zone}`);
  return Number.isNaN(seconds) ? null : seconds + Number(`0.${fraction || '0'}`) * 1_000;
}
