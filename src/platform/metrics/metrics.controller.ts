import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../auth/index.js';
import { Metrics } from './metrics.js';

/** What Prometheus scrapes. */
@ApiTags('health')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @RequireScope('history')
  @Header('Content-Type', Metrics.contentType)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Every metric in the text format of Prometheus; docs/metrics.md lists them' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'Text exposition format, version 0.0.4', schema: { type: 'string' } })
  read(): Promise<string> {
    return this.metrics.text();
  }
}
