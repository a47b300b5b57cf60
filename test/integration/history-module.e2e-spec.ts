import type { AddressInfo } from 'node:net';
import { Global, type INestApplication, Module, type OnModuleDestroy } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OpportunityFeed } from '../../src/detection/index.js';
import { HistoryModule, Recorder } from '../../src/history/index.js';
import { ClockModule } from '../../src/platform/clock/index.js';
import { SettingsModule, settingsSchema } from '../../src/platform/config/index.js';
import { LoggingModule, openLog } from '../../src/platform/logging/index.js';
import { PrismaModule } from '../../src/platform/prisma/index.js';
import { embeddedDatabase } from '../support/databases.js';
import { BOOKS, DrivenFeed, GATES, opportunity, withoutDetails } from '../support/opportunities.js';

const feed = new DrivenFeed();
const one = opportunity();

@Global()
@Module({ providers: [{ provide: OpportunityFeed, useValue: feed }], exports: [OpportunityFeed] })
class DrivenDetectionModule implements OnModuleDestroy {
  /** As detection does it: what is open is closed before anybody else shuts down. */
  onModuleDestroy(): void {
    feed.closes(one, { closeReason: 'shutdown' });
  }
}

describe('HistoryModule', () => {
  const target = embeddedDatabase();
  let app: INestApplication;
  let base: string;

  beforeAll(async () => {
    const settings = { ...settingsSchema.parse({ history: { flushMs: 10_000 } }), dataDir: target.dataDir };
    const module = await Test.createTestingModule({
      imports: [
        SettingsModule.using(settings),
        LoggingModule.using(openLog('silent')),
        ClockModule,
        PrismaModule.forSettings(),
        HistoryModule,
        DrivenDetectionModule,
      ],
    }).compile();
    app = module.createNestApplication();
    await app.listen(0, '127.0.0.1');
    base = `http://127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}/v1/opportunities`;
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
    expect(await (await fetch(`${base}/${one.id}`)).json()).toEqual({ ...one, books: BOOKS, gates: GATES });
    expect(app.get(Recorder).metrics).toMatchObject({ stored: 1, waiting: 0 });
  });

  it('describes its parameters and its answers', () => {
    const { paths } = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    const list = paths['/v1/opportunities']?.get;
    const names = list?.parameters?.map((parameter) => ('name' in parameter ? parameter.name : ''));
    expect(names?.sort().join(' ')).toBe(
      'base buyExchange closeReason cursor exchange from limit minDurationMs minNetBps minNotional sellExchange sort state symbol to',
    );
    expect(Object.keys(list?.responses ?? {})).toEqual(['200', '400', '503']);
    expect(Object.keys(paths['/v1/opportunities/{id}']?.get?.responses ?? {})).toEqual(['200', '404', '503']);
  });

  it('stores the closings of the shutdown before it closes the database', async () => {
    await app.close();
    const opened = await target.open();
    const rows = await opened.database.query(
      'SELECT state, close_reason, books IS NOT NULL AS has_books FROM opportunities',
    );
    expect(rows).toEqual([{ state: 'closed', close_reason: 'shutdown', has_books: true }]);
    const [lease] = await opened.database.query('SELECT lease_until <= now() AS released FROM detector_epochs');
    expect(lease).toEqual({ released: true });
    await opened.close();
  }, 30_000);
});
