import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Explanation } from '../core/detector/explanation.js';
import { REFUSAL_REASONS } from '../core/gates/refusal-reason.js';
import type { Instrument } from '../core/market/instrument.js';
import { MarketSource } from '../exchanges/index.js';
import { RequireScope } from '../platform/auth/index.js';
import { ApiProblem, exact, ProblemError } from '../platform/http/index.js';
import { parseExplainQuery } from './explain-query.js';
import { OpportunityFeed } from './ports.js';

const REASON = { type: 'string', enum: [...REFUSAL_REASONS] };
const EXPLANATION = exact({
  routeId: { type: 'string' },
  atMs: { type: 'number' },
  verdict: {
    type: 'string',
    enum: ['open', 'refused', 'no_candidate'],
    description: 'no_candidate: the last known tops are not crossed.',
  },
  reason: { type: ['string', 'null'], enum: [...REFUSAL_REASONS, null], description: 'The first gate that refuses.' },
  grossBps: { type: ['number', 'null'], description: 'Best bid over best ask, no fees.' },
  gates: {
    type: 'array',
    items: exact({
      reason: REASON,
      passed: { type: ['boolean', 'null'], description: 'Null where an earlier gate refused.' },
      measured: { type: 'object', additionalProperties: true, description: 'With the bound it was held to.' },
    }),
  },
  figures: {
    type: ['object', 'null'],
    additionalProperties: true,
    description: 'What it would be worth, as an opportunity shows it.',
  },
});

/** What stands between a route and an opportunity. */
@ApiTags('detection')
@Controller('v1/explain')
@RequireScope('history')
export class ExplainController {
  constructor(
    private readonly feed: OpportunityFeed,
    private readonly markets: MarketSource,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'What stands between a route and an opportunity now, gate by gate' })
  @ApiQuery({
    name: 'routeId',
    description: 'As opportunities and refusals show it.',
    required: false,
    example: 'cross:okx:BTC/USDT>kraken:BTC/USDT',
  })
  @ApiQuery({ name: 'symbol', required: false, description: 'Without routeId: of the buying leg.' })
  @ApiQuery({ name: 'buyExchange', required: false, description: 'Without routeId.' })
  @ApiQuery({ name: 'sellExchange', required: false, description: 'Without routeId.' })
  @ApiQuery({ name: 'sellSymbol', required: false, description: 'Of the selling leg, where it is another.' })
  @ApiOkResponse({ description: 'Gate by gate.', schema: EXPLANATION })
  @ApiProblem(400, 'bad_query: a parameter is missing, unknown or not valid.')
  @ApiProblem(404, 'unknown_route: an exchange or symbol of it was never seen.')
  async explain(@Query() raw: Record<string, unknown>): Promise<Explanation> {
    const { buy, sell } = parseExplainQuery(raw);
    const explanation = await this.feed.explain(buy, sell);
    if (explanation) return explanation;
    const unseen = this.unseenOf(buy) ?? this.unseenOf(sell) ?? this.noBookOf(buy, sell);
    throw new ProblemError(404, 'unknown_route', unseen, raw['routeId'] === undefined ? null : 'routeId');
  }

  /** Why nothing can be known of an instrument; null where it is watched. */
  private unseenOf({ exchange, symbol }: Instrument): string | null {
    const all = this.markets.statuses();
    const status = all.find(({ id }) => id === exchange);
    if (!status) {
      return `the exchange ${exchange} is not watched; watched are ${all.map(({ id }) => id).join(', ') || 'none yet'}`;
    }
    const found = status.symbols.find((one) => one.symbol === symbol);
    if (!found) return `${symbol} is not watched on ${exchange}; GET /v1/symbols lists what is, PUT adds to it`;
    return found.state === 'unavailable' ? `${exchange} does not list ${symbol}` : null;
  }

  private noBookOf(buy: Instrument, sell: Instrument): string {
    const names = [buy, sell].map(({ exchange, symbol }) => `${symbol} on ${exchange}`).join(' or ');
    return `no book of ${names} has come yet; ask again shortly, GET /v1/exchanges tells their state`;
  }
}
