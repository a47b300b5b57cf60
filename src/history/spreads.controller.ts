import { Controller, Get, Header, Query, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../platform/auth/index.js';
import type { ListEnvelope } from '../platform/http/index.js';
import { CandleRangeInterceptor, SampleRangeInterceptor } from './exports/spread.interceptor.js';
import { readFresh } from './history-writers.js';
import { keyOf } from './key-cursor.js';
import { ApiList, ApiProblem } from './list.openapi.js';
import { pageOf } from './page.js';
import { type CandlesQuery, parseCandlesQuery, parseSamplesQuery } from './spread-query.js';
import { sampleOf, type SpreadSample } from './spread-sample.js';
import { SpreadWriter } from './spread-writer.js';
import { type NetFigure, SpreadRepository, type StoredCandle } from './spread.repository.js';
import { ApiCandlesQuery, ApiSamplesQuery, CANDLES_SCHEMA, SAMPLES_SCHEMA } from './spreads.openapi.js';
import { EXAMPLES } from './examples.openapi.js';

/** Past spreads, paying or not: of each second the best routes of each base. */
@ApiTags('spreads')
@Controller('v1/spreads')
@RequireScope('history')
export class SpreadsController {
  constructor(
    private readonly repository: SpreadRepository,
    private readonly writer: SpreadWriter,
  ) {}

  @Get()
  @UseInterceptors(SampleRangeInterceptor)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Samples of net and gross spreads, one per second and route, newest first' })
  @ApiSamplesQuery()
  @ApiList('A page; pass nextCursor as cursor for the next one.', SAMPLES_SCHEMA, EXAMPLES.samples)
  @ApiProblem(400, 'bad_query: a parameter is unknown, repeated or not valid; `field` names it.')
  @ApiProblem(503, 'history_unavailable: the database is away; ask again shortly.')
  async samples(@Query() raw: Record<string, unknown>): Promise<ListEnvelope<SpreadSample>> {
    const page = await this.page(parseSamplesQuery(raw), 'close_bps');
    return { ...page, data: page.data.map(sampleOf) };
  }

  @Get('candles')
  @UseInterceptors(CandleRangeInterceptor)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Candles of the net spread of each route, newest first; wider ones grow minute by minute' })
  @ApiCandlesQuery()
  @ApiList('A page; pass nextCursor as cursor for the next one.', CANDLES_SCHEMA, EXAMPLES.candles)
  @ApiProblem(400, 'bad_query: a parameter is unknown, repeated or not valid; `field` names it.')
  @ApiProblem(503, 'history_unavailable: the database is away; ask again shortly.')
  candles(@Query() raw: Record<string, unknown>): Promise<ListEnvelope<Omit<StoredCandle, 'route'>>> {
    return this.page(parseCandlesQuery(raw), 'high_bps');
  }

  private page(query: CandlesQuery, figure: NetFigure): Promise<ListEnvelope<Omit<StoredCandle, 'route'>>> {
    const list = `spreads-${query.interval}-${figure}-${query.sort}`;
    const after = keyOf(query.cursor, list, ['time', 'number']);
    return readFresh(this.writer, async () => {
      const rows = await this.repository.list(query, figure, after);
      return pageOf(list, query.limit, rows, ({ startMs, route }) => [startMs, route]);
    });
  }
}
