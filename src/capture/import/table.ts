import { CaptureError } from '../../core/replay/capture.error.js';
import { readLines } from '../read-lines.js';
import { timeOfText } from './time-text.js';

/** One row of a table of comma-separated values, with where it stands. */
export interface Row {
  readonly cells: readonly string[];
  /** File and line, for messages. */
  readonly where: string;
}

/**
 * Reads a table of comma-separated values, without quotes, in batches. Empty lines are passed over.
 *
 * @throws {CaptureError} If the file cannot be read.
 */
export async function* readTable(file: string): AsyncGenerator<readonly Row[]> {
  let line = 0;
  for await (const lines of readLines(file, { mayBeCut: false })) {
    yield lines.flatMap((text): Row[] => {
      line += 1;
      const trimmed = text.trim();
      return trimmed === '' ? [] : [{ cells: trimmed.split(','), where: `${file}, line ${line}` }];
    });
  }
}

/**
 * Reads the time of a row.
 *
 * @throws {CaptureError} If it is no time.
 */
export function timeOf({ where }: Row, text: string): number {
  const atMs = timeOfText(text.trim());
  if (atMs === null) {
    throw new CaptureError(
      `${where}: "${text}" is no time; write it as 2025-08-31 18:35:38.358485 or epoch milliseconds`,
    );
  }
  return atMs;
}

/**
 * Reads a price; an empty cell is none.
 *
 * @throws {CaptureError} If it is no number above 0.
 */
export function priceOf({ where }: Row, column: string, text: string): number | null {
  if (text.trim() === '') return null;
  const price = Number(text);
  if (!(price > 0 && price < Infinity)) {
    throw new CaptureError(`${where}, ${column}: "${text}" is no price; it must be a number above 0, or empty`);
  }
  return price;
}
