import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { type ExportColumn, ExportGate } from '../../platform/export/index.js';
import { WIDTH_MS } from '../candle-widths.js';
import { readFresh } from '../history-writers.js';
import { keyOf } from '../key-cursor.js';
import { withoutRoute } from '../page.js';
import { type CandlesQuery, parseCandlesQuery, parseSamplesQuery } from '../spread-query.js';
import { type SpreadSample, sampleOf } from '../spread-sample.js';
import { SpreadWriter } from '../spread-writer.js';
import { type NetFigure, SpreadRepository, type StoredCandle } from '../spread.repository.js';
import { keyedPages, type ListRange, mostOf } from './list-range.js';
import { RangeInterceptor } from './range.interceptor.js';

type Candle = Omit<StoredCandle, 'route'>;

const PAGE_ROWS = 1_000;
/** Wide candles are made of narrow ones a little after their minute is over. */
const ROLLED_AFTER_MS = 120_000;

const number = <T extends Candle | SpreadSample>(name: keyof T & string): ExportColumn<T> => ({
  name,
  type: 'number',
  of: (row) => row[name],
});

const routeColumns = <T extends Candle | SpreadSample>(): ExportColumn<T>[] => [
  { name: 'routeId', type: 'text', of: (row) => row.routeId },
  { name: 'symbol', type: 'text', of: (row) => row.symbol },
  { name: 'buyExchange', type: 'text', of: (row) => row.buyExchange },
  { name: 'sellExchange', type: 'text', of: (row) => row.sellExchange },
];

/** A candle as a row of a table; new columns come last. */
export const CANDLE_COLUMNS: readonly ExportColumn<Candle>[] = [
  number('startMs'),
  ...routeColumns<Candle>(),
  number('openBps'),
  number('highBps'),
  number('lowBps'),
  number('closeBps'),
  number('grossBps'),
  { name: 'samples', type: 'integer', of: (row) => row.samples },
  number('aboveMs'),
];

/** A sample as a row of a table; new columns come last. */
export const SAMPLE_COLUMNS: readonly ExportColumn<SpreadSample>[] = [
  number('atMs'),
  ...routeColumns<SpreadSample>(),
  number('netBps'),
  number('grossBps'),
];

/** What candles and samples have in common; decorated, so that the constructor of both is known to the framework. */
@Injectable()
abstract class SpreadRangeInterceptor<T> extends RangeInterceptor<T> {
  constructor(
    gate: ExportGate,
    private readonly repository: SpreadRepository,
    private readonly writer: SpreadWriter,
    private readonly clock: Clock,
  ) {
    super(gate);
  }

  /** A range of candles, each shown as `show` makes it. */
  protected range(
    raw: unknown,
    query: CandlesQuery,
    figure: NetFigure,
    shown: { name: string; columns: readonly ExportColumn<T>[]; show: (candle: Candle) => T },
  ): ListRange<T> {
    const list = `spreads-${query.interval}-${figure}-${query.sort}`;
    const first = keyOf(query.cursor, list, ['time', 'number']);
    const width = WIDTH_MS[query.interval];
    const endMs = query.to === undefined ? Infinity : Math.ceil(query.to / width) * width + ROLLED_AFTER_MS;
    type Key = readonly (string | number)[];
    const read = async (after: Key | null, signal: AbortSignal): Promise<{ rows: T[]; next: Key | null }> => {
      const page = { ...query, limit: PAGE_ROWS };
      const found = await readFresh(this.writer, () => this.repository.list(page, figure, after, signal));
      const last = found[PAGE_ROWS - 1];
      const rows = found.slice(0, PAGE_ROWS).map((row) => shown.show(withoutRoute(row)));
      return { rows, next: found.length > PAGE_ROWS && last ? [last.startMs, last.route] : null };
    };
    return {
      isOver: endMs <= this.clock.nowMs(),
      name: shown.name,
      table: (signal) => ({
        columns: shown.columns,
        pages: keyedPages((after: Key | null) => read(after, signal), first, mostOf(raw, query.limit)),
      }),
      fingerprint: (signal) => readFresh(this.writer, () => this.repository.fingerprint(query, figure, first, signal)),
      fingerprintOf: (page) => JSON.stringify(page),
    };
  }
}

/** Exports of candles, and validators of their lists. */
@Injectable()
export class CandleRangeInterceptor extends SpreadRangeInterceptor<Candle> {
  protected override rangeOf(raw: unknown): ListRange<Candle> {
    const query = parseCandlesQuery(raw);
    const name = `spread-candles-${query.interval}`;
    return this.range(raw, query, 'high_bps', { name, columns: CANDLE_COLUMNS, show: (candle) => candle });
  }
}

/** Exports of samples, and validators of their lists. */
@Injectable()
export class SampleRangeInterceptor extends SpreadRangeInterceptor<SpreadSample> {
  protected override rangeOf(raw: unknown): ListRange<SpreadSample> {
    const shown = { name: 'spreads', columns: SAMPLE_COLUMNS, show: sampleOf };
    return this.range(raw, parseSamplesQuery(raw), 'close_bps', shown);
  }
}
