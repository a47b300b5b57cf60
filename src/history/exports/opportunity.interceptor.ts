import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { ExportGate } from '../../platform/export/index.js';
import type { ListEnvelope } from '../../platform/http/index.js';
import { readFresh } from '../history-writers.js';
import { parseOpportunityQuery, type OpportunityQuery } from '../opportunity-query.js';
import type { StoredOpportunity } from '../opportunity-row.js';
import { OpportunityWriter } from '../opportunity-writer.js';
import { OpportunityRepository, type OpportunityState } from '../opportunity.repository.js';
import { keyedPages, type ListRange, mostOf } from './list-range.js';
import { OPPORTUNITY_COLUMNS } from './opportunity-columns.js';
import { RangeInterceptor } from './range.interceptor.js';

/** Rows of one reading: their legs are parsed in one go. */
const PAGE_ROWS = 250;

/** Exports of opportunities, and validators of their lists. */
@Injectable()
export class OpportunityRangeInterceptor extends RangeInterceptor<StoredOpportunity> {
  constructor(
    gate: ExportGate,
    private readonly repository: OpportunityRepository,
    private readonly writer: OpportunityWriter,
    private readonly clock: Clock,
  ) {
    super(gate);
  }

  protected override rangeOf(raw: unknown): ListRange<StoredOpportunity> {
    const query = parseOpportunityQuery(raw);
    const nowMs = this.clock.nowMs();
    const fresh = <T>(read: () => Promise<T>): Promise<T> => readFresh(this.writer, read);
    return {
      isOver: query.to !== undefined && query.to <= nowMs,
      name: 'opportunities',
      table: (signal) => ({ columns: OPPORTUNITY_COLUMNS, pages: this.pages(query, mostOf(raw, query.limit), signal) }),
      fingerprint: (signal) => fresh(() => this.repository.fingerprint(query, nowMs, signal)),
      pageFingerprint: () => fresh(async () => printOf(await this.repository.states(query, nowMs), query.limit)),
      fingerprintOf: (page) => {
        const { data, hasMore } = page as ListEnvelope<StoredOpportunity>;
        return printOf(data, query.limit, hasMore);
      },
    };
  }

  private pages(
    query: OpportunityQuery,
    most: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly StoredOpportunity[]> {
    const nowMs = this.clock.nowMs();
    const read = async (
      cursor: OpportunityQuery['cursor'] | null,
    ): Promise<{ rows: StoredOpportunity[]; next: OpportunityQuery['cursor'] | null }> => {
      const page = { ...query, limit: PAGE_ROWS, cursor: cursor ?? undefined };
      const found = await readFresh(this.writer, () => this.repository.list(page, nowMs, signal));
      const rows = found.slice(0, PAGE_ROWS);
      const last = rows.at(-1);
      const { sort } = query;
      return {
        rows,
        next: found.length > rows.length && last ? { sort, openedAtMs: last.openedAtMs, id: last.id } : null,
      };
    };
    return keyedPages(read, query.cursor ?? null, most);
  }
}

/** A page by the states of its rows; null while one of them is open. */
function printOf(
  found: readonly OpportunityState[],
  limit: number,
  hasMore: boolean = found.length > limit,
): string | null {
  const rows = found.slice(0, limit);
  if (rows.some(({ state }) => state === 'open')) return null;
  return [String(hasMore), ...rows.map(({ id, revision }) => `${id} ${revision}`)].join('\n');
}
