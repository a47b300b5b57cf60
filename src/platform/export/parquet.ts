import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import { cellOf, type ColumnType, type ExportColumn } from './export-column.js';

/** Rows of a row group: a group is put together in one go, and news of the market wait that long. */
const GROUP_ROWS = 4_000;

const TYPES: Readonly<Record<ColumnType, Omit<SchemaElement, 'name'>>> = {
  number: { type: 'DOUBLE', repetition_type: 'OPTIONAL' },
  integer: { type: 'INT32', repetition_type: 'OPTIONAL' },
  boolean: { type: 'BOOLEAN', repetition_type: 'OPTIONAL' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
};

/** Bytes that are handed on as they are made; its offsets go on counting, as the footer needs them. */
class PassingWriter extends ByteWriter {
  /** Takes what was written since the last time. */
  take(): Buffer {
    const bytes = Buffer.from(this.getBuffer());
    this.index = 0;
    return bytes;
  }
}

/**
 * Writes pages of rows as one Parquet file (snappy), a row group at a time. The footer comes last, so a file that was cut
 * off is no Parquet file.
 *
 * @param columns - The columns.
 * @param pages - The rows.
 * @returns Parts of the file; beside one row group, only what the footer tells of each group is in memory.
 */
export async function* parquetParts<T>(
  columns: readonly ExportColumn<T>[],
  pages: AsyncIterable<readonly T[]>,
): AsyncGenerator<Buffer> {
  const writer = new PassingWriter();
  const root = { name: 'root', num_children: columns.length };
  const schema = [root, ...columns.map(({ name, type }) => ({ name, ...TYPES[type] }))];
  const file = new ParquetWriter({ writer, schema, createdBy: 'crossbook' });
  let waiting: T[] = [];
  const group = (): Buffer => {
    const columnData = columns.map((column) => ({
      name: column.name,
      data: waiting.map((row) => cellOf(column, row)),
      offsetIndex: false,
    }));
    void file.write({ columnData, rowGroupSize: GROUP_ROWS });
    waiting = [];
    return writer.take();
  };
  for await (const rows of pages) {
    waiting.push(...rows);
    if (waiting.length >= GROUP_ROWS) yield group();
  }
  if (waiting.length > 0) yield group();
  void file.finish();
  yield writer.take();
}
