import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ExchangeStatus } from '../core/market/exchange-status.js';
import { RequireScope } from '../platform/auth/index.js';
import { MarketSource } from './contract/ports.js';
import { EXCHANGE_LIST_SCHEMA } from './exchange-status.schema.js';

/** A list as every list of the interface is answered. */
export interface ExchangeList {
  readonly data: readonly ExchangeStatus[];
  readonly nextCursor: null;
  readonly hasMore: false;
}

@ApiTags('exchanges')
@Controller('v1/exchanges')
export class ExchangesController {
  constructor(private readonly markets: MarketSource) {}

  @Get()
  @RequireScope('feed')
  @ApiOperation({ summary: 'State, clock offset, last error and symbols of every configured exchange' })
  @ApiOkResponse({ schema: EXCHANGE_LIST_SCHEMA })
  list(): ExchangeList {
    return { data: this.markets.statuses(), nextCursor: null, hasMore: false };
  }
}
