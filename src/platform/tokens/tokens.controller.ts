import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { type Access, Actor, Caller, type Grant, RequireScope } from '../auth/index.js';
import { ApiProblem, type ListEnvelope, listOf, parseBody, ProblemError } from '../http/index.js';
import { IssuedTokens } from './issued-tokens.js';
import { type TokenInput, tokenInput } from './token-input.js';
import type { NewToken, TokenView } from './token-view.js';
import { NEW_TOKEN, TOKEN_INPUT, TOKEN_LIST } from './tokens.openapi.js';

/** The tokens by REST; a secret is shown once, by the answer that created it. */
@ApiTags('administration')
@ApiBearerAuth()
@Controller('v1/tokens')
@RequireScope('tokens:admin')
export class TokensController {
  constructor(private readonly tokens: IssuedTokens) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Every token without its secret, the newest first' })
  @ApiOkResponse({ description: 'All that are kept, those that ended among them.', schema: TOKEN_LIST })
  async list(): Promise<ListEnvelope<TokenView>> {
    return listOf(await this.tokens.list());
  }

  @Post()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Create a token; its secret is in this answer and nowhere else' })
  @ApiBody({ schema: TOKEN_INPUT })
  @ApiCreatedResponse({ description: 'The token with its secret.', schema: NEW_TOKEN })
  @ApiProblem(400, 'bad_body: a field is missing, unknown or not valid; `field` names it.')
  @ApiProblem(403, 'scope, expiry: it would be allowed more, or for longer, than you.')
  @ApiProblem(409, 'name_taken, too_many_tokens: `detail` tells the remedy.')
  @ApiProblem(503, 'database_unavailable: nothing was changed.')
  create(@Body() raw: unknown, @Caller() caller: Access, @Actor() actor: string): Promise<NewToken> {
    const input = parseBody(tokenInput, raw);
    const [grant] = caller.grants.slice(-1);
    if (grant) assertNoMore(input, grant);
    return this.tokens.create(input, actor);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a token: requests are refused and its sessions of the live feed closed at once' })
  @ApiNoContentResponse({ description: 'It gives nothing any more; twice is the same as once.' })
  @ApiProblem(404, 'no_such_token: no token has this id.')
  @ApiProblem(503, 'database_unavailable: nothing was changed.')
  revoke(@Param('id') id: string, @Actor() actor: string): Promise<void> {
    return this.tokens.revoke(id, actor);
  }
}

/** Whoever makes tokens passes on what they have and no more, and for no longer. */
function assertNoMore({ scopes, expiresInMs }: TokenInput, { scopes: own, expiresAtMs }: Grant): void {
  const lacking = scopes.filter((scope) => !own.includes(scope));
  if (lacking.length > 0) {
    const detail = `your token lacks ${lacking.join(', ')}, so it cannot pass that on; leave it out, or use a wider token`;
    throw new ProblemError(403, 'scope', detail, 'scopes');
  }
  if (expiresAtMs !== null && (expiresInMs === null || Date.now() + expiresInMs > expiresAtMs)) {
    const detail = `your token ends at ${new Date(expiresAtMs).toISOString()}, so it can make none that lasts longer`;
    throw new ProblemError(403, 'expiry', detail, 'expiresInMs');
  }
}
