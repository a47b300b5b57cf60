import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Actor, RequireScope } from '../../platform/auth/index.js';
import { ApiProblem, type ListEnvelope } from '../../platform/http/index.js';
import type { KeyView } from '../key-health.js';
import { KeysService } from '../keys.service.js';
import { CheckHistory } from './check-history.js';
import type { PastCheck } from './key-checks.repository.js';
import { KeyAcknowledgement } from './key-acknowledgement.js';
import { CHECK_SCHEMA, KEY_SCHEMA, keyPageOf } from '../keys.openapi.js';

/** The health of keys by REST: what their checks found, and an owner's word on it. */
@ApiTags('keys')
@ApiBearerAuth()
@Controller('v1/keys')
export class KeyHealthController {
  constructor(
    private readonly keys: KeysService,
    private readonly history: CheckHistory,
    private readonly acknowledgement: KeyAcknowledgement,
  ) {}

  @Get(':id/checks')
  @RequireScope('keys:read')
  @ApiOperation({ summary: 'Every check of a key, newest first, kept for keys.usageRetentionDays' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } })
  @ApiQuery({ name: 'cursor', required: false, schema: { type: 'string' } })
  @ApiOkResponse({
    description: 'A page; pass nextCursor as cursor for the next one.',
    schema: keyPageOf(CHECK_SCHEMA),
  })
  @ApiProblem(404, 'unknown_key: no stored key has this id.')
  @ApiProblem(503, 'the database, the vault or the exchange is away; `code` tells which.')
  checks(@Param('id') id: string, @Query() query: Record<string, unknown>): Promise<ListEnvelope<PastCheck>> {
    return this.history.page(this.keys.find(id).id, query);
  }

  @Post(':id/acknowledge')
  @RequireScope('keys:admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Accept what changed of a key, or an unexpected use of it, as your own doing' })
  @ApiOkResponse({ description: 'The key with what is left.', schema: KEY_SCHEMA })
  @ApiProblem(404, 'unknown_key: no stored key has this id.')
  @ApiProblem(503, 'the database, the vault or the exchange is away; `code` tells which.')
  acknowledge(@Param('id') id: string, @Actor() actor: string): Promise<KeyView> {
    return this.acknowledgement.acknowledge(id, actor);
  }
}
