import { type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Subscription } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExchangePoint, ExchangeStatus } from '../../src/core/market/exchange-status.js';
import { ExchangeHistory } from '../../src/exchanges/exchange-history.js';
import { ExchangesModule, MarketSource } from '../../src/exchanges/index.js';
import { ClockModule } from '../../src/platform/clock/index.js';
import { SettingsModule } from '../../src/platform/config/index.js';
import { LoggingModule, openLog } from '../../src/platform/logging/index.js';
import { type Simulator, startSimulator } from '../../src/simulator/index.js';
import { FakeKeysModule } from '../support/fake-keys.module.js';
import { listen, settingsOf, until } from '../support/market-rig.js';

interface Answer {
  readonly data: ExchangeStatus[];
  readonly nextCursor: null;
  readonly hasMore: boolean;
}

describe('GET /v1/exchanges', () => {
  let simulator: Simulator;
  let app: INestApplication;
  let streaming: Subscription;
  const streamed: ExchangeStatus[] = [];

  beforeAll(async () => {
    const symbols = ['BTC/USDT', 'BTC/USD'];
    simulator = await startSimulator({ port: 0, symbols });
    const settings = settingsOf({ exchangeGateway: simulator.url, exchanges: ['okx', 'bybit'], symbols });
    const testing = await Test.createTestingModule({
      imports: [
        SettingsModule.using(settings),
        LoggingModule.using(openLog('silent')),
        ClockModule,
        FakeKeysModule,
        ExchangesModule.local(),
      ],
    }).compile();
    app = testing.createNestApplication();
    app.useLogger(false);
    streaming = listen(app.get(MarketSource).statuses$, (status) => streamed.push(status));
    await app.listen(0, '127.0.0.1');
  });

  afterAll(async () => {
    streaming.unsubscribe();
    await app.close();
    await simulator.close();
  });

  it('answers what an exchange was like', async () => {
    await until('okx is live', () => app.get(MarketSource).statuses()[0]?.status === 'live');
    app.get(ExchangeHistory).note();
    const response = await fetch(`${await app.getUrl()}/v1/exchanges/okx/history`);
    const answer = (await response.json()) as { data: ExchangePoint[] };
    expect(answer).toMatchObject({ nextCursor: null, hasMore: false });
    expect(answer.data.at(-1)).toMatchObject({ status: 'live', integrity: 'verified', liveBooks: 2 });
    expect(answer.data.at(-1)?.latencyMs).toBeGreaterThanOrEqual(0);
  });

  it('answers a whole list in the published shape', async () => {
    await until('both are live', () =>
      app
        .get(MarketSource)
        .statuses()
        .every(({ status }) => status === 'live'),
    );
    const response = await fetch(`${await app.getUrl()}/v1/exchanges`);
    const answer = (await response.json()) as Answer;
    expect(answer).toMatchObject({ nextCursor: null, hasMore: false });
    expect(answer.data.map(({ id, status, integrity }) => [id, status, integrity])).toEqual([
      ['okx', 'live', 'verified'],
      ['bybit', 'live', 'verified'],
    ]);
    const [usdt, usd] = answer.data[1]!.symbols;
    expect(usdt).toMatchObject({ symbol: 'BTC/USDT', state: 'live', sequence: expect.any(Number) });
    expect(usdt!.bestBid).toBeLessThan(usdt!.bestAsk!);
    expect(usd).toEqual({
      symbol: 'BTC/USD',
      state: 'unavailable',
      ageMs: null,
      quietMs: null,
      sequence: null,
      bestBid: null,
      bestAsk: null,
    });
  });

  it('streams a status at each change and about once a second', async () => {
    const of = (id: string): ExchangeStatus[] => streamed.filter((status) => status.id === id);
    expect(of('okx')[0]?.status).toBe('connecting');
    const before = of('okx').length;
    const startedAt = performance.now();
    await until('three more came', () => of('okx').length >= before + 3);
    expect(performance.now() - startedAt).toBeGreaterThan(1_500);
  });

  it('stops within a second', async () => {
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
