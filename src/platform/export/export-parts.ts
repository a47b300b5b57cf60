import { setImmediate as nextTurn } from 'node:timers/promises';
import { csvText } from './csv.js';
import { cellOf, type ExportColumn } from './export-column.js';
import type { ExportFormat } from './export-format.js';
import { parquetParts } from './parquet.js';

/** A table to be written out. */
export interface ExportTable<T> {
  readonly columns: readonly ExportColumn<T>[];
  /** The rows, a bounded page at a time; the next is asked for when the one before has gone out. */
  readonly pages: AsyncIterable<readonly T[]>;
}

/** Rows written in one go: under two milliseconds, so that frames of exchanges are let in between. */
const SLICE_ROWS = 100;

/**
 * Writes a table out part by part: memory does not grow with its rows.
 *
 * @param table - The table. NDJSON shows rows whole, as lists show them; the others its columns.
 * @param format - How.
 * @returns Parts in order.
 */
export async function* exportParts<T>(table: ExportTable<T>, format: ExportFormat): AsyncGenerator<string | Buffer> {
  if (format === 'parquet') {
    yield* parquetParts(table.columns, table.pages);
    return;
  }
  if (format === 'csv') yield csvText([table.columns.map(({ name }) => name)]);
  for await (const rows of table.pages) {
    for (let start = 0; start < rows.length; start += SLICE_ROWS) {
      const slice = rows.slice(start, start + SLICE_ROWS);
      yield format === 'csv'
        ? csvText(slice.map((row) => table.columns.map((column) => cellOf(column, row))))
        : slice.map((row) => `${JSON.stringify(row)}\n`).join('');
      await nextTurn();
    }
  }
}
