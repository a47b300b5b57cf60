import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Actor, RequireScope } from '../../platform/auth/index.js';
import type { KeyView } from '../key-health.js';
import { KeysService } from '../keys.service.js';
import type { Compromised, ManyCompromised } from './key-compromise.js';
import type { Timeline } from './key-timeline.js';
import { ApiProblem } from '../../platform/http/index.js';
import { COMPROMISED_SCHEMA, KEY_SCHEMA, MANY_COMPROMISED_SCHEMA, TIMELINE_SCHEMA } from '../keys.openapi.js';

const SUCCESSOR = {
  type: 'object',
  required: ['apiKey', 'secret'],
  additionalProperties: false,
  properties: {
    apiKey: { type: 'string', format: 'password', writeOnly: true },
    secret: { type: 'string', format: 'password', writeOnly: true },
    passphrase: { type: ['string', 'null'], format: 'password', writeOnly: true },
    label: { type: 'string', description: 'Without it, that of the old key.' },
    acceptWithdrawal: { type: 'boolean', default: false },
  },
};
const WHICH = {
  type: 'object',
  additionalProperties: false,
  properties: { exchange: { type: 'string', example: 'okx' }, all: { type: 'boolean', enum: [true] } },
};

/** The end of keys by REST: replaced by others, or leaked. */
@ApiTags('keys')
@ApiBearerAuth()
@Controller('v1/keys')
export class LifecycleController {
  constructor(private readonly keys: KeysService) {}

  @Post('compromise')
  @RequireScope('keys:admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Stop all keys of an exchange, or all, and shred their secrets: {exchange} or {all: true}' })
  @ApiBody({ schema: WHICH })
  @ApiOkResponse({ description: 'What was done about each, and what is left to do.', schema: MANY_COMPROMISED_SCHEMA })
  @ApiProblem(503, 'the database, the vault or the exchange is away; `code` tells which.')
  compromiseMany(@Body() body: unknown, @Actor() actor: string): Promise<ManyCompromised> {
    return this.keys.compromiseMany(body, actor);
  }

  @Post(':id/compromise')
  @RequireScope('keys:admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Stop a key that leaked, shred its secret, and say how to delete it at the exchange' })
  @ApiOkResponse({ description: 'What was done, and what is left to do.', schema: COMPROMISED_SCHEMA })
  @ApiProblem(404, 'unknown_key: no stored key has this id.')
  @ApiProblem(503, 'the database, the vault or the exchange is away; `code` tells which.')
  compromise(@Param('id') id: string, @Actor() actor: string): Promise<Compromised> {
    return this.keys.compromise(id, actor);
  }

  @Post(':id/rotate')
  @RequireScope('keys:admin')
  @ApiOperation({ summary: 'Put a new key in the place of this one, after its exchange vouched for it' })
  @ApiBody({ schema: SUCCESSOR })
  @ApiCreatedResponse({ description: 'The new key.', schema: KEY_SCHEMA })
  @ApiProblem(404, 'unknown_key: no stored key has this id.')
  @ApiProblem(409, 'the state of the key does not allow it; `code` and `detail` tell why.')
  @ApiProblem(422, 'the exchange refuses the new key, or it may do what a monitor should not; `code` tells which.')
  @ApiProblem(503, 'the database, the vault or the exchange is away; `code` tells which.')
  rotate(@Param('id') id: string, @Body() body: unknown, @Actor() actor: string): Promise<KeyView> {
    return this.keys.rotate(id, body, actor);
  }

  @Get(':id/timeline')
  @RequireScope('keys:read')
  @ApiOperation({ summary: 'What a key was used for and what was done to it, to compare with the log of its exchange' })
  @ApiOkResponse({ description: 'Its past.', schema: TIMELINE_SCHEMA })
  @ApiProblem(404, 'unknown_key: no stored key has this id.')
  @ApiProblem(503, 'the database, the vault or the exchange is away; `code` tells which.')
  timeline(@Param('id') id: string): Promise<Timeline> {
    return this.keys.timeline(id);
  }
}
