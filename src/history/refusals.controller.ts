import { Controller, Get, Header, Query, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { RefusalCount } from '../core/gates/refusal-reason.js';
import { OpportunityFeed } from '../detection/index.js';
import { RequireScope } from '../platform/auth/index.js';
import { Clock } from '../platform/clock/index.js';
import { type ListEnvelope, listOf } from '../platform/http/index.js';
import { readFresh } from './history-writers.js';
import { keyOf } from './key-cursor.js';
import { RefusalRangeInterceptor } from './exports/refusal.interceptor.js';
import { ApiList, ApiProblem } from './list.openapi.js';
import { pageOf } from './page.js';
import { concerns } from './refusal-filter.js';
import { parseRefusalsQuery, type RefusalsQuery } from './refusal-query.js';
import { RefusalWriter } from './refusal-writer.js';
import { type ReasonRefusals, RefusalRepository, type RouteRefusals, type StoredMinute } from './refusal.repository.js';
import { ApiRefusalsQuery, REFUSALS_SCHEMA } from './refusals.openapi.js';
import { EXAMPLES } from './examples.openapi.js';

/** Counts since the start of a run, with the run that counts. */
export interface CountsAnswer extends ListEnvelope<RefusalCount> {
  readonly epoch: string;
}

/** What was turned away: since the start of this run from memory, or by minute as it is stored. */
@ApiTags('detection')
@Controller('v1/refusals')
@RequireScope('history')
export class RefusalsController {
  constructor(
    private readonly repository: RefusalRepository,
    private readonly writer: RefusalWriter,
    private readonly feed: OpportunityFeed,
    private readonly clock: Clock,
  ) {}

  @Get()
  @UseInterceptors(RefusalRangeInterceptor)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary:
      'Candidates that a gate turned away: since the start of this run; with from, to or group the stored minutes',
  })
  @ApiRefusalsQuery()
  @ApiList('Entries into each reason and the milliseconds spent in it.', REFUSALS_SCHEMA, EXAMPLES.refusals)
  @ApiProblem(400, 'bad_query: a parameter is unknown, repeated or not valid; `field` names it.')
  @ApiProblem(503, 'history_unavailable: the database is away; ask again shortly.')
  async list(
    @Query() raw: Record<string, unknown>,
  ): Promise<CountsAnswer | ListEnvelope<StoredMinute | RouteRefusals | ReasonRefusals>> {
    const { filter, stored } = parseRefusalsQuery(raw, this.clock.nowMs());
    if (!stored) {
      const data = this.feed.refusals().filter((count) => concerns(filter, count));
      return { ...listOf(data), epoch: this.feed.epoch };
    }
    this.writer.takeRunning();
    return readFresh(this.writer, () => this.page(stored));
  }

  private async page(query: RefusalsQuery): Promise<ListEnvelope<StoredMinute | RouteRefusals | ReasonRefusals>> {
    const list = `refusals-${query.group}`;
    switch (query.group) {
      case 'reason':
        keyOf(query.cursor, list, []);
        return listOf(await this.repository.byReason(query));
      case 'route': {
        const rows = await this.repository.byRoute(query, keyOf(query.cursor, list, ['number', 'text']));
        return pageOf(list, query.limit, rows, ({ route, reason }) => [route, reason]);
      }
      case 'minute': {
        const after = keyOf(query.cursor, list, ['time', 'text', 'number', 'text']);
        const rows = await this.repository.minutes(query, after);
        return pageOf(list, query.limit, rows, ({ minuteMs, epoch, route, reason }) => [
          minuteMs,
          epoch,
          route,
          reason,
        ]);
      }
    }
  }
}
