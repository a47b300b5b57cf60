import { Body, Controller, Delete, Get, Header, HttpCode, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { MarketSource } from '../exchanges/index.js';
import { RequireScope } from '../platform/auth/index.js';
import { type ListEnvelope, listOf, parseBody, parseQuery, ProblemError } from '../platform/http/index.js';
import { IdentityDecisions, type IdentityView } from './identity-decisions.js';

/** Who is written down for calls through this door: all of them carry the admin's token. */
const ACTOR = 'rest';

const asset = z
  .string()
  .max(40)
  .regex(/^[A-Z0-9][A-Z0-9.$_-]*$/, 'must be an asset code such as "NEIRO"');
const exchange = z.string().regex(/^[a-z0-9]{1,40}$/, 'must be a ccxt id such as "okx"');

const decision = z.strictObject({
  asset,
  exchanges: z.tuple([exchange, exchange]).nullable(),
  verdict: z.enum(['deny', 'allow']).default('deny'),
  evidence: z.string().trim().min(3).max(1_000),
});

const subject = z.strictObject({
  asset,
  exchanges: z
    .string()
    .regex(/^[a-z0-9]{1,40},[a-z0-9]{1,40}$/, 'must be two ccxt ids such as gate,kucoin')
    .optional(),
});

const EXCHANGES = {
  type: 'array',
  nullable: true,
  minItems: 2,
  maxItems: 2,
  items: { type: 'string' },
  example: ['gate', 'kucoin'],
  description: 'The two exchanges; null for all of them.',
};
const ENTRY = {
  type: 'object',
  properties: {
    asset: { type: 'string', example: 'NEIRO', description: 'Without multipliers.' },
    exchanges: EXCHANGES,
    verdict: { type: 'string', enum: ['allow', 'deny'] },
    source: { type: 'string', enum: ['person', 'settings', 'learnt'] },
    evidence: { type: 'string' },
    atMs: { type: 'number' },
    by: { type: 'string', nullable: true },
  },
};
const LIST = {
  type: 'object',
  required: ['data', 'nextCursor', 'hasMore'],
  properties: {
    data: { type: 'array', items: ENTRY },
    nextCursor: { type: 'string', nullable: true, description: 'always null: the list is whole' },
    hasMore: { type: 'boolean' },
  },
};
const DECISION = {
  type: 'object',
  required: ['asset', 'exchanges', 'evidence'],
  additionalProperties: false,
  properties: {
    asset: ENTRY.properties.asset,
    exchanges: EXCHANGES,
    verdict: { type: 'string', enum: ['deny', 'allow'], default: 'deny' },
    evidence: { type: 'string', minLength: 3, maxLength: 1_000, example: 'two coins: the contracts differ' },
  },
};

/** Which tickers are taken for one asset, and which are not. */
@ApiTags('detection')
@Controller('v1/identity/deny')
export class IdentityController {
  constructor(
    private readonly decisions: IdentityDecisions,
    private readonly markets: MarketSource,
  ) {}

  @Get()
  @RequireScope('history')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Tickers that are denied or allowed on two exchanges or all, with the evidence and its source',
  })
  @ApiOkResponse({ schema: LIST })
  list(): ListEnvelope<IdentityView> {
    return listOf(this.decisions.list());
  }

  @Put()
  @RequireScope('identity:admin')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Decide about a ticker; it holds at once and outweighs what was learnt' })
  @ApiBody({ schema: DECISION })
  @ApiOkResponse({ schema: ENTRY })
  @ApiResponse({ status: 400, description: 'bad_body: a field is missing, unknown or not valid; `field` names it.' })
  @ApiResponse({ status: 503, description: 'database_unavailable: nothing was changed.' })
  decide(@Body() raw: unknown): Promise<IdentityView> {
    const { exchanges, ...rest } = parseBody(decision, raw);
    return this.decisions.decide({ ...rest, exchanges: exchanges && this.pairOf(exchanges), by: ACTOR });
  }

  @Delete()
  @RequireScope('identity:admin')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Take a decision about a ticker back; what is learnt or set counts again' })
  @ApiQuery({ name: 'asset', example: 'NEIRO' })
  @ApiQuery({ name: 'exchanges', required: false, example: 'gate,kucoin', description: 'Without it: on all of them.' })
  @ApiResponse({ status: 404, description: 'no_such_decision: nobody decided this.' })
  @ApiResponse({ status: 503, description: 'database_unavailable: nothing was changed.' })
  async takeBack(@Query() raw: Record<string, unknown>): Promise<void> {
    const query = parseQuery(subject, raw);
    const [a = '', b = ''] = query.exchanges?.split(',').sort() ?? [];
    await this.decisions.takeBack({ asset: query.asset, exchanges: query.exchanges ? [a, b] : null }, ACTOR);
  }

  /** Both in alphabetical order; a mistyped name would deny nothing, so only those that are watched are taken. */
  private pairOf(exchanges: readonly [string, string]): [string, string] {
    const watched = this.markets.statuses().map(({ id }) => id);
    const unknown = exchanges.findIndex((id) => !watched.includes(id));
    if (unknown >= 0) {
      const detail = `exchanges[${unknown}] must be an exchange that is watched (${watched.join(', ')}), was ${JSON.stringify(exchanges[unknown])}`;
      throw new ProblemError(400, 'bad_body', detail, `exchanges[${unknown}]`);
    }
    const [a, b] = exchanges;
    if (a === b) {
      throw new ProblemError(400, 'bad_body', `exchanges must be two, was ${a} twice; use null for all`, 'exchanges');
    }
    return a < b ? [a, b] : [b, a];
  }
}
