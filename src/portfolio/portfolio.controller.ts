import { Controller, Get, Header } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Portfolio, PortfolioAccount } from '../core/portfolio/portfolio.js';
import { RequireScope } from '../platform/auth/index.js';
import { type ListEnvelope, listOf } from '../platform/http/index.js';
import { PORTFOLIO_SCHEMA } from './portfolio.openapi.js';
import { PortfolioService } from './portfolio.service.js';

/** The accounts as a list, with the total of all. */
type PortfolioList = ListEnvelope<PortfolioAccount> & Pick<Portfolio, 'total' | 'hint'>;

@ApiTags('portfolio')
@ApiBearerAuth()
@Controller('v1/portfolio')
export class PortfolioController {
  constructor(private readonly portfolio: PortfolioService) {}

  @Get()
  @RequireScope('keys:read')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Balances of every account that a key may read, valued in USD through live books' })
  @ApiOkResponse({ description: 'Every account, and the total of all.', schema: PORTFOLIO_SCHEMA })
  list(): PortfolioList {
    const { accounts, total, hint } = this.portfolio.view();
    return { ...listOf(accounts), total, hint };
  }
}
