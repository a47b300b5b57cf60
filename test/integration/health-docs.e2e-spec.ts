import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestApplicationOptions } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { AuthModule } from '../../src/platform/auth/index.js';
import { loadSettings, SettingsModule } from '../../src/platform/config/index.js';
import { HealthModule } from '../../src/platform/health/index.js';
import { HostPolicy, installDocs, prepareHttp } from '../../src/platform/http/index.js';
import { LoggingModule } from '../../src/platform/logging/index.js';
import { capturedLog } from '../support/captured-log.js';
import { ask } from '../support/request.js';

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'crossbook-health-'));
let database: () => Promise<string | null> = () => Promise.resolve(null);
let app: NestExpressApplication;
let port: number;

beforeAll(async () => {
  const testing = await Test.createTestingModule({
    imports: [
      SettingsModule.using({ ...loadSettings({}, dataDir), dataDir }),
      LoggingModule.using(capturedLog().log),
      AuthModule,
      HealthModule.asking({ useFactory: () => [{ name: 'database', check: () => database() }] }),
    ],
  }).compile();
  const options: Pick<NestApplicationOptions, 'bodyParser' | 'logger'> = { bodyParser: false, logger: false };
  app = testing.createNestApplication<NestExpressApplication>(options);
  prepareHttp(app, app.get(HostPolicy));
  installDocs(app, '1.2.3');
  await app.listen(0, '127.0.0.1');
  port = (app.getHttpServer() as { address(): AddressInfo }).address().port;
});

afterAll(async () => {
  await app.close();
  rmSync(dataDir, { recursive: true });
});

describe('the probes', () => {
  it('say that the process lives and that all it needs works', async () => {
    expect((await ask(port, '/health/live')).json).toEqual({ status: 'ok' });
    database = () => Promise.resolve(null);
    expect((await ask(port, '/health/ready')).json).toEqual({ status: 'ok', checks: { database: 'ok' } });
  });

  it('name what does not work, and nothing of what it said', async () => {
    database = () => Promise.reject(new Error('password of user "root" was hunter2'));
    const answer = await ask(port, '/health/ready');
    expect(answer.json).toMatchObject({
      status: 503,
      code: 'not_ready',
      detail: 'database: failed',
      field: 'database',
    });
    expect((await ask(port, '/health/live')).status).toBe(200);
  });

  it('answer in time even when a check never does', async () => {
    database = () => new Promise(() => undefined);
    expect((await ask(port, '/health/ready')).json['detail']).toContain('did not answer within');
  });
});

describe('the docs', () => {
  it('are OpenAPI 3.1 with every route', async () => {
    const { json } = await ask(port, '/docs-json');
    expect(json['openapi']).toBe('3.1.0');
    expect(json).toMatchObject({ info: { title: 'Crossbook', version: '1.2.3' } });
    expect(Object.keys(json['paths'] as object)).toEqual(['/health/live', '/health/ready']);
  });

  it('come whole from this service', async () => {
    const page = await ask(port, '/docs');
    expect(page.status).toBe(200);
    const sources = [...page.text.matchAll(/(?:src|href)=["']([^"']+)["']/g)].map((match) => match[1] ?? '');
    const assets = sources.filter((source) => !source.startsWith('#'));
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) {
      expect(asset).toMatch(/^\.\/docs\//);
      expect((await ask(port, asset.slice(1))).status).toBe(200);
    }
  });

  it('are not shown under the name of a stranger', async () => {
    expect((await ask(port, '/docs', { headers: { Host: 'evil.example' } })).status).toBe(403);
  });
});
