/** What a cell of a column holds; times are numbers, epoch milliseconds with fractions. */
export type ColumnType = 'number' | 'integer' | 'text' | 'boolean' | 'json';

/** One column of a table that is written out: the order of a list of them is the order in the file. */
export interface ExportColumn<T> {
  readonly name: string;
  /** `json` is written as the text of a JSON value. */
  readonly type: ColumnType;
  /** The value of a row; null and undefined are an empty cell. */
  readonly of: (row: T) => unknown;
}

/**
 * Reads the cell of a row in the form that a table can hold.
 *
 * @param column - Which.
 * @param row - Of which row.
 * @returns A number, text, a boolean, or null where there is nothing.
 */
export function cellOf<T>(column: ExportColumn<T>, row: T): number | string | boolean | null {
  const value = column.of(row);
  if (value === null || value === undefined) return null;
  if (column.type === 'json') return JSON.stringify(value);
  return typeof value === 'number' || typeof value === 'boolean' ? value : (value as string);
}
