import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Global, Module, type ModuleMetadata, type NestApplicationOptions } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { OpportunityFeed } from '../../src/detection/index.js';
import { MarketSource } from '../../src/exchanges/index.js';
import { FeedGateway } from '../../src/feed/feed.gateway.js';
import { FeedModule, installFeed, PortfolioFeed, RecorderProgress } from '../../src/feed/index.js';
import { KeyHealthFeed } from '../../src/keys/index.js';
import { AuthModule } from '../../src/platform/auth/index.js';
import { ClockModule } from '../../src/platform/clock/index.js';
import { loadSettings, type Settings, SettingsModule } from '../../src/platform/config/index.js';
import { HostPolicy, prepareHttp } from '../../src/platform/http/index.js';
import { LoggingModule } from '../../src/platform/logging/index.js';
import { capturedLog } from './captured-log.js';
import {
  FakeKeyHealthFeed,
  FakeMarketSource,
  FakeOpportunityFeed,
  FakePortfolioFeed,
  FakeRecorderProgress,
} from './fake-ports.js';
import { FeedClient } from './feed-client.js';

@Global()
@Module({
  providers: [
    { provide: OpportunityFeed, useClass: FakeOpportunityFeed },
    { provide: MarketSource, useClass: FakeMarketSource },
    { provide: KeyHealthFeed, useClass: FakeKeyHealthFeed },
    { provide: PortfolioFeed, useClass: FakePortfolioFeed },
    { provide: RecorderProgress, useClass: FakeRecorderProgress },
  ],
  exports: [OpportunityFeed, MarketSource, KeyHealthFeed, PortfolioFeed, RecorderProgress],
})
class FakePortsModule {}

/** What surrounds the feed in place of the defaults. */
export interface FeedSurroundings {
  readonly settings?: Partial<Settings>;
  /** Further rooms. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  readonly httpsOptions?: NonNullable<NestApplicationOptions['httpsOptions']>;
}

/** The real feed on a free port, with ports that the test drives. */
export class FeedApp {
  readonly clients: FeedClient[] = [];

  private constructor(
    readonly app: NestExpressApplication,
    readonly dataDir: string,
    readonly lines: string[],
  ) {}

  static async start(
    feed: Partial<Settings['feed']> = {},
    { settings: other = {}, imports = [], httpsOptions }: FeedSurroundings = {},
  ): Promise<FeedApp> {
    const dataDir = other.dataDir ?? mkdtempSync(path.join(os.tmpdir(), 'crossbook-feed-'));
    const settings = loadSettings({}, dataDir);
    const { log, lines } = capturedLog();
    const testing = await Test.createTestingModule({
      imports: [
        SettingsModule.using({ ...settings, ...other, dataDir, feed: { ...settings.feed, ...feed } }),
        LoggingModule.using(log),
        ClockModule,
        AuthModule,
        ...imports,
        FakePortsModule,
        FeedModule,
      ],
    }).compile();
    const options: Pick<NestApplicationOptions, 'bodyParser' | 'forceCloseConnections' | 'httpsOptions' | 'logger'> = {
      ...(httpsOptions ? { httpsOptions } : {}),
      bodyParser: false,
      logger: false,
      forceCloseConnections: true,
    };
    const app = testing.createNestApplication<NestExpressApplication>(options);
    prepareHttp(app, app.get(HostPolicy));
    installFeed(app);
    await app.listen(0, '127.0.0.1');
    return new FeedApp(app, dataDir, lines);
  }

  get port(): number {
    return (this.app.getHttpServer() as { address(): AddressInfo }).address().port;
  }

  get token(): string {
    return readFileSync(path.join(this.dataDir, 'admin.token'), 'utf8').trim();
  }

  get opportunities(): FakeOpportunityFeed {
    return this.app.get<FakeOpportunityFeed>(OpportunityFeed);
  }

  get market(): FakeMarketSource {
    return this.app.get<FakeMarketSource>(MarketSource);
  }

  get keys(): FakeKeyHealthFeed {
    return this.app.get<FakeKeyHealthFeed>(KeyHealthFeed);
  }

  get portfolio(): FakePortfolioFeed {
    return this.app.get<FakePortfolioFeed>(PortfolioFeed);
  }

  get recorder(): FakeRecorderProgress {
    return this.app.get<FakeRecorderProgress>(RecorderProgress);
  }

  /** Clients that the service keeps something for. */
  sessions(): number {
    return this.app.get(FeedGateway).clientCount;
  }

  async connect(headers: Record<string, string> = {}, autoPong = true): Promise<FeedClient> {
    const client = await FeedClient.connect(this.port, headers, autoPong);
    this.clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.socket.terminate();
    await this.app.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
