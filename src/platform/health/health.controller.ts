import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblem, exact, ProblemError } from '../http/index.js';
import { askAll, READINESS_CHECKS, type ReadinessCheck } from './readiness.js';

const OK = { type: 'string', enum: ['ok'] };

/** Probes for whatever runs the service. */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(@Inject(READINESS_CHECKS) private readonly checks: readonly ReadinessCheck[]) {}

  @Get('live')
  @ApiOperation({ summary: 'Whether the process answers at all; if not, start it anew' })
  @ApiOkResponse({ description: 'It does', schema: exact({ status: OK }) })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether everything that is needed works: the database answers and detection runs' })
  @ApiOkResponse({
    description: 'All of it works',
    schema: exact({ status: OK, checks: { type: 'object', additionalProperties: { type: 'string' } } }),
  })
  @ApiProblem(503, 'not_ready: something does not; `field` names it.')
  async ready(): Promise<{ status: 'ok'; checks: Record<string, string> }> {
    const outcomes = await askAll(this.checks);
    const wrong = outcomes.filter(({ outcome }) => outcome !== 'ok');
    if (wrong.length > 0) {
      const detail = wrong.map(({ name, outcome }) => `${name}: ${outcome}`).join('; ');
      throw new ProblemError(503, 'not_ready', detail, wrong[0]?.name ?? null);
    }
    return { status: 'ok', checks: Object.fromEntries(outcomes.map(({ name, outcome }) => [name, outcome])) };
  }
}
