import { setImmediate as nextTurn } from 'node:timers/promises';

/** A statement carries about so much text: well under a millisecond to write and to send. */
const STATEMENT_CHARS = 65_536;

/**
 * Writes records as JSON arrays of a bounded size. Hundreds of openings with their books take milliseconds to write and
 * to hand over to a socket, and news would wait behind them; so frames that arrived meanwhile are let in between.
 *
 * @param records - What a statement takes, one element per row.
 * @returns Arrays as text, each but the last of about 64 kB; none where there are no records.
 */
export async function* jsonSlices(records: Iterable<object>): AsyncGenerator<string> {
  let parts: string[] = [];
  let length = 0;
  for (const record of records) {
    const text = JSON.stringify(record);
    parts.push(text);
    length += text.length;
    if (length < STATEMENT_CHARS) continue;
    yield `[${parts.join(',')}]`;
    parts = [];
    length = 0;
    await nextTurn();
  }
  if (parts.length > 0) yield `[${parts.join(',')}]`;
}
