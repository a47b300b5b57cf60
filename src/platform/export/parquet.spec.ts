import { describe, expect, it } from '@jest/globals';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { ExportColumn } from './export-column.js';
import { parquetParts } from './parquet.js';

interface Row {
  readonly n: number | null;
  readonly whole: number;
  readonly word: string | null;
  readonly yes: boolean;
  readonly deep: object | null;
}

const COLUMNS: readonly ExportColumn<Row>[] = [
  { name: 'n', type: 'number', of: (row) => row.n },
  { name: 'whole', type: 'integer', of: (row) => row.whole },
  { name: 'word', type: 'text', of: (row) => row.word },
  { name: 'yes', type: 'boolean', of: (row) => row.yes },
  { name: 'deep', type: 'json', of: (row) => row.deep },
];

async function* inPages(rows: readonly Row[], size: number): AsyncGenerator<readonly Row[]> {
  for (let start = 0; start < rows.length; start += size) {
    yield await Promise.resolve(rows.slice(start, start + size));
  }
}

async function fileOf(rows: readonly Row[]): Promise<{ file: ArrayBuffer; parts: number }> {
  const parts: Buffer[] = [];
  for await (const part of parquetParts(COLUMNS, inPages(rows, 1_000))) parts.push(part);
  const whole = Buffer.concat(parts);
  const file = whole.buffer.slice(whole.byteOffset, whole.byteOffset + whole.length);
  return { file, parts: parts.length };
}

describe('parquetParts', () => {
  it('writes what is read back, in row groups that leave one by one', async () => {
    const rows = Array.from({ length: 9_500 }, (_, i) => ({
      n: i % 7 === 0 ? null : i / 3,
      whole: i - 5_000,
      word: i % 5 === 0 ? null : `ü${i}`,
      yes: i % 2 === 0,
      deep: i % 3 === 0 ? { a: [i] } : null,
    }));
    const { file, parts } = await fileOf(rows);
    expect(parquetMetadata(file).row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([4_000, 4_000, 1_500]);
    expect(parts).toBe(4);
    const told = rows.map((row) => ({ ...row, deep: row.deep ? JSON.stringify(row.deep) : null }));
    expect(await parquetReadObjects({ file })).toEqual(told);
  });

  it('writes a file without rows that has its columns', async () => {
    const { file } = await fileOf([]);
    expect(parquetMetadata(file).schema.map(({ name }) => name)).toEqual(['root', 'n', 'whole', 'word', 'yes', 'deep']);
    expect(await parquetReadObjects({ file })).toEqual([]);
  });
});
