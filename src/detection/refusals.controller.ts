import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { RefusalCount } from '../core/gates/refusal-reason.js';
import { RequireScope } from '../platform/auth/index.js';
import { OpportunityFeed } from './ports.js';

/** What was turned away since the start of this run. */
@ApiTags('detection')
@Controller('v1/refusals')
@RequireScope('history')
export class RefusalsController {
  constructor(private readonly feed: OpportunityFeed) {}

  @Get()
  @ApiOperation({ summary: 'Candidates that a gate turned away, by route and reason, since the start of this run' })
  @ApiOkResponse({ description: 'Entries into each reason and the milliseconds spent in it' })
  list(): { data: readonly RefusalCount[]; nextCursor: null; hasMore: false; epoch: string } {
    return { data: this.feed.refusals(), nextCursor: null, hasMore: false, epoch: this.feed.epoch };
  }
}
