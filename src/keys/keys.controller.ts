import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Actor, RequireScope } from '../platform/auth/index.js';
import type { KeyView } from './key-health.js';
import { KEY_PURPOSES } from './stored-key.js';
import { KeysService } from './keys.service.js';
import { ApiProblem, wholeListOf } from '../platform/http/index.js';
import { KEY_SCHEMA } from './keys.openapi.js';

const NEW_KEY = {
  type: 'object',
  required: ['exchange', 'label', 'apiKey'],
  additionalProperties: false,
  properties: {
    exchange: { type: 'string', example: 'okx' },
    label: { type: 'string', example: 'main, read' },
    account: { type: 'string', default: 'main' },
    purposes: { type: 'array', items: { type: 'string', enum: [...KEY_PURPOSES] } },
    apiKey: { type: 'string', format: 'password', writeOnly: true },
    secret: {
      ...{ type: ['string', 'null'], format: 'password', writeOnly: true },
      description: 'Left out where an account is read by its address (hyperliquid), which stands in apiKey.',
    },
    passphrase: { type: ['string', 'null'], format: 'password', writeOnly: true },
    acceptWithdrawal: { type: 'boolean', default: false, description: 'Stores it though it may withdraw or transfer.' },
  },
};

/** The keys by REST: secrets go in and never come out. */
@ApiTags('keys')
@ApiBearerAuth()
@Controller('v1/keys')
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  @Get()
  @RequireScope('keys:read')
  @ApiOperation({ summary: 'All stored keys with their health and findings' })
  @ApiOkResponse({ description: 'All of them.', schema: wholeListOf(KEY_SCHEMA) })
  list(): { data: readonly KeyView[]; nextCursor: null; hasMore: false } {
    return { data: this.keys.list(), nextCursor: null, hasMore: false };
  }

  @Post()
  @RequireScope('keys:admin')
  @ApiOperation({ summary: 'Add a key: it is checked at its exchange, sealed and stored' })
  @ApiBody({ schema: NEW_KEY })
  @ApiCreatedResponse({ description: 'The key as it is stored.', schema: KEY_SCHEMA })
  @ApiProblem(409, 'the state of the key does not allow it; `code` and `detail` tell why.')
  @ApiProblem(422, 'its exchange refuses it, or it may do what a monitor should not; `code` tells which.')
  @ApiProblem(503, 'the database, the vault or the exchange is away; `code` tells which.')
  add(@Body() body: unknown, @Actor() actor: string): Promise<KeyView> {
    return this.keys.add(body, actor);
  }

  @Get(':id')
  @RequireScope('keys:read')
  @ApiOperation({ summary: 'One key with its health and findings' })
  @ApiOkResponse({ description: 'The key.', schema: KEY_SCHEMA })
  @ApiProblem(404, 'unknown_key: no stored key has this id.')
  find(@Param('id') id: string): KeyView {
    return this.keys.find(id);
  }

  @Delete(':id')
  @RequireScope('keys:admin')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a key with its sealed secrets' })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiProblem(404, 'unknown_key: no stored key has this id.')
  @ApiProblem(503, 'the database, the vault or the exchange is away; `code` tells which.')
  remove(@Param('id') id: string, @Actor() actor: string): Promise<void> {
    return this.keys.remove(id, actor);
  }

  @Post(':id/check')
  @RequireScope('keys:admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ask the exchange about a key now' })
  @ApiOkResponse({ description: 'The key after the check.', schema: KEY_SCHEMA })
  @ApiProblem(404, 'unknown_key: no stored key has this id.')
  @ApiProblem(409, 'key_disabled: it signs nothing, so it is not checked.')
  @ApiProblem(503, 'the database, the vault or the exchange is away; `code` tells which.')
  check(@Param('id') id: string): Promise<KeyView> {
    return this.keys.check(id);
  }

  @Post(':id/disable')
  @RequireScope('keys:admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Stop every use of a key; its row stays' })
  @ApiOkResponse({ description: 'The key, stopped.', schema: KEY_SCHEMA })
  @ApiProblem(404, 'unknown_key: no stored key has this id.')
  @ApiProblem(503, 'the database, the vault or the exchange is away; `code` tells which.')
  disable(@Param('id') id: string, @Actor() actor: string): Promise<KeyView> {
    return this.keys.disable(id, actor);
  }
}
