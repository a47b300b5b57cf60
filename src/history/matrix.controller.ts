import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../platform/auth/index.js';
import { Clock } from '../platform/clock/index.js';
import { type ListEnvelope, listOf } from '../platform/http/index.js';
import type { CandleWidth } from './candle-widths.js';
import { readFresh } from './history-writers.js';
import { ApiExample, ApiProblem } from './list.openapi.js';
import { parseMatrixQuery } from './matrix-query.js';
import { type MatrixCell, MatrixRepository } from './matrix.repository.js';
import { ApiMatrixQuery, MATRIX_SCHEMA } from './spreads.openapi.js';
import { SpreadWriter } from './spread-writer.js';
import { EXAMPLES } from './examples.openapi.js';

/** The cells of a matrix as a list, with its exchanges and when it was. */
export interface MatrixAnswer extends ListEnvelope<MatrixCell> {
  readonly symbol: string;
  readonly atMs: number;
  readonly interval: CandleWidth;
  readonly exchanges: readonly string[];
}

/** Spreads of a symbol across exchanges at one moment. */
@ApiTags('spreads')
@Controller('v1/spreads/matrix')
@RequireScope('history')
export class MatrixController {
  constructor(
    private readonly repository: MatrixRepository,
    private readonly writer: SpreadWriter,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Exchange by exchange: the best net spread each way at a moment, with its age' })
  @ApiMatrixQuery()
  @ApiExample('One row for each pair of exchanges that has a candle.', MATRIX_SCHEMA, EXAMPLES.matrix)
  @ApiProblem(400, 'bad_query: a parameter is unknown, repeated, missing or not valid; `field` names it.')
  @ApiProblem(503, 'history_unavailable: the database is away; ask again shortly.')
  async matrix(@Query() raw: Record<string, unknown>): Promise<MatrixAnswer> {
    const query = parseMatrixQuery(raw, this.clock.nowMs());
    const { interval, cells } = await readFresh(this.writer, () => this.repository.at(query, this.clock.nowMs()));
    const exchanges = [...new Set(cells.flatMap(({ buyExchange, sellExchange }) => [buyExchange, sellExchange]))];
    return { ...listOf(cells), symbol: query.symbol, atMs: query.at, interval, exchanges: exchanges.sort() };
  }
}
