import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Delete, Get, Module, type NestApplicationOptions, Post, Query } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { z } from 'zod';
import { AuthModule, RequireScope } from '../../src/platform/auth/index.js';
import { loadSettings, SettingsModule } from '../../src/platform/config/index.js';
import { HostPolicy, parseBody, parseQuery, prepareHttp, ProblemError } from '../../src/platform/http/index.js';
import { LoggingModule } from '../../src/platform/logging/index.js';
import { capturedLog } from '../support/captured-log.js';
import { ask } from '../support/request.js';

const query = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  state: z.enum(['open', 'closed']).optional(),
});

@Controller()
class ProbeController {
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

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'crossbook-http-'));
const { log, lines } = capturedLog();
let app: NestExpressApplication;
let port: number;
let bearer: { Authorization: string };

async function start(requestsPerMinute?: number): Promise<NestExpressApplication> {
  const settings = loadSettings({ CROSSBOOK_ALLOWED_HOSTS: 'books.example.com' }, dataDir);
  const testing = await Test.createTestingModule({
    imports: [SettingsModule.using({ ...settings, dataDir }), LoggingModule.using(log), AuthModule, ProbeModule],
  }).compile();
  const options: Pick<NestApplicationOptions, 'bodyParser' | 'logger'> = { bodyParser: false, logger: false };
  const created = testing.createNestApplication<NestExpressApplication>(options);
  prepareHttp(created, created.get(HostPolicy), requestsPerMinute);
  await created.listen(0, '127.0.0.1');
  return created;
}

const portOf = (server: NestExpressApplication): number =>
  (server.getHttpServer() as { address(): AddressInfo }).address().port;

beforeAll(async () => {
  app = await start();
  port = portOf(app);
  bearer = { Authorization: `Bearer ${readFileSync(path.join(dataDir, 'admin.token'), 'utf8').trim()}` };
});

afterAll(async () => {
  await app.close();
  rmSync(dataDir, { recursive: true });
});

describe('problem documents', () => {
  it('tell a foreseen refusal whole', async () => {
    const answer = await ask(port, '/conflict?secret=1');
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json).toEqual({
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      detail: 'the label "a" is taken; choose another',
      code: 'taken',
      field: 'label',
      instance: '/conflict',
    });
  });

  it('hide what broke inside and log it under the id that is told', async () => {
    const answer = await ask(port, '/broken');
    expect(answer.status).toBe(500);
    expect(answer.json).toMatchObject({ code: 'internal', title: 'Internal Server Error' });
    expect(answer.text).not.toContain('hunter2');
    const logged = lines.find((line) => line.includes(String(answer.json['requestId'])));
    expect(logged).toContain('ECONNREFUSED');
  });

  it('answer an unknown path, and name what is there instead', async () => {
    const answer = await ask(port, '/v1/nothing?x=1');
    expect(answer.status).toBe(404);
    expect(answer.json).toMatchObject({ code: 'not_found', detail: 'there is no GET /v1/nothing; see /docs' });
  });

  it('name the field and the value of a bad query, every problem at once', async () => {
    const answer = await ask(port, '/v1/opportunities?limit=0&state=half&limits=5');
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code: 'bad_query', field: 'limit' });
    expect(answer.json['detail']).toBe(
      'limit must be at least 1, was "0"; state must be "open" or "closed", was "half"; ' +
        'limits is not known here; known are limit, state',
    );
  });

  it('refuse a repeated parameter instead of taking one of its values', async () => {
    const answer = await ask(port, '/v1/opportunities?state=open&state=closed');
    expect(answer.json).toMatchObject({ status: 400, field: 'state' });
    expect(answer.json['detail']).toContain('["open","closed"]');
  });

  it.each([
    ['no JSON', '{"exchange":', 400, 'bad_json'],
    ['an array', '[]', 400, 'bad_body'],
    ['a wrong type', '{"exchange":7}', 400, 'bad_body'],
    ['more than 64 kB', JSON.stringify({ exchange: 'x'.repeat(70_000) }), 413, 'too_large'],
  ])('refuse a body that is %s', async (_what, body, status, code) => {
    const headers = { ...bearer, 'Content-Type': 'application/json' };
    const answer = await ask(port, '/v1/keys', { method: 'POST', headers, body });
    expect(answer.json).toMatchObject({ status, code });
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('answer a path that cannot be decoded', async () => {
    expect((await ask(port, '/%E0%A4%A')).json).toMatchObject({ status: 404 });
    expect((await ask(port, '/v1/opportunities?state=%E0%A4%A')).json).toMatchObject({ status: 400, field: 'state' });
  });
});

