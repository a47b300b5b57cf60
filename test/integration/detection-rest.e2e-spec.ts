import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Global, Module, type NestApplicationOptions } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Explanation } from '../../src/core/detector/explanation.js';
import type { ExchangeStatus } from '../../src/core/market/exchange-status.js';
import { ExplainController } from '../../src/detection/explain.controller.js';
import { IdentityDecisions } from '../../src/detection/identity-decisions.js';
import { IdentityController } from '../../src/detection/identity.controller.js';
import { IdentityRepository } from '../../src/detection/identity.repository.js';
import { OpportunityFeed } from '../../src/detection/index.js';
import { MarketSource } from '../../src/exchanges/index.js';
import { AuthModule } from '../../src/platform/auth/index.js';
import { Clock, ClockModule } from '../../src/platform/clock/index.js';
import { SettingsModule, settingsSchema } from '../../src/platform/config/index.js';
import { HostPolicy, prepareHttp } from '../../src/platform/http/index.js';
import { LoggingModule, openLog } from '../../src/platform/logging/index.js';
import { Database, DatabaseError, PrismaModule } from '../../src/platform/prisma/index.js';
import { embeddedDatabase } from '../support/databases.js';
import { FakeMarketSource, FakeOpportunityFeed } from '../support/fake-ports.js';
import { type Answer, ask } from '../support/request.js';

@Global()
@Module({
  controllers: [ExplainController, IdentityController],
  providers: [
    { provide: OpportunityFeed, useClass: FakeOpportunityFeed },
    { provide: MarketSource, useClass: FakeMarketSource },
    IdentityRepository,
    IdentityDecisions,
  ],
})
class DetectionRestModule {}

function exchange(id: string, ...symbols: [string, 'live' | 'resyncing' | 'unavailable'][]): ExchangeStatus {
  return {
    id,
    status: 'live',
    integrity: 'verified',
    clockOffsetMs: null,
    messagesPerSecond: 1,
    messages: 70,
    updates: 1,
    resyncs: 0,
    reconnects: 0,
    sequenceBreaks: 0,
    strayFaults: 0,
    lastError: null,
    symbols: symbols.map(([symbol, state]) => {
      return { symbol, state, ageMs: 1, quietMs: 1, sequence: null, bestBid: null, bestAsk: null };
    }),
  };
}

