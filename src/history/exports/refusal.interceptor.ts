import { Injectable } from '@nestjs/common';
import type { RefusalCount } from '../../core/gates/refusal-reason.js';
import { OpportunityFeed } from '../../detection/index.js';
import { Clock } from '../../platform/clock/index.js';
import { type ExportColumn, ExportGate } from '../../platform/export/index.js';
import { readFresh } from '../history-writers.js';
import { keyOf, type KeyPart } from '../key-cursor.js';
import { withoutRoute } from '../page.js';
import { concerns } from '../refusal-filter.js';
import { parseRefusalsQuery, type RefusalsQuery } from '../refusal-query.js';
import { RefusalWriter } from '../refusal-writer.js';
import { RefusalRepository } from '../refusal.repository.js';
import { keyedPages, type KeyedPage, type ListRange, mostOf } from './list-range.js';
import { RangeInterceptor } from './range.interceptor.js';

type Row = object;
type Key = readonly (string | number)[];

const PAGE_ROWS = 1_000;
const MINUTE_MS = 60_000;

const column = (name: string, type: ExportColumn<Row>['type']): ExportColumn<Row> => ({
  name,
  type,
  of: (row) => (row as Readonly<Record<string, unknown>>)[name],
});
const ROUTE = ['routeId', 'symbol', 'buyExchange', 'sellExchange'].map((name) => column(name, 'text'));
const COUNTS = [column('reason', 'text'), column('entries', 'number'), column('durationMs', 'number')];

/** The columns of each group of minutes, and of the counts since the start; new columns come last. */
export const REFUSAL_COLUMNS: Readonly<Record<RefusalsQuery['group'] | 'start', readonly ExportColumn<Row>[]>> = {
  minute: [column('minuteMs', 'number'), column('epoch', 'text'), ...ROUTE, ...COUNTS],
  route: [...ROUTE, ...COUNTS],
  reason: COUNTS,
  start: [...ROUTE, ...COUNTS, column('lastAtMs', 'number'), column('measured', 'json')],
};

/** What a key of each group is made of. */
const KEYS: Readonly<Record<RefusalsQuery['group'], readonly KeyPart[]>> = {
  minute: ['time', 'text', 'number', 'text'],
  route: ['number', 'text'],
  reason: [],
};

/** Exports of refusals, and validators of their lists. */
@Injectable()
export class RefusalRangeInterceptor extends RangeInterceptor<Row> {
  constructor(
    gate: ExportGate,
    private readonly repository: RefusalRepository,
    private readonly writer: RefusalWriter,
    private readonly feed: OpportunityFeed,
    private readonly clock: Clock,
  ) {
    super(gate);
  }

  protected override rangeOf(raw: unknown): ListRange<Row> {
    const { filter, stored } = parseRefusalsQuery(raw, this.clock.nowMs());
    if (!stored) return sinceStart(this.feed.refusals().filter((count) => concerns(filter, count)));
    const first = keyOf(stored.cursor, `refusals-${stored.group}`, KEYS[stored.group]);
    return {
      isOver: Math.ceil(stored.to / MINUTE_MS) * MINUTE_MS + MINUTE_MS <= this.clock.nowMs(),
      name: `refusals-by-${stored.group}`,
      table: (signal) => {
        this.writer.takeRunning();
        const read = (after: Key | null): Promise<KeyedPage<Row, Key>> =>
          readFresh(this.writer, () => this.page({ ...stored, limit: PAGE_ROWS }, after, signal));
        return {
          columns: REFUSAL_COLUMNS[stored.group],
          pages: keyedPages(read, first, mostOf(raw, stored.limit)),
        };
      },
      fingerprint: (signal) => readFresh(this.writer, () => this.repository.fingerprint(stored, signal)),
      fingerprintOf: (page) => JSON.stringify(page),
    };
  }

  private async page(query: RefusalsQuery, after: Key | null, signal: AbortSignal): Promise<KeyedPage<Row, Key>> {
    switch (query.group) {
      case 'reason':
        return { rows: await this.repository.byReason(query), next: null };
      case 'route': {
        const found = await this.repository.byRoute(query, after, signal);
        return pageOf(found, ({ route, reason }) => [route, reason]);
      }
      case 'minute': {
        const found = await this.repository.minutes(query, after, signal);
        return pageOf(found, ({ minuteMs, epoch, route, reason }) => [minuteMs, epoch, route, reason]);
      }
    }
  }
}

function pageOf<T extends { readonly route: number }>(found: readonly T[], key: (row: T) => Key): KeyedPage<Row, Key> {
  const last = found[PAGE_ROWS - 1];
  const rows = found.slice(0, PAGE_ROWS).map(withoutRoute);
  return { rows, next: found.length > PAGE_ROWS && last ? key(last) : null };
}

/** The counts of this run: they are in memory, and never over. */
function sinceStart(counts: readonly RefusalCount[]): ListRange<Row> {
  return {
    isOver: false,
    name: 'refusals-since-start',
    table: () => ({
      columns: REFUSAL_COLUMNS.start,
      pages: keyedPages<Row, Key>(() => Promise.resolve({ rows: counts, next: null }), null, Infinity),
    }),
    fingerprint: () => Promise.resolve(null),
    fingerprintOf: () => null,
  };
}
