import { CaptureError } from '../../core/replay/capture.error.js';
import { type MarketScript, NO_LIMIT, type Top } from './market-script.js';
import type { Moment } from './merge.js';
import { type Row, priceOf, readTable, timeOf } from './table.js';

/** What the cells of a row are. */
export interface TopOptions {
  /** `time`, `EXCHANGE.bid`, `EXCHANGE.ask`, or `-` for what is not read; one of each cell. */
  readonly columns: readonly string[];
  readonly symbol: string;
}

interface Market {
  readonly exchange: string;
  readonly bid: number;
  readonly ask: number;
  top: Top | null;
}

/**
 * Reads a table of best bids and asks of several exchanges, a row a sample, without a header. Sizes are not told, so
 * they limit nothing; a sample that did not move is proof of life alone.
 */
export async function* topsMoments(
  file: string,
  script: MarketScript,
  { columns, symbol }: TopOptions,
): AsyncGenerator<readonly Moment[]> {
  const timeAt = columns.indexOf('time');
  const markets = marketsOf(columns);
  for await (const rows of readTable(file)) {
    yield rows.map((row) => {
      if (row.cells.length !== columns.length) {
        throw new CaptureError(
          `${row.where}: it has ${row.cells.length} cells, but --columns names ${columns.length}; write "-" for a cell to pass over`,
        );
      }
      return momentOf(row, { atMs: timeOf(row, row.cells[timeAt] ?? ''), markets, symbol, script });
    });
  }
}

interface Sample {
  readonly atMs: number;
  readonly markets: readonly Market[];
  readonly symbol: string;
  readonly script: MarketScript;
}

function momentOf(row: Row, { atMs, markets, symbol, script }: Sample): Moment {
  const tops = markets.map(({ exchange, bid, ask }): Top | null => {
    const bidPrice = priceOf(row, `${exchange}.bid`, row.cells[bid] ?? '');
    const askPrice = priceOf(row, `${exchange}.ask`, row.cells[ask] ?? '');
    return bidPrice === null || askPrice === null ? null : [bidPrice, NO_LIMIT, askPrice, NO_LIMIT];
  });
  const play = (): void => {
    for (const [nth, market] of markets.entries()) {
      const top = tops[nth] ?? null;
      if (top === null) continue;
      script.top({ exchange: market.exchange, symbol }, top, market.top, atMs);
      market.top = top;
    }
    script.tick(atMs);
  };
  return { atMs, play };
}

function marketsOf(columns: readonly string[]): Market[] {
  const odd = columns.find((name) => name !== '-' && name !== 'time' && !/^[a-z0-9]+\.(bid|ask)$/.test(name));
  if (odd !== undefined) {
    throw new CaptureError(`--columns: "${odd}" must be "time", "-", or an exchange's price such as "kraken.bid"`);
  }
  if (!columns.includes('time')) throw new CaptureError('--columns: one of them must be "time"');
  const exchanges = new Set(columns.flatMap((name) => /^([a-z0-9]+)\./.exec(name)?.[1] ?? []));
  return [...exchanges].map((exchange) => {
    const [bid, ask] = [columns.indexOf(`${exchange}.bid`), columns.indexOf(`${exchange}.ask`)];
    if (bid < 0 || ask < 0)
      throw new CaptureError(`--columns: ${exchange} needs both ${exchange}.bid and ${exchange}.ask`);
    return { exchange, bid, ask, top: null };
  });
}
