import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Body, Controller, Delete, Get, Module, type NestApplicationOptions, Post, Query } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { z } from 'zod';
import { AuthModule, RequireScope } from '../../src/platform/auth/index.js';
import { loadSettings, SettingsModule } from '../../src/platform/config/index.js';
import { HostPolicy, parseBody, parseQuery, prepareHttp, ProblemError } from '../../src/platform/http/index.js';
import { Log, LoggingModule } from '../../src/platform/logging/index.js';

const query = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  state: z.enum(['open', 'closed']).optional(),
});

@Controller()
class ProbeController {
  constructor(private readonly log: Log) {}

  @Get('v1/opportunities')
  @RequireScope('history')
  list(@Query() raw: unknown): unknown {
    return parseQuery(query, raw);
  }

  @Post('v1/opportunities')
  @RequireScope('history')
  write(): string {
    return 'written';
  }

  @Delete('v1/anything')
  remove(): string {
    return 'removed';
  }

  @Get('v1/keys')
  forgotten(): string {
    return 'a key';
  }

  @Post('v1/keys')
  @RequireScope('keys:admin')
  add(@Body() body: unknown): unknown {
    return parseBody(z.strictObject({ exchange: z.string() }), body);
  }

  @Post('logged')
  @RequireScope('keys:admin')
  async logged(@Body() body: { note: string }): Promise<void> {
    await delay(1);
    this.log.info('the work of a request', { note: body.note });
  }

  @Get('slow')
  async slow(): Promise<string> {
    await delay(1_010);
    return 'at last';
  }

  @Get('conflict')
  conflict(): never {
    throw new ProblemError(409, 'taken', 'the label "a" is taken; choose another', 'label');
  }

  @Get('broken')
  broken(): never {
    throw new Error('connect ECONNREFUSED postgres://user:hunter2@db');
  }
}

@Module({ controllers: [ProbeController] })
class ProbeModule {}

/**
 * Starts what every route has before it, with a few routes behind it.
 *
 * @param dataDir - Where the token of the owner is.
 * @param log - Takes the lines.
 * @param requestsPerMinute - Bound per address; without it the default.
 * @param environment - Settings beside those that the tests need.
 * @returns The application, listening.
 */
export async function startHttp(
  dataDir: string,
  log: Log,
  requestsPerMinute?: number,
  environment: Record<string, string> = {},
): Promise<NestExpressApplication> {
  const settings = loadSettings({ CROSSBOOK_ALLOWED_HOSTS: 'books.example.com', ...environment }, dataDir);
  const testing = await Test.createTestingModule({
    imports: [SettingsModule.using({ ...settings, dataDir }), LoggingModule.using(log), AuthModule, ProbeModule],
  }).compile();
  const options: Pick<NestApplicationOptions, 'bodyParser' | 'logger'> = { bodyParser: false, logger: false };
  const created = testing.createNestApplication<NestExpressApplication>(options);
  prepareHttp(created, created.get(HostPolicy), requestsPerMinute);
  await created.listen(0, '127.0.0.1');
  return created;
}

/** Where an application listens. */
export const portOf = (server: NestExpressApplication): number =>
  (server.getHttpServer() as { address(): AddressInfo }).address().port;
