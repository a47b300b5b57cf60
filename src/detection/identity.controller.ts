import { Body, Controller, Delete, Get, Header, HttpCode, Put, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { z } from 'zod';
import { MarketSource } from '../exchanges/index.js';
import { Actor, RequireScope } from '../platform/auth/index.js';
import {
  ApiProblem,
  exact,
  type ListEnvelope,
  listOf,
  parseBody,
  parseQuery,
  ProblemError,
  type SchemaObject,
  wholeListOf,
} from '../platform/http/index.js';
import { IdentityDecisions, type IdentityView } from './identity-decisions.js';

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

const EXCHANGES: SchemaObject = {
  type: ['array', 'null'],
  minItems: 2,
  maxItems: 2,
  items: { type: 'string' },
  example: ['gate', 'kucoin'],
  description: 'The two exchanges; null for all of them.',
};
const ASSET: SchemaObject = { type: 'string', example: 'NEIRO', description: 'Without multipliers.' };
const ENTRY = exact({
  asset: ASSET,
  exchanges: EXCHANGES,
  verdict: { type: 'string', enum: ['allow', 'deny'] },
  source: { type: 'string', enum: ['person', 'settings', 'learnt'] },
  evidence: { type: 'string' },
  atMs: { type: 'number' },
  by: { type: ['string', 'null'] },
});
const DECISION = {
  type: 'object',
  required: ['asset', 'exchanges', 'evidence'],
  additionalProperties: false,
  properties: {
    asset: ASSET,
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
  @ApiOkResponse({ description: 'All of them.', schema: wholeListOf(ENTRY) })
  async list(): Promise<ListEnvelope<IdentityView>> {
    return listOf(await this.decisions.list());
  }

  @Put()
  @RequireScope('identity:admin')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Decide about a ticker; it holds at once and outweighs what was learnt' })
  @ApiBody({ schema: DECISION })
  @ApiOkResponse({ description: 'The decision.', schema: ENTRY })
  @ApiProblem(400, 'bad_body: a field is missing, unknown or not valid; `field` names it.')
  @ApiProblem(503, 'database_unavailable: nothing was changed.')
  decide(@Body() raw: unknown, @Actor() actor: string): Promise<IdentityView> {
    const { exchanges, ...rest } = parseBody(decision, raw);
    return this.decisions.decide({ ...rest, exchanges: exchanges && this.pairOf(exchanges), by: actor });
  }

  @Delete()
  @RequireScope('identity:admin')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Take a decision about a ticker back; what is learnt or set counts again' })
  @ApiQuery({ name: 'asset', description: 'Without multipliers.', example: 'NEIRO' })
  @ApiQuery({ name: 'exchanges', required: false, example: 'gate,kucoin', description: 'Without it: on all of them.' })
  @ApiNoContentResponse({ description: 'It is taken back.' })
  @ApiProblem(404, 'no_such_decision: nobody decided this.')
  @ApiProblem(503, 'database_unavailable: nothing was changed.')
  async takeBack(@Query() raw: Record<string, unknown>, @Actor() actor: string): Promise<void> {
    const query = parseQuery(subject, raw);
    const [a = '', b = ''] = query.exchanges?.split(',').sort() ?? [];
    await this.decisions.takeBack({ asset: query.asset, exchanges: query.exchanges ? [a, b] : null }, actor);
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
