import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NestApplicationOptions } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { ExchangesModule, MarketSource } from '../../src/exchanges/index.js';
import { AuthModule } from '../../src/platform/auth/index.js';
import { ClockModule } from '../../src/platform/clock/index.js';
import { SettingsModule } from '../../src/platform/config/index.js';
import { HostPolicy, prepareHttp } from '../../src/platform/http/index.js';
import { LoggingModule, openLog } from '../../src/platform/logging/index.js';
import { type Simulator, startSimulator } from '../../src/simulator/index.js';
import { FakeKeysModule } from '../support/fake-keys.module.js';
import { settingsOf, until } from '../support/market-rig.js';
import { type Answer, ask } from '../support/request.js';

describe('/v1/symbols', () => {
  let simulator: Simulator;
  let app: NestExpressApplication;
  let dataDir: string;
  let port: number;

  beforeAll(async () => {
    dataDir = mkdtempSync(path.join(os.tmpdir(), 'crossbook-symbols-'));
    simulator = await startSimulator({ port: 0, symbols: ['BTC/USDT', 'ETH/USDT'] });
    const gateway = { exchangeGateway: simulator.url, exchanges: ['okx'], symbols: ['BTC/USDT'] };
    const testing = await Test.createTestingModule({
      imports: [
        SettingsModule.using({ ...settingsOf(gateway), dataDir }),
        LoggingModule.using(openLog('silent')),
        ClockModule,
        AuthModule,
        FakeKeysModule,
        ExchangesModule.local(),
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
    await simulator.close();
    rmSync(dataDir, { recursive: true });
  });

  const token = (): string => readFileSync(path.join(dataDir, 'admin.token'), 'utf8').trim();
  const change = (method: string, target: string): Promise<Answer> =>
    ask(port, target, { method, headers: { authorization: `Bearer ${token()}` } });
  const states = (): string[] =>
    app
      .get(MarketSource)
      .statuses()
      .flatMap(({ symbols }) => symbols.map(({ symbol, state }) => `${symbol} ${state}`));

  it('adds a symbol, shows it, and removes it', async () => {
    await until('the first is live', () => states().includes('BTC/USDT live'));
    const added = await change('PUT', '/v1/symbols/ETH/USDT');
    expect([added.status, added.json]).toEqual([
      200,
      { data: [{ symbol: 'BTC/USDT' }, { symbol: 'ETH/USDT' }], nextCursor: null, hasMore: false },
    ]);
    await until('it is live', () => states().includes('ETH/USDT live'));
    expect((await change('PUT', '/v1/symbols/ETH/USDT')).json['data']).toHaveLength(2);
    expect((await change('DELETE', '/v1/symbols/ETH/USDT')).status).toBe(200);
    expect(states()).toEqual(['BTC/USDT live']);
    expect((await ask(port, '/v1/symbols')).json['data']).toEqual([{ symbol: 'BTC/USDT' }]);
  });

  it.each([
    ['PUT', '/v1/symbols/btc/usdt', 400, 'bad_symbol'],
    ['DELETE', '/v1/symbols/SOL/USDT', 404, 'unknown_symbol'],
    ['DELETE', '/v1/symbols/BTC/USDT', 409, 'last_symbol'],
  ])('refuses %s %s with its reason and changes nothing', async (method, target, status, code) => {
    const answer = await change(method, target);
    expect([answer.status, answer.json['code']]).toEqual([status, code]);
    expect(states()).toEqual(['BTC/USDT live']);
  });

  it('holds at most a thousand', async () => {
    const feed = app.get<{ watch(symbols: readonly string[]): void; symbols(): readonly string[] }>(MarketSource);
    feed.watch(['BTC/USDT', ...Array.from({ length: 999 }, (_, index) => `X${index}/USDT`)]);
    const answer = await change('PUT', '/v1/symbols/ETH/USDT');
    expect([answer.status, answer.json['code']]).toEqual([409, 'too_many_symbols']);
    feed.watch(['BTC/USDT']);
    expect(states()).toEqual(['BTC/USDT live']);
  });

  it('lets nobody change them without the token', async () => {
    for (const method of ['PUT', 'DELETE']) {
      const answer = await ask(port, '/v1/symbols/ETH/USDT', { method });
      expect([answer.status, answer.json['code']]).toEqual([401, 'unauthenticated']);
    }
  });
});
