import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../auth/index.js';
import { SETTINGS, type Settings } from '../config/index.js';
import { shownSettings } from './shown-settings.js';

/** What this process runs with, so that nobody has to guess which file or variable won. */
@ApiTags('administration')
@ApiBearerAuth()
@Controller('v1/settings')
@RequireScope('keys:read')
export class SettingsController {
  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  @Get()
  @ApiOperation({ summary: 'The effective settings, without secrets' })
  @ApiOkResponse({
    description: 'Every setting by name, as environment, file and defaults made it',
    schema: { type: 'object', additionalProperties: true },
  })
  show(): Settings {
    return shownSettings(this.settings);
  }
}
