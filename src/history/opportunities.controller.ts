import { Controller, Get, Header, Param, Query, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Opportunity } from '../core/opportunity/opportunity.js';
import { OpportunityFeed } from '../detection/index.js';
import { RequireScope } from '../platform/auth/index.js';
import { Clock } from '../platform/clock/index.js';
import { type ListEnvelope, listOf, ProblemError } from '../platform/http/index.js';
import { encodeCursor, isPlainId } from './cursor.js';
import { OpportunityRangeInterceptor } from './exports/opportunity.interceptor.js';
import { readFresh } from './history-writers.js';
import { ApiExample, ApiList, ApiProblem } from './list.openapi.js';
import { ApiOpportunityQuery, LIST_SCHEMA, OPPORTUNITY_SCHEMA } from './opportunities.openapi.js';
import { parseOpportunityQuery } from './opportunity-query.js';
import type { StoredOpportunity } from './opportunity-row.js';
import { OpportunityWriter } from './opportunity-writer.js';
import { OpportunityRepository } from './opportunity.repository.js';
import { type OpportunitySeries, SeriesRepository } from './series.repository.js';
import { EXAMPLES } from './examples.openapi.js';

/**
 * Live and past opportunities.
 *
 * Every list reads its own writes: all that was emitted before the request is stored before it is answered, so nothing
 * live is missing and one order holds for everything.
 */
@ApiTags('opportunities')
@Controller('v1/opportunities')
@RequireScope('history')
export class OpportunitiesController {
  constructor(
    private readonly repository: OpportunityRepository,
    private readonly writer: OpportunityWriter,
    private readonly feed: OpportunityFeed,
    private readonly clock: Clock,
    private readonly series: SeriesRepository,
  ) {}

  @Get()
  @UseInterceptors(OpportunityRangeInterceptor)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Live and past opportunities, newest first' })
  @ApiOpportunityQuery()
  @ApiList('A page; pass nextCursor as cursor for the next one.', LIST_SCHEMA, EXAMPLES.opportunities)
  @ApiProblem(400, 'bad_query: a parameter is unknown, repeated or not valid; `field` names it.')
  @ApiProblem(503, 'history_unavailable: the database is away; ask again shortly.')
  async list(@Query() raw: Record<string, unknown>): Promise<ListEnvelope<StoredOpportunity>> {
    const query = parseOpportunityQuery(raw);
    const found = await readFresh(this.writer, () => this.repository.list(query, this.clock.nowMs()));
    const data = found.slice(0, query.limit);
    const hasMore = found.length > query.limit;
    const last = data.at(-1);
    return listOf(data, hasMore && last ? encodeCursor({ sort: query.sort, ...last }) : null);
  }

  @Get(':id')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'One opportunity with the books of its opening and its peak, what the gates measured and its series',
  })
  @ApiParam({ name: 'id', description: 'Id of the opportunity, as the stream and the list show it.' })
  @ApiExample('The opportunity.', OPPORTUNITY_SCHEMA, EXAMPLES.opportunity)
  @ApiProblem(404, 'no_such_opportunity')
  @ApiProblem(503, 'history_unavailable: the database is away; ask again shortly.')
  async one(@Param('id') id: string): Promise<(Opportunity | StoredOpportunity) & { series: OpportunitySeries }> {
    const stored = isPlainId(id) && !this.feed.find(id) ? await this.stored(id) : null;
    const one = this.feed.find(id) ?? stored;
    if (one) return { ...one, series: await this.seriesOf(one) };
    throw new ProblemError(
      404,
      'no_such_opportunity',
      `no opportunity has the id ${JSON.stringify(id.slice(0, 60))}`,
      'id',
    );
  }

  private stored(id: string): Promise<StoredOpportunity | null> {
    return readFresh(this.writer, () => this.repository.find(id));
  }

  private seriesOf(one: Opportunity | StoredOpportunity): Promise<OpportunitySeries> {
    return readFresh(this.writer, () => this.series.of(one, this.clock.nowMs()));
  }
}