describe('detection by REST', () => {
  const target = embeddedDatabase();
  let app: NestExpressApplication;
  let port: number;
  let feed: FakeOpportunityFeed;

  beforeAll(async () => {
    const testing = await Test.createTestingModule({
      imports: [
        SettingsModule.using({ ...settingsSchema.parse({}), dataDir: target.dataDir }),
        LoggingModule.using(openLog('silent')),
        ClockModule,
        PrismaModule.forSettings(),
        AuthModule,
        DetectionRestModule,
      ],
    }).compile();
    const options: Pick<NestApplicationOptions, 'bodyParser' | 'logger'> = { bodyParser: false, logger: false };
    app = testing.createNestApplication<NestExpressApplication>(options);
    prepareHttp(app, app.get(HostPolicy));
    await app.listen(0, '127.0.0.1');
    ({ port } = (app.getHttpServer() as { address(): AddressInfo }).address());
    feed = app.get<FakeOpportunityFeed>(OpportunityFeed);
    const markets = app.get<FakeMarketSource>(MarketSource);
    markets.emit(exchange('okx', ['BTC/USDT', 'live'], ['ETH/USDT', 'resyncing']));
    markets.emit(exchange('kraken', ['BTC/USDT', 'live'], ['BTC/USDC', 'live'], ['ETH/USDT', 'unavailable']));
  }, 60_000);

  afterAll(async () => {
    await app.close();
    await target.remove();
  });

  const get = (target: string): Promise<Answer> => ask(port, target);
  const write = (method: string, query: string, body?: unknown): Promise<Answer> => {
    const token = readFileSync(path.join(target.dataDir, 'admin.token'), 'utf8').trim();
    return ask(port, `/v1/identity/deny${query}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };

  describe('GET /v1/explain', () => {
    const explanation: Explanation = {
      routeId: 'cross:okx:BTC/USDT>kraken:BTC/USDC',
      atMs: 1_795_000_000_000.5,
      verdict: 'refused',
      reason: 'stale',
      grossBps: 12.5,
      gates: [
        { reason: 'exchange_down', passed: true, measured: {} },
        { reason: 'stale', passed: false, measured: { buyAgeMs: 4_000, maxAgeMs: 3_000 } },
        { reason: 'skewed', passed: null, measured: {} },
      ],
      figures: null,
    };

    it('answers by the id of the route, and by its parts', async () => {
      feed.explanations.set(explanation.routeId, explanation);
      const byId = await get(`/v1/explain?routeId=${encodeURIComponent(explanation.routeId)}`);
      expect([byId.status, byId.json]).toEqual([200, explanation]);
      expect(byId.headers['cache-control']).toBe('no-store');
      const parts = 'symbol=BTC/USDT&buyExchange=okx&sellExchange=kraken&sellSymbol=BTC/USDC';
      expect((await get(`/v1/explain?${parts}`)).json).toEqual(explanation);
    });

    it.each([
      ['an exchange', 'symbol=BTC/USDT&buyExchange=okx&sellExchange=gate', 'exchange gate is not watched'],
      ['a symbol', 'symbol=BTC/USDC&buyExchange=okx&sellExchange=kraken', 'BTC/USDC is not watched on okx'],
      ['a listing', 'symbol=ETH/USDT&buyExchange=okx&sellExchange=kraken', 'kraken does not list ETH/USDT'],
      ['a book', 'symbol=BTC/USDT&buyExchange=okx&sellExchange=kraken', 'no book of BTC/USDT on okx or'],
    ])('names %s that was never seen', async (_what, query, detail) => {
      const answer = await get(`/v1/explain?${query}`);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.json).toMatchObject({ status: 404, code: 'unknown_route' });
      expect(answer.json['detail']).toContain(detail);
    });

    it.each([
      ['', 'symbol'],
      ['symbol=BTC/USDT&buyExchange=okx', 'sellExchange'],
      ['symbol=btc&buyExchange=okx&sellExchange=kraken', 'symbol'],
      ['symbol=BTC/USDT&buyExchange=okx&sellExchange=okx', 'sellExchange'],
      ['routeId=okx', 'routeId'],
      ['routeId=cross:okx:BTC/USDT%3Ekraken:BTC/USDT&symbol=BTC/USDT', 'symbol'],
      ['route=x', 'route'],
    ])('refuses ?%s and names %s', async (query, field) => {
      expect((await get(`/v1/explain?${query}`)).json).toMatchObject({ status: 400, code: 'bad_query', field });
    });
  });

  describe('/v1/identity/deny', () => {
    const neiro = { asset: 'NEIRO', exchanges: ['okx', 'kraken'], evidence: 'the contracts differ' };

    beforeEach(async () => {
      for (const { asset } of feed.entries.filter(({ source }) => source === 'person')) {
        await write('DELETE', `?asset=${asset}&exchanges=okx,kraken`);
        await write('DELETE', `?asset=${asset}`);
      }
      feed.decided.length = 0;
      feed.entries = [
        { asset: 'BTC', exchanges: null, verdict: 'allow', source: 'settings', evidence: 'in the settings', atMs: 5 },
      ];
    });

    it('denies on two exchanges, tells detection at once, and shows it with evidence, time and door', async () => {
      const put = await write('PUT', '', neiro);
      expect(put.status).toBe(200);
      const entry = { ...neiro, exchanges: ['kraken', 'okx'], verdict: 'deny', source: 'person', by: 'admin' };
      expect(put.json).toMatchObject(entry);
      expect(feed.decided).toEqual([
        { asset: 'NEIRO', exchanges: ['kraken', 'okx'], verdict: 'deny', evidence: neiro.evidence },
      ]);
      const list = await get('/v1/identity/deny');
      expect(list.json).toMatchObject({
        data: [
          { asset: 'BTC', source: 'settings', atMs: 5, by: null },
          { ...entry, atMs: put.json['atMs'] },
        ],
        nextCursor: null,
        hasMore: false,
      });
    });

    it('holds after a restart what was decided last, and not what was taken back', async () => {
      await write('PUT', '', neiro);
      await write('PUT', '', { ...neiro, verdict: 'allow', evidence: 'asked the issuer' });
      await write('PUT', '', { ...neiro, asset: 'LUNA', exchanges: null });
      await write('PUT', '', { ...neiro, asset: 'GONE' });
      expect((await write('DELETE', '?asset=GONE&exchanges=okx,kraken')).status).toBe(204);

      const later = new FakeOpportunityFeed();
      const restarted = new IdentityDecisions(app.get(IdentityRepository), later, app.get(Clock));
      await restarted.onModuleInit();
      restarted.onApplicationBootstrap();
      expect(later.decided).toEqual([
        { asset: 'NEIRO', exchanges: ['kraken', 'okx'], verdict: 'allow', evidence: 'asked the issuer' },
        { asset: 'LUNA', exchanges: null, verdict: 'deny', evidence: neiro.evidence },
      ]);
    });

    it('takes back, tells detection, and has nothing to take back then', async () => {
      await write('PUT', '', neiro);
      expect((await write('DELETE', '?asset=NEIRO')).json).toMatchObject({ status: 404, code: 'no_such_decision' });
      expect((await write('DELETE', '?asset=NEIRO&exchanges=okx,kraken')).status).toBe(204);
      expect(feed.decided.at(-1)).toMatchObject({ asset: 'NEIRO', exchanges: ['kraken', 'okx'], verdict: 'clear' });
      const again = await write('DELETE', '?asset=NEIRO&exchanges=kraken,okx');
      expect(again.json).toMatchObject({ status: 404, code: 'no_such_decision', field: 'asset' });
      expect(again.json['detail']).toContain('nobody decided about NEIRO on kraken and okx');
    });

    it.each([
      ['asset', { ...neiro, asset: 'neiro' }],
      ['exchanges', { ...neiro, exchanges: ['okx'] }],
      ['exchanges', { ...neiro, exchanges: ['okx', 'okx'] }],
      ['exchanges[1]', { ...neiro, exchanges: ['okx', 'gate'] }],
      ['exchanges', { asset: 'NEIRO', evidence: 'no exchanges named' }],
      ['verdict', { ...neiro, verdict: 'maybe' }],
      ['evidence', { ...neiro, evidence: '  ' }],
      ['evidence', { ...neiro, evidence: 'x'.repeat(1_001) }],
      ['until', { ...neiro, until: 5 }],
    ])('refuses a wrong %s and names it: %#', async (field, body) => {
      const answer = await write('PUT', '', body);
      expect(answer.json).toMatchObject({ status: 400, code: 'bad_body', field });
      expect(feed.decided).toEqual([]);
    });

    it('changes nothing while the database is away', async () => {
      const database = app.get(Database);
      const query = database.query.bind(database);
      database.query = () => Promise.reject(new DatabaseError('57P01', 'away', true));
      const answer = await write('PUT', '', neiro);
      database.query = query;
      expect(answer.json).toMatchObject({ status: 503, code: 'database_unavailable' });
      expect(feed.decided).toEqual([]);
    });

    it('lets nobody change anything without the token', async () => {
      for (const method of ['PUT', 'DELETE']) {
        const answer = await ask(port, '/v1/identity/deny?asset=NEIRO', { method });
        expect([answer.status, answer.json['code']]).toEqual([401, 'unauthenticated']);
      }
    });
  });
});
