import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../platform/auth/index.js';
import { ApiProblem, type ListEnvelope } from '../../platform/http/index.js';
import { AuditReader, type AuditView } from './audit-reader.js';
import { type AuditReport, AuditVerifier } from './audit-verifier.js';
import { AUDIT_REPORT_SCHEMA, AUDIT_SCHEMA, keyPageOf } from '../keys.openapi.js';

/** The audit of the keys by REST; nothing there can be changed. */
@ApiTags('keys')
@ApiBearerAuth()
@Controller('v1/keys/audit')
export class AuditController {
  constructor(
    private readonly reader: AuditReader,
    private readonly verifier: AuditVerifier,
  ) {}

  @Get()
  @RequireScope('keys:read')
  @ApiOperation({ summary: 'Every change to a key, newest first' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } })
  @ApiQuery({ name: 'cursor', required: false, schema: { type: 'string' } })
  @ApiQuery({ name: 'keyId', description: 'Of one key only.', required: false, schema: { type: 'string' } })
  @ApiQuery({
    name: 'action',
    description: 'Of one kind only.',
    required: false,
    schema: { type: 'string', example: 'key_added' },
  })
  @ApiQuery({ name: 'from', required: false, description: 'ISO 8601 or epoch ms', schema: { type: 'string' } })
  @ApiQuery({ name: 'to', required: false, description: 'ISO 8601 or epoch ms', schema: { type: 'string' } })
  @ApiOkResponse({
    description: 'A page; pass nextCursor as cursor for the next one.',
    schema: keyPageOf(AUDIT_SCHEMA),
  })
  @ApiProblem(503, 'the database, the vault or the exchange is away; `code` tells which.')
  list(@Query() query: Record<string, unknown>): Promise<ListEnvelope<AuditView>> {
    return this.reader.page(query);
  }

  @Get('verify')
  @RequireScope('keys:read')
  @ApiOperation({ summary: 'Walk the chain of the audit: the first line that was changed, removed, added or moved' })
  @ApiOkResponse({ description: 'What the walk found.', schema: AUDIT_REPORT_SCHEMA })
  @ApiProblem(503, 'the database, the vault or the exchange is away; `code` tells which.')
  verify(): Promise<AuditReport> {
    return this.verifier.verify();
  }
}
