import type { AddressInfo } from 'node:net';
import { Global, Module, type NestApplicationOptions } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { OpportunityFeed } from '../../src/detection/index.js';
import { RecorderProgress } from '../../src/feed/index.js';
import { HistoryModule } from '../../src/history/index.js';
import { AuthModule } from '../../src/platform/auth/index.js';
import { Clock, ClockModule } from '../../src/platform/clock/index.js';
import { SettingsModule, settingsSchema } from '../../src/platform/config/index.js';
import { HostPolicy, prepareHttp } from '../../src/platform/http/index.js';
import { LoggingModule, openLog } from '../../src/platform/logging/index.js';
import { Database, PrismaModule } from '../../src/platform/prisma/index.js';
import { embeddedDatabase } from '../support/databases.js';
import { MovableClock } from '../support/movable-clock.js';
import { DrivenFeed } from '../support/opportunities.js';

/** The history over a real database and a real socket, fed by a test. */
export class HistoryApp {
  private constructor(
    private readonly app: NestExpressApplication,
    readonly feed: DrivenFeed,
    readonly clock: MovableClock,
    private readonly remove: () => Promise<void>,
  ) {}

  static async open(): Promise<HistoryApp> {
    const feed = new DrivenFeed();
    const clock = new MovableClock();
    const target = embeddedDatabase();

    @Global()
    @Module({ providers: [{ provide: OpportunityFeed, useValue: feed }], exports: [OpportunityFeed] })
    class DrivenDetectionModule {}

    const settings = { ...settingsSchema.parse({ history: { flushMs: 10_000 } }), dataDir: target.dataDir };
    const module = await Test.createTestingModule({
      imports: [
        SettingsModule.using(settings),
        LoggingModule.using(openLog('silent')),
        ClockModule,
        PrismaModule.forSettings(),
        AuthModule,
        HistoryModule.providing(RecorderProgress),
        DrivenDetectionModule,
      ],
    })
      .overrideProvider(Clock)
      .useValue(clock)
      .compile();
    const options: Pick<NestApplicationOptions, 'bodyParser' | 'forceCloseConnections' | 'logger'> = {
      bodyParser: false,
      logger: false,
      forceCloseConnections: true,
    };
    const app = module.createNestApplication<NestExpressApplication>(options);
    prepareHttp(app, app.get(HostPolicy));
    await app.listen(0, '127.0.0.1');
    return new HistoryApp(app, feed, clock, () => target.remove());
  }

  get port(): number {
    return (this.app.getHttpServer() as { address(): AddressInfo }).address().port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get database(): Database {
    return this.app.get(Database);
  }

  get<T>(token: abstract new (...args: never[]) => T): T {
    return this.app.get<T>(token);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.remove();
  }
}