describe('the guard', () => {
  it('leaves reading open on loopback', async () => {
    expect((await ask(port, '/v1/opportunities')).status).toBe(200);
  });

  it.each([
    ['POST', '/v1/opportunities'],
    ['DELETE', '/v1/anything'],
    ['GET', '/v1/keys'],
    ['POST', '/v1/keys'],
  ])('asks a token for %s %s', async (method, target) => {
    const answer = await ask(port, target, { method });
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({ code: 'unauthenticated' });
    expect(String(answer.json['detail'])).toContain('admin.token');
    expect(answer.headers['www-authenticate']).toContain('Bearer');
    expect((await ask(port, target, { method, headers: bearer })).status).toBeLessThan(401);
  });

  it('refuses a wrong token even where none is needed', async () => {
    const wrong = { Authorization: `Bearer ${'A'.repeat(43)}` };
    expect((await ask(port, '/v1/opportunities', { headers: wrong })).status).toBe(401);
    expect((await ask(port, '/v1/opportunities', { headers: { Authorization: 'Basic Zm9v' } })).status).toBe(401);
  });

  it('closes reading to whoever comes through a proxy', async () => {
    const named = { Host: 'books.example.com' };
    expect((await ask(port, '/v1/opportunities', { headers: named })).status).toBe(401);
    expect((await ask(port, '/v1/opportunities', { headers: { ...named, ...bearer } })).status).toBe(200);
    expect((await ask(port, '/v1/opportunities', { headers: { 'X-Forwarded-For': '203.0.113.9' } })).status).toBe(401);
  });

  it('keeps the token file to its owner', () => {
    expect(statSync(path.join(dataDir, 'admin.token')).mode & 0o777).toBe(0o600);
  });
});

describe('the check of Host and Origin', () => {
  it.each(['localhost', '127.0.0.1:8080', '[::1]:9', 'LOCALHOST:80', 'books.example.com:443'])(
    'answers under %s',
    async (host) => {
      expect((await ask(port, '/v1/opportunities', { headers: { Host: host, ...bearer } })).status).toBe(200);
    },
  );

  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', '127.0.0.1@evil.example'])(
    'does not answer under %j',
    async (host) => {
      const answer = await ask(port, '/v1/opportunities', { headers: { Host: host } });
      expect(answer.json).toMatchObject({ status: 403, code: 'host_not_allowed' });
    },
  );

  it.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'file://localhost'])(
    'does not answer pages of %s',
    async (origin) => {
      const answer = await ask(port, '/v1/opportunities', { headers: { Origin: origin } });
      expect(answer.json).toMatchObject({ status: 403, code: 'origin_not_allowed' });
    },
  );

  it('answers its own pages', async () => {
    const headers = { Origin: `http://localhost:${port}` };
    expect((await ask(port, '/v1/opportunities', { headers })).status).toBe(200);
  });
});

describe('every answer', () => {
  it('carries the security headers and no banner', async () => {
    const { headers } = await ask(port, '/v1/nothing');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('counts against the rate limit, and beyond it tells when to come again', async () => {
    const limited = await start(2);
    try {
      const own = portOf(limited);
      expect((await ask(own, '/v1/opportunities')).headers['ratelimit']).toBeDefined();
      await ask(own, '/v1/opportunities');
      const answer = await ask(own, '/v1/opportunities');
      expect(answer.json).toMatchObject({ status: 429, code: 'too_many_requests' });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    } finally {
      await limited.close();
    }
  });
});
