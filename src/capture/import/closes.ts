import type { Instrument } from '../../core/market/instrument.js';
import { CaptureError } from '../../core/replay/capture.error.js';
import { splitName } from './market-names.js';
import { type MarketScript, NO_LIMIT, type Top } from './market-script.js';
import type { Moment } from './merge.js';
import { type Row, priceOf, readTable, timeOf } from './table.js';

/** Which columns are read, and as which exchanges. */
export interface CloseOptions {
  /** Names of columns; null for every one. */
  readonly columns: readonly string[] | null;
  /** ccxt's ids by the names that the table has for them. */
  readonly renamed: ReadonlyMap<string, string>;
}

interface Column {
  readonly name: string;
  readonly index: number;
  readonly instrument: Instrument;
  top: Top | null;
}

/**
 * Reads a table of closing prices: a header `time,EXCHANGE_BASEQUOTE,…`, then a row a period, empty where nothing traded.
 *
 * A close is no book: it becomes one of a single level, bid and ask both the close, of a size that limits nothing. A
 * close that did not move is proof of life alone, so that a market that is frozen grows quiet.
 */
export async function* closesMoments(
  file: string,
  script: MarketScript,
  options: CloseOptions,
): AsyncGenerator<readonly Moment[]> {
  let columns: readonly Column[] | null = null;
  for await (const rows of readTable(file)) {
    const moments: Moment[] = [];
    for (const row of rows) {
      if (columns) moments.push(momentOf(row, columns, script));
      else columns = columnsOf(row, options);
    }
    yield moments;
  }
}

function momentOf(row: Row, columns: readonly Column[], script: MarketScript): Moment {
  const atMs = timeOf(row, row.cells[0] ?? '');
  const prices = columns.map(({ name, index }) => priceOf(row, name, row.cells[index] ?? ''));
  const play = (): void => {
    for (const [nth, column] of columns.entries()) {
      const price = prices[nth] ?? null;
      if (price === null) continue;
      const top: Top = [price, NO_LIMIT, price, NO_LIMIT];
      script.top(column.instrument, top, column.top, atMs);
      column.top = top;
    }
    script.tick(atMs);
  };
  return { atMs, play };
}

function columnsOf({ cells, where }: Row, { columns, renamed }: CloseOptions): Column[] {
  const names = cells.slice(1).map((cell) => cell.trim());
  const missing = columns?.find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw new CaptureError(`${where}: there is no column "${missing}"; the header has ${names.join(', ')}`);
  }
  // In the order in which they are asked for: what converts others is named first.
  return (columns ?? names).map((name) => {
    const at = name.indexOf('_');
    const symbol = at > 0 ? splitName(name.slice(at + 1)) : null;
    if (symbol === null) {
      throw new CaptureError(
        `${where}: the column "${name}" is no EXCHANGE_BASEQUOTE; rename it, or name the columns to read with --columns`,
      );
    }
    const exchange = name.slice(0, at);
    const instrument = { exchange: renamed.get(exchange) ?? exchange, symbol };
    return { name, index: names.indexOf(name) + 1, instrument, top: null };
  });
}
