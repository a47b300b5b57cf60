import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../platform/auth/index.js';
import type { KeyView } from './key-health.js';
import { KEY_PURPOSES } from './stored-key.js';
import { KeysService } from './keys.service.js';
import { type UsagePage, UsageReader } from './usage/usage-reader.js';

/** Who is written into the audit for calls through this door: all of them carry the admin's token. */
const ACTOR = 'rest';

const NEW_KEY = {
  type: 'object',
  required: ['exchange', 'label', 'apiKey', 'secret'],
  additionalProperties: false,
  properties: {
    exchange: { type: 'string', example: 'okx' },
    label: { type: 'string', example: 'main, read' },
    account: { type: 'string', default: 'main' },
    purposes: { type: 'array', items: { type: 'string', enum: [...KEY_PURPOSES] } },
    apiKey: { type: 'string', format: 'password', writeOnly: true },
    secret: { type: 'string', format: 'password', writeOnly: true },
    passphrase: { type: 'string', format: 'password', writeOnly: true, nullable: true },
  },
};

/** The keys by REST: secrets go in and never come out. */
@ApiTags('keys')
@ApiBearerAuth()
@Controller('v1/keys')
export class KeysController {
  constructor(
    private readonly keys: KeysService,
    private readonly reader: UsageReader,
  ) {}

  @Get()
  @RequireScope('keys:read')
  @ApiOperation({ summary: 'All stored keys with their health and findings' })
  list(): { data: readonly KeyView[]; nextCursor: null; hasMore: false } {
    return { data: this.keys.list(), nextCursor: null, hasMore: false };
  }

  @Post()
  @RequireScope('keys:admin')
  @ApiOperation({ summary: 'Add a key: it is checked at its exchange, sealed and stored' })
  @ApiBody({ schema: NEW_KEY })
  add(@Body() body: unknown): Promise<KeyView> {
    return this.keys.add(body, ACTOR);
  }

  @Get(':id')
  @RequireScope('keys:read')
  @ApiOperation({ summary: 'One key with its health and findings' })
  find(@Param('id') id: string): KeyView {
    return this.keys.find(id);
  }

  @Delete(':id')
  @RequireScope('keys:admin')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a key with its sealed secrets' })
  remove(@Param('id') id: string): Promise<void> {
    return this.keys.remove(id, ACTOR);
  }

  @Post(':id/check')
  @RequireScope('keys:admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ask the exchange about a key now' })
  check(@Param('id') id: string): Promise<KeyView> {
    return this.keys.check(id);
  }

  @Post(':id/disable')
  @RequireScope('keys:admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Stop every use of a key; its row stays' })
  disable(@Param('id') id: string): Promise<KeyView> {
    return this.keys.disable(id, ACTOR);
  }

  @Get(':id/usage')
  @RequireScope('keys:read')
  @ApiOperation({ summary: 'Every signed call made with a key, newest first, kept for 30 days' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } })
  @ApiQuery({ name: 'cursor', required: false, schema: { type: 'string' } })
  usage(@Param('id') id: string, @Query() query: Record<string, unknown>): Promise<UsagePage> {
    return this.reader.page(this.keys.find(id).id, query);
  }
}
