import { type Input, stringify } from 'csv-stringify/sync';

/** What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

/**
 * Writes rows as CSV by RFC 4180: CRLF after every row, quotes where a cell needs them.
 *
 * A text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay as they are, negative
 * ones too, as they come from us alone.
 *
 * @param rows - Cells in the order of the columns; null is an empty cell.
 * @returns The text.
 */
export function csvText(rows: readonly (readonly unknown[])[]): string {
  return stringify(rows as Input, {
    record_delimiter: 'windows',
    // RFC 4180 wants quotes around either half of a line break; the writer looks for both together.
    quoted_match: /[\r\n]/,
    cast: {
      boolean: String,
      string: (value) => (FORMULA.test(value) ? { value, escape_formulas: true } : value),
    },
  });
}
