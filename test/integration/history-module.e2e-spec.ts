import type { AddressInfo } from 'node:net';
import { Global, type INestApplication, Module, type OnModuleDestroy } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OpportunityFeed } from '../../src/detection/index.js';
import { RecorderProgress } from '../../src/feed/index.js';
import { HistoryModule, Recorder } from '../../src/history/index.js';
import { ClockModule } from '../../src/platform/clock/index.js';
import { SettingsModule, settingsSchema } from '../../src/platform/config/index.js';
import { LoggingModule, openLog } from '../../src/platform/logging/index.js';
import { PrismaModule } from '../../src/platform/prisma/index.js';
import { embeddedDatabase } from '../support/databases.js';
import { BOOKS, DrivenFeed, GATES, opportunity, withoutDetails } from '../support/opportunities.js';
import { refusalCount, refusalMinute, spreadCandle } from '../support/scripted-feed.js';

const feed = new DrivenFeed();
const one = opportunity();

@Global()
@Module({ providers: [{ provide: OpportunityFeed, useValue: feed }], exports: [OpportunityFeed] })
class DrivenDetectionModule implements OnModuleDestroy {
  /** As detection does it: what is open is closed before anybody else shuts down. */
  onModuleDestroy(): void {
    feed.closes(one, { closeReason: 'shutdown' });
    feed.tellMinutes(refusalMinute({ entries: 9 }));
    feed.tellSpreads(spreadCandle({ samples: 3 }));
  }
}

/** What REST shows of a told shape: its fields, without the version of the shape. */
function unversioned<T extends { readonly v: 1 }>(told: T): Omit<T, 'v'> {
  const copy: Omit<T, 'v'> & { v?: 1 } = { ...told };
  delete copy.v;
  return copy;
}

describe('HistoryModule', () => {
  const target = embeddedDatabase();
  let app: INestApplication;
  let url: string;
  let base: string;

  beforeAll(async () => {
    const settings = { ...settingsSchema.parse({ history: { flushMs: 10_000 } }), dataDir: target.dataDir };
    const module = await Test.createTestingModule({
      imports: [
        SettingsModule.using(settings),
        LoggingModule.using(openLog('silent')),
        ClockModule,
        PrismaModule.forSettings(),
        HistoryModule.providing(RecorderProgress),
        DrivenDetectionModule,
      ],
    }).compile();
    app = module.createNestApplication();
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
    base = `${url}/v1/opportunities`;
  }, 60_000);

  afterAll(async () => {
    await target.remove();
  });

  it('answers with a live opportunity as soon as it has opened', async () => {
    feed.opens(one);
    const list = await fetch(`${base}?symbol=${encodeURIComponent('BTC/USDT')}&state=open`);
    expect(list.status).toBe(200);
    expect(list.headers.get('cache-control')).toBe('no-store');
    expect(await list.json()).toEqual({ data: [withoutDetails(one)], nextCursor: null, hasMore: false });
    expect(await (await fetch(`${base}/${one.id}`)).json()).toEqual({
      ...{ ...one, books: BOOKS, gates: GATES },
      series: { interval: expect.any(String), points: [] },
    });
    expect(app.get(Recorder).metrics).toMatchObject({ stored: 1, waiting: 0 });
  });

  it('answers with refusals and spreads as soon as they are told', async () => {
    const atMs = Math.floor(Date.now() / 60_000) * 60_000;
    feed.counts = [refusalCount({ entries: 4, durationMs: 8.5, lastAtMs: atMs + 1 })];
    feed.running = [refusalMinute({ minuteMs: atMs, entries: 4, durationMs: 8.5 })];
    feed.tellSpreads(spreadCandle());
    const since = await fetch(`${url}/v1/refusals`);
    expect(await since.json()).toEqual({ data: feed.counts, nextCursor: null, hasMore: false, epoch: feed.epoch });
    const minutes = await fetch(`${url}/v1/refusals?group=minute&buyExchange=okx`);
    expect(minutes.headers.get('cache-control')).toBe('no-store');
    const minute = unversioned(refusalMinute({ minuteMs: atMs, entries: 4, durationMs: 8.5 }));
    expect(await minutes.json()).toEqual({ data: [minute], nextCursor: null, hasMore: false });

    const candle = unversioned(spreadCandle());
    const candles = await fetch(`${url}/v1/spreads/candles?interval=1s&symbol=BTC%2FUSDT`);
    expect(await candles.json()).toEqual({ data: [candle], nextCursor: null, hasMore: false });
    const samples = await fetch(`${url}/v1/spreads?from=2026-11-18&to=2026-11-19`);
    expect(await samples.json()).toMatchObject({ data: [{ atMs: candle.startMs, netBps: candle.closeBps }] });
    const metrics = app.get(Recorder).allMetrics;
    expect(metrics).toMatchObject({ refusals: { stored: 1, lost: 0 }, spreads: { stored: 1, lost: 0 } });
    // The detector tells it whole when it is over, so what it counts then is what was told.
    feed.tellMinutes(refusalMinute({ minuteMs: atMs, entries: 4, durationMs: 8.5 }));
  });

  it('describes its parameters and its answers', () => {
    const { paths } = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    const list = paths['/v1/opportunities']?.get;
    const names = list?.parameters?.map((parameter) => ('name' in parameter ? parameter.name : ''));
    expect(names?.sort().join(' ')).toBe(
      'base buyExchange closeReason cursor exchange format from limit minDurationMs minNetBps minNotional sellExchange sort state symbol to',
    );
    expect(Object.keys(list?.responses ?? {})).toEqual(['200', '304', '400', '503']);
    expect(Object.keys(paths['/v1/opportunities/{id}']?.get?.responses ?? {})).toEqual(['200', '404', '503']);
    const parametersOf = (route: string): string =>
      (paths[route]?.get?.parameters ?? []).map((one) => ('name' in one ? one.name : '')).join(' ');
    const routes = 'symbol routeId exchange buyExchange sellExchange';
    expect(parametersOf('/v1/refusals')).toBe(`${routes} reason from to group limit cursor format`);
    expect(parametersOf('/v1/spreads')).toBe(`${routes} minNetBps from to sort limit cursor format`);
    expect(parametersOf('/v1/spreads/candles')).toBe(`interval ${routes} minNetBps from to sort limit cursor format`);
  });

  it('stores the closings of the shutdown before it closes the database', async () => {
    await app.close();
    const opened = await target.open();
    const rows = await opened.database.query(
      'SELECT state, close_reason, books IS NOT NULL AS has_books FROM opportunities',
    );
    expect(rows).toEqual([{ state: 'closed', close_reason: 'shutdown', has_books: true }]);
    const [others] = await opened.database.query(
      `SELECT (SELECT entries FROM refusal_minutes ORDER BY minute LIMIT 1) AS entries,
         (SELECT samples FROM spread_candles_1s) AS samples`,
    );
    expect(others).toEqual({ entries: 9, samples: 3 });
    const [lease] = await opened.database.query('SELECT lease_until <= now() AS released FROM detector_epochs');
    expect(lease).toEqual({ released: true });
    await opened.close();
  }, 30_000);
});
