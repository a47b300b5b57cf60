import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NestApplicationOptions } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { ExchangesModule } from '../../src/exchanges/index.js';
import { AuthModule } from '../../src/platform/auth/index.js';
import { ClockModule } from '../../src/platform/clock/index.js';
import { SettingsModule } from '../../src/platform/config/index.js';
import { HostPolicy, prepareHttp } from '../../src/platform/http/index.js';
import { LoggingModule, openLog } from '../../src/platform/logging/index.js';
import { FakeKeysModule } from '../support/fake-keys.module.js';
import { settingsOf } from '../support/market-rig.js';
import { ask } from '../support/request.js';

describe('GET /v1/exchanges/{id}/capabilities', () => {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'crossbook-capabilities-'));
  let app: NestExpressApplication;
  let port: number;

  beforeAll(async () => {
    // Nothing listens there: what is told needs no exchange.
    const settings = settingsOf({ exchangeGateway: 'http://127.0.0.1:9', exchanges: ['okx'], symbols: ['BTC/USDT'] });
    const testing = await Test.createTestingModule({
      imports: [
        ...[SettingsModule.using({ ...settings, dataDir }), LoggingModule.using(openLog('silent')), AuthModule],
        ...[ClockModule, FakeKeysModule, ExchangesModule.local()],
      ],
    }).compile();
    const options: Pick<NestApplicationOptions, 'bodyParser' | 'logger'> = { bodyParser: false, logger: false };
    app = testing.createNestApplication<NestExpressApplication>(options);
    prepareHttp(app, app.get(HostPolicy));
    await app.listen(0, '127.0.0.1');
    ({ port } = (app.getHttpServer() as { address(): AddressInfo }).address());
  });

  afterAll(async () => {
    await app.close();
    rmSync(dataDir, { recursive: true });
  });

  it.each([
    ['okx', 'verified', 'verified'],
    ['mexc', 'verified', 'unverified'],
    ['whitebit', 'unverified', 'unverified'],
    ['bitso', 'absent', 'unverified'],
  ])('tells of %s, watched or not', async (id, books, keyFacts) => {
    const answer = await ask(port, `/v1/exchanges/${id}/capabilities`);
    expect([answer.status, answer.json]).toEqual([200, expect.objectContaining({ id, books, keyFacts })]);
    expect(Object.keys(answer.json)).toEqual(['id', 'books', 'fees', 'networks', 'keyFacts', 'clock']);
  });

  it('answers an unknown exchange with what was probably meant', async () => {
    const answer = await ask(port, '/v1/exchanges/krakn/capabilities');
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json).toMatchObject({ status: 404, code: 'no_such_exchange', field: 'id' });
    expect(answer.json['detail']).toBe(
      'no exchange is called "krakn" (did you mean "kraken"?); use ccxt ids such as "okx": npm run exchanges -- --all shows them',
    );
  });

  it.each(['constructor', '__proto__', 'Exchange', 'pro', 'x'.repeat(500)])('knows no exchange %s', async (id) => {
    const answer = await ask(port, `/v1/exchanges/${id}/capabilities`);
    expect(answer.status).toBe(404);
    expect(answer.text.length).toBeLessThan(500 + id.length);
  });
});
