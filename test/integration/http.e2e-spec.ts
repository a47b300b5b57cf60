import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { capturedLog } from '../support/captured-log.js';
import { ask } from '../support/request.js';
import { portOf, startHttp } from './http-app.js';

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'crossbook-http-'));
const { log, lines } = capturedLog();
let app: NestExpressApplication;
let port: number;
let bearer: { Authorization: string };

const start = (requestsPerMinute?: number, environment?: Record<string, string>): Promise<NestExpressApplication> =>
  startHttp(dataDir, log, requestsPerMinute, environment);

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
      requestId: answer.headers['x-request-id'],
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

  it('counts each token by itself, and addresses behind a stated proxy apart', async () => {
    const limited = await start(2, { CROSSBOOK_TRUSTED_PROXIES: '127.0.0.1' });
    try {
      const from = async (client: string, headers: Record<string, string> = {}): Promise<unknown> => {
        const forwarded = { 'X-Forwarded-For': client, ...headers };
        return (await ask(portOf(limited), '/v1/opportunities', { headers: forwarded })).json['detail'] ?? 'answered';
      };
      // What a client claims of itself stands before what the proxy adds, and counts for nothing.
      for (const claimed of ['198.51.100.1', '198.51.100.2']) await from(`${claimed}, 203.0.113.9`);
      expect(await from('198.51.100.3, 203.0.113.9')).toContain('requests of this address');
      for (const client of ['203.0.113.10', '203.0.113.11']) expect(await from(client, bearer)).toBe('answered');
      expect(await from('203.0.113.12', bearer)).toContain('requests of this token');
      expect(await from('203.0.113.12')).toContain('needs a token');
    } finally {
      await limited.close();
    }
  });

  it('is bounded in time, headers and connections', async () => {
    const server = app.getHttpServer();
    expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000, maxHeadersCount: 100 });
    expect(server.maxConnections).toBe(2_000);
    const headers = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`X-Large-${i}`, 'x'.repeat(1_000)]));
    expect((await ask(port, '/v1/opportunities', { headers })).status).toBe(431);
  });

  it('tells no browser to insist on TLS while there is none', async () => {
    expect((await ask(port, '/v1/nothing')).headers['strict-transport-security']).toBeUndefined();
    const claimed = { 'X-Forwarded-Proto': 'https' };
    expect((await ask(port, '/v1/nothing', { headers: claimed })).headers['strict-transport-security']).toBeUndefined();
  });
});
