import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { Actor, RequireScope } from '../platform/auth/index.js';
import { ApiProblem, type ListEnvelope, listOf } from '../platform/http/index.js';
import { DEFAULT_LIMIT, MAX_LIMIT } from './alert-query.js';
import { ALERT_STATES, type StoredAlert } from './alert.js';
import {
  ALERT_PAGE,
  ALERT_SCHEMA,
  RESEND_INPUT,
  RESENT,
  SECRET_INPUT,
  TARGET_LIST,
  TEST_REPORT,
} from './alerts.openapi.js';
import { AlertsService, type TargetView, type TestReport } from './alerts.service.js';

const TARGET_NAME = { name: 'name', description: 'Name of a target in `alerts.targets`.' };
const ALERT_ID = { name: 'id', description: 'Id of an alert, as the list shows it.' };

/** Alerts and their targets by REST; secrets go in and never come out. */
@ApiTags('alerts')
@ApiBearerAuth()
@Controller('v1/alerts')
export class AlertsController {
  constructor(private readonly alerts: AlertsService) {}

  @Get()
  @RequireScope('keys:read')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Alerts, newest first: one for each target, with what became of it' })
  @ApiQuery({
    name: 'state',
    required: false,
    description: 'Only those in this state.',
    schema: { type: 'string', enum: [...ALERT_STATES] },
  })
  @ApiQuery({ name: 'target', required: false, description: 'Only those of this target.', schema: { type: 'string' } })
  @ApiQuery({ name: 'rule', required: false, description: 'Only those of this rule.', schema: { type: 'string' } })
  @ApiQuery({
    name: 'limit',
    required: false,
    description: 'Alerts of a page at most.',
    schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
  })
  @ApiQuery({
    name: 'cursor',
    required: false,
    description: 'nextCursor of the page before.',
    schema: { type: 'string' },
  })
  @ApiOkResponse({ description: 'A page; pass nextCursor as cursor for the next one.', schema: ALERT_PAGE })
  page(@Query() query: Record<string, unknown>): Promise<ListEnvelope<StoredAlert>> {
    return this.alerts.page(query);
  }

  @Get('targets')
  @RequireScope('keys:read')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Who is told, how that goes, and whose secret is missing' })
  @ApiOkResponse({ description: 'Every target of alerts.targets.', schema: TARGET_LIST })
  async targets(): Promise<ListEnvelope<TargetView>> {
    return listOf(await this.alerts.targets());
  }

  @Put('targets/:name/secret')
  @ApiParam(TARGET_NAME)
  @RequireScope('keys:admin')
  @HttpCode(204)
  @ApiOperation({ summary: 'Seal the secret of a target in the vault; it is shown nowhere again' })
  @ApiBody({ schema: SECRET_INPUT })
  @ApiNoContentResponse({ description: 'It is stored, and what waits for the target goes out.' })
  @ApiProblem(400, 'bad_body: it is not what such a target needs; nothing of it is repeated.')
  @ApiProblem(404, 'unknown_target: it is not in alerts.targets.')
  @ApiProblem(409, 'no_secret_needed.')
  setSecret(@Param('name') name: string, @Body() body: unknown, @Actor() actor: string): Promise<void> {
    return this.alerts.setSecret(name, body, actor);
  }

  @Delete('targets/:name/secret')
  @ApiParam(TARGET_NAME)
  @RequireScope('keys:admin')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete the secret of a target' })
  @ApiNoContentResponse({ description: 'It is gone; alerts wait until there is another.' })
  @ApiProblem(404, 'no_secret: none is stored under this name.')
  removeSecret(@Param('name') name: string, @Actor() actor: string): Promise<void> {
    return this.alerts.removeSecret(name, actor);
  }

  @Post('targets/:name/test')
  @ApiParam(TARGET_NAME)
  @RequireScope('keys:admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Send a message that says it is a test, and tell how that went' })
  @ApiOkResponse({ description: 'Whether the target took it.', schema: TEST_REPORT })
  @ApiProblem(404, 'unknown_target: it is not in alerts.targets.')
  test(@Param('name') name: string): Promise<TestReport> {
    return this.alerts.test(name);
  }

  @Post('resend')
  @RequireScope('keys:admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Send every dead alert again, or those of one target' })
  @ApiBody({ schema: RESEND_INPUT })
  @ApiOkResponse({ description: 'How many wait again.', schema: RESENT })
  @ApiProblem(400, 'bad_body: a field is unknown or not valid; `field` names it.')
  @ApiProblem(404, 'unknown_target: it is not in alerts.targets.')
  resendAll(@Body() body: unknown): Promise<{ readonly resent: number }> {
    return this.alerts.resendAll(body);
  }

  @Post(':id/resend')
  @ApiParam(ALERT_ID)
  @RequireScope('keys:admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Send one dead alert again' })
  @ApiOkResponse({ description: 'The alert, which waits again.', schema: ALERT_SCHEMA })
  @ApiProblem(404, 'no_such_alert: no alert has this id.')
  @ApiProblem(409, 'not_dead, or unknown_target where its target is not configured any more.')
  resend(@Param('id') id: string): Promise<StoredAlert> {
    return this.alerts.resend(id);
  }
}
