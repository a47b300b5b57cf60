import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { ExchangePoint, ExchangeStatus } from '../core/market/exchange-status.js';
import { RequireScope } from '../platform/auth/index.js';
import { commandText } from '../platform/config/index.js';
import { ApiProblem, ProblemError, shownValue } from '../platform/http/index.js';
import { CAPABILITIES_SCHEMA } from './capabilities.schema.js';
import { type Capabilities, capabilitiesOf, exchangesWithCapabilities } from './ccxt/capabilities.js';
import { unknownExchanges, withNear } from './ccxt/instance/catalogue.js';
import { MarketSource } from './contract/ports.js';
import { ExchangeHistory } from './exchange-history.js';
import { EXCHANGE_HISTORY_SCHEMA, EXCHANGE_LIST_SCHEMA } from './exchange-status.schema.js';

/** Characters of an unknown id that are told back. */
const MOST_SHOWN = 40;

/** A list as every list of the interface is answered. */
export interface ExchangeList {
  readonly data: readonly ExchangeStatus[];
  readonly nextCursor: null;
  readonly hasMore: false;
}

/** The past of one exchange. */
export interface ExchangePointList {
  readonly data: readonly ExchangePoint[];
  readonly nextCursor: null;
  readonly hasMore: false;
}

@ApiTags('exchanges')
@Controller('v1/exchanges')
export class ExchangesController {
  constructor(
    private readonly markets: MarketSource,
    private readonly past: ExchangeHistory,
  ) {}

  @Get()
  @RequireScope('feed')
  @ApiOperation({ summary: 'State, clock offset, last error and symbols of every configured exchange' })
  @ApiOkResponse({ description: 'Every configured exchange.', schema: EXCHANGE_LIST_SCHEMA })
  list(): ExchangeList {
    return { data: this.markets.statuses(), nextCursor: null, hasMore: false };
  }

  @Get(':id/history')
  @RequireScope('feed')
  @ApiOperation({
    summary: 'The last hour of a configured exchange, as far as the service ran: a point every ten seconds',
  })
  @ApiParam({ name: 'id', description: 'Id of a configured exchange.', example: 'okx' })
  @ApiOkResponse({ description: 'Its points, oldest first.', schema: EXCHANGE_HISTORY_SCHEMA })
  @ApiProblem(404, 'no_such_exchange: none of this id is configured.')
  history(@Param('id') id: string): ExchangePointList {
    const data = this.past.of(id);
    if (data) return { data, nextCursor: null, hasMore: false };
    const detail = `${shownValue(id)} is not configured; GET /v1/exchanges lists those that are`;
    throw new ProblemError(404, 'no_such_exchange', detail, 'id');
  }

  @Get(':id/capabilities')
  @RequireScope('feed')
  @ApiOperation({ summary: 'What an exchange offers, configured or not; the exchange itself is not asked' })
  @ApiParam({ name: 'id', description: 'ccxt id, such as okx.' })
  @ApiOkResponse({ description: 'What it offers.', schema: CAPABILITIES_SCHEMA })
  @ApiProblem(404, 'no_such_exchange: `detail` tells what was probably meant.')
  capabilities(@Param('id') id: string): Promise<Capabilities> {
    const [unknown] = unknownExchanges([id], exchangesWithCapabilities());
    if (!unknown) return capabilitiesOf(id);
    const named = withNear({ ...unknown, id: id.slice(0, MOST_SHOWN) });
    const all = commandText('exchanges --all');
    const detail = `no exchange is called ${named}; use ccxt ids such as "okx": ${all} shows them`;
    throw new ProblemError(404, 'no_such_exchange', detail, 'id');
  }
}
