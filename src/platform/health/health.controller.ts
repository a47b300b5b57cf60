import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { ProblemError } from '../http/index.js';
import { askAll, READINESS_CHECKS, type ReadinessCheck } from './readiness.js';

/** Probes for whatever runs the service. */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(@Inject(READINESS_CHECKS) private readonly checks: readonly ReadinessCheck[]) {}

  @Get('live')
  @ApiOperation({ summary: 'Whether the process answers at all; if not, start it anew' })
  @ApiOkResponse({ description: 'It does' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether everything that is needed works: the database answers and detection runs' })
  @ApiOkResponse({ description: 'All of it works' })
  @ApiServiceUnavailableResponse({ description: 'Something does not; the problem document names it' })
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
