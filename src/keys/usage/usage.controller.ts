import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { RequireScope } from '../../platform/auth/index.js';
import { AuditReader } from '../audit/audit-reader.js';
import { KeyRegistry } from '../key-registry.js';
import { unknownKey } from '../unknown-key.js';
import { type UsageHours, type UsagePage, UsageReader } from './usage-reader.js';
import { USAGE_MEDIA, type UsageFormat, usageText } from './usage-text.js';
import { ApiProblem } from '../../platform/http/index.js';
import { CALL_SCHEMA, HOURS_SCHEMA, keyPageOf } from '../keys.openapi.js';

const TIME = { required: false, description: 'ISO 8601 or epoch ms', schema: { type: 'string' } } as const;
const FORMATS: Readonly<Record<string, UsageFormat>> = { 'text/csv': 'csv', 'application/x-ndjson': 'ndjson' };

/** What keys were used for, by REST; of removed keys too, for as long as their calls are kept. */
@ApiTags('keys')
@ApiBearerAuth()
@Controller('v1/keys')
export class UsageController {
  constructor(
    private readonly reader: UsageReader,
    private readonly registry: KeyRegistry,
    private readonly audit: AuditReader,
  ) {}

  @Get(':id/usage')
  @RequireScope('keys:read')
  @ApiOperation({
    summary: 'Every signed call made with a key, newest first, kept for keys.usageRetentionDays',
    description: 'A page as JSON. With Accept text/csv or application/x-ndjson the whole range, without pages.',
  })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } })
  @ApiQuery({ name: 'cursor', required: false, schema: { type: 'string' } })
  @ApiQuery({ name: 'from', ...TIME })
  @ApiQuery({ name: 'to', ...TIME })
  @ApiQuery({
    name: 'outcome',
    description: 'Calls that ended so.',
    required: false,
    schema: { type: 'string', example: 'revoked' },
  })
  @ApiOkResponse({
    description: 'A page, or the whole range.',
    content: {
      'application/json': { schema: keyPageOf(CALL_SCHEMA) },
      'text/csv': { schema: { type: 'string' } },
      'application/x-ndjson': { schema: { type: 'string' } },
    },
  })
  @ApiProblem(404, 'unknown_key: no stored key has this id.')
  @ApiProblem(503, 'the database, the vault or the exchange is away; `code` tells which.')
  async usage(
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
    @Req() request: Request,
  ): Promise<UsagePage | StreamableFile> {
    await this.assertKnown(id);
    const wanted = request.accepts('application/json', ...Object.keys(FORMATS));
    const format = typeof wanted === 'string' ? FORMATS[wanted] : undefined;
    if (!format) return this.reader.page(id, query);
    const text = Readable.from(usageText(this.reader.all(id, query), format));
    const file = new StreamableFile(text, { type: USAGE_MEDIA[format] });
    // A cut connection is the only way to tell that the answer is not whole once it has begun.
    return file.setErrorHandler((_error, response) => response.destroy?.());
  }

  @Get(':id/usage/hours')
  @RequireScope('keys:read')
  @ApiOperation({ summary: 'Signed calls of a key by the hour and how they ended, beside what is usual for it' })
  @ApiQuery({ name: 'from', ...TIME })
  @ApiQuery({ name: 'to', ...TIME })
  @ApiOkResponse({ description: 'Every hour of the range.', schema: HOURS_SCHEMA })
  @ApiProblem(404, 'unknown_key: no stored key has this id.')
  @ApiProblem(503, 'the database, the vault or the exchange is away; `code` tells which.')
  async hours(@Param('id') id: string, @Query() query: Record<string, unknown>): Promise<UsageHours> {
    await this.assertKnown(id);
    return this.reader.hours(id, query);
  }

  /** A key that is stored, or was once. */
  private async assertKnown(id: string): Promise<void> {
    // The database takes no text with a NUL character, and no key has one in its id.
    const isText = !id.includes('\0');
    if (isText && (this.registry.get(id) || (await this.audit.knows(id)) || (await this.reader.knows(id)))) return;
    throw unknownKey(id, 'there is and was no key');
  }
}
