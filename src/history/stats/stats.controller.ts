import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../platform/auth/index.js';
import { Clock } from '../../platform/clock/index.js';
import { readFresh } from '../history-writers.js';
import { ApiExample, ApiProblem } from '../list.openapi.js';
import { OpportunityWriter } from '../opportunity-writer.js';
import { parseStatsQuery } from './stats-query.js';
import { ApiStatsQuery, STATS_SCHEMA } from './stats.openapi.js';
import { type ArbitrageIndex, type OpportunityStats, StatsRepository } from './stats.repository.js';
import { EXAMPLES } from '../examples.openapi.js';

/** Figures over a range. */
export interface Stats {
  readonly symbol: string | null;
  readonly fromMs: number;
  readonly toMs: number;
  readonly opportunities: OpportunityStats;
  readonly arbitrageIndex: ArbitrageIndex;
}

/** What the past looks like in figures. */
@ApiTags('history')
@Controller('v1/stats')
@RequireScope('history')
export class StatsController {
  constructor(
    private readonly repository: StatsRepository,
    private readonly writer: OpportunityWriter,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Arbitrage index by day, percentiles of net bps and duration, and a histogram of durations',
  })
  @ApiStatsQuery()
  @ApiExample('The figures.', STATS_SCHEMA, EXAMPLES.stats)
  @ApiProblem(400, 'bad_query: a parameter is unknown, repeated or not valid; `field` names it.')
  @ApiProblem(503, 'history_unavailable: the database is away; ask again shortly.')
  async stats(@Query() raw: Record<string, unknown>): Promise<Stats> {
    const nowMs = this.clock.nowMs();
    const query = parseStatsQuery(raw, nowMs);
    const [opportunities, arbitrageIndex] = await readFresh(this.writer, () =>
      Promise.all([this.repository.opportunities(query), this.repository.arbitrageIndex(query, nowMs)]),
    );
    const { symbol, from, to } = query;
    return { symbol: symbol ?? null, fromMs: from, toMs: to, opportunities, arbitrageIndex };
  }
}
