import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Opportunity } from '../core/opportunity/opportunity.js';
import { OpportunityFeed } from '../detection/index.js';
import { RequireScope } from '../platform/auth/index.js';
import { Clock } from '../platform/clock/index.js';
import { ProblemError } from '../platform/http/index.js';
import { DatabaseError } from '../platform/prisma/index.js';
import { BatchWriter } from './batch-writer.js';
import { encodeCursor, isPlainId } from './cursor.js';
import { ApiOpportunityQuery, ApiProblem, LIST_SCHEMA, OPPORTUNITY_SCHEMA } from './opportunities.openapi.js';
import { parseOpportunityQuery } from './opportunity-query.js';
import { OpportunityRepository } from './opportunity.repository.js';

/** Longest wait for what was just emitted to be stored, before an answer that would lack it is refused. */
const FRESH_WAIT_MS = 2_000;

/** A page of a list. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
  readonly hasMore: boolean;
}

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
    private readonly writer: BatchWriter,
    private readonly feed: OpportunityFeed,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Live and past opportunities, newest first' })
  @ApiOpportunityQuery()
  @ApiOkResponse({ description: 'A page; pass nextCursor as cursor for the next one.', schema: LIST_SCHEMA })
  @ApiProblem(400, 'bad_query: a parameter is unknown, repeated or not valid; `field` names it.')
  @ApiProblem(503, 'history_unavailable: the database is away; ask again shortly.')
  async list(@Query() raw: Record<string, unknown>): Promise<Page<Opportunity>> {
    const query = parseOpportunityQuery(raw);
    const found = await this.reading(() => this.repository.list(query, this.clock.nowMs()));
    const data = found.slice(0, query.limit);
    const hasMore = found.length > query.limit;
    const last = data.at(-1);
    return { data, nextCursor: hasMore && last ? encodeCursor({ sort: query.sort, ...last }) : null, hasMore };
  }

  @Get(':id')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'One opportunity with the books of its opening' })
  @ApiParam({ name: 'id', description: 'Id of the opportunity, as the stream and the list show it.' })
  @ApiOkResponse({ description: 'The opportunity.', schema: OPPORTUNITY_SCHEMA })
  @ApiProblem(404, 'no_such_opportunity')
  @ApiProblem(503, 'history_unavailable: the database is away; ask again shortly.')
  async one(@Param('id') id: string): Promise<Opportunity> {
    const live = this.feed.find(id);
    if (live) return live;
    const stored = isPlainId(id) ? await this.reading(() => this.repository.find(id)) : null;
    if (stored) return stored;
    throw new ProblemError(
      404,
      'no_such_opportunity',
      `no opportunity has the id ${JSON.stringify(id.slice(0, 60))}`,
      'id',
    );
  }

  private async reading<T>(read: () => Promise<T>): Promise<T> {
    if (!(await this.writer.flushWithin(FRESH_WAIT_MS))) throw unavailable();
    try {
      return await read();
    } catch (error) {
      throw error instanceof DatabaseError && error.isRetryable ? unavailable() : error;
    }
  }
}

function unavailable(): ProblemError {
  return new ProblemError(
    503,
    'history_unavailable',
    'the database does not answer at the moment; nothing is lost, ask again shortly (the stream goes on meanwhile)',
  );
}
