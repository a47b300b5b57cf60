const DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Writes a decimal number the one plain way: no exponent, no needless zeros, no sign before zero, every digit kept.
 *
 * @param text - A decimal number as exchanges write them: `0.41820000`, `1e-8`, `+12`.
 * @returns The same number: `0.4182`, `0.00000001`, `12`; null where the text is no finite decimal number.
 */
export function plainDecimal(text: string): string | null {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const point = whole.length + Number(exponent);
  const leading = Math.max(0, 1 - point);
  const at = point + leading;
  const digits = ('0'.repeat(leading) + whole + fraction).padEnd(at, '0');
  const integer = digits.slice(0, at).replace(/^0+(?=\d)/, '');
  const rest = digits.slice(at).replace(/0+$/, '');
  const magnitude = rest === '' ? integer : `${integer}.${rest}`;
  return sign === '-' && magnitude !== '0' ? `-${magnitude}` : magnitude;
}
