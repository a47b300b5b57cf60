import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Global, Module, type NestApplicationOptions } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { AlertsModule } from '../../src/alerts/index.js';
import { OpportunityFeed } from '../../src/detection/index.js';
import { KeyProbe, MarketSource } from '../../src/exchanges/index.js';
import { KeysModule, VaultModule } from '../../src/keys/index.js';
import { AuthModule } from '../../src/platform/auth/index.js';
import { Clock, ClockModule } from '../../src/platform/clock/index.js';
import { loadSettings, SettingsModule } from '../../src/platform/config/index.js';
import { HostPolicy, prepareHttp } from '../../src/platform/http/index.js';
import { LoggingModule } from '../../src/platform/logging/index.js';
import { MetricsModule } from '../../src/platform/metrics/index.js';
import { type Database, PrismaModule } from '../../src/platform/prisma/index.js';
import { SettingsViewModule } from '../../src/platform/settings/index.js';
import { capturedLog } from '../support/captured-log.js';
import type { TestDatabase } from '../support/databases.js';
import { FakeMarketSource, FakeOpportunityFeed } from '../support/fake-ports.js';
import { MovableClock } from '../support/movable-clock.js';
import { type Answer, ask } from '../support/request.js';
import { ScriptedProbe } from '../support/scripted-probe.js';

/** The room of alerts between what a test makes happen and targets that it listens as. */
export interface AlertsApp {
  readonly port: number;
  readonly token: string;
  readonly feed: FakeOpportunityFeed;
  readonly markets: FakeMarketSource;
  readonly probe: ScriptedProbe;
  readonly clock: MovableClock;
  readonly lines: readonly string[];
  readonly database: Database;
  call(method: string, target: string, body?: unknown): Promise<Answer>;
  /** Stores the secret of a target. */
  secret(name: string, secret: string): Promise<void>;
  /** Alerts in a state, oldest first. */
  alerts(query?: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** Starts it with these settings under `alerts`. */
export async function startAlerts(database: TestDatabase, alerts: Record<string, unknown>): Promise<AlertsApp> {
  const { dataDir, databaseUrl } = database;
  const place = { dataDir, port: 0, ...(databaseUrl === undefined ? {} : { databaseUrl }) };
  const settings = loadSettings({}, dataDir, { ...place, alerts });
  const { log, lines } = capturedLog();
  const opened = await database.open();
  const [feed, markets, probe, clock] = [
    new FakeOpportunityFeed(),
    new FakeMarketSource(),
    new ScriptedProbe(),
    new MovableClock(),
  ];

  @Global()
  @Module({
    providers: [
      { provide: OpportunityFeed, useValue: feed },
      { provide: MarketSource, useValue: markets },
      { provide: KeyProbe, useValue: probe },
    ],
    exports: [OpportunityFeed, MarketSource, KeyProbe],
  })
  class Outside {}

  const building = Test.createTestingModule({
    imports: [
      SettingsModule.using(settings),
      LoggingModule.using(log),
      ClockModule,
      PrismaModule.using(opened),
      AuthModule,
      Outside,
      VaultModule,
      KeysModule,
      AlertsModule,
      SettingsViewModule,
      MetricsModule,
    ],
  });
  const options: Pick<NestApplicationOptions, 'bodyParser' | 'logger'> = { bodyParser: false, logger: false };
  building.overrideProvider(Clock).useValue(clock);
  const app = (await building.compile()).createNestApplication<NestExpressApplication>(options);
  prepareHttp(app, app.get(HostPolicy), 100_000);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const token = readFileSync(path.join(dataDir, 'admin.token'), 'utf8').trim();
  const call: AlertsApp['call'] = (method, target, body) =>
    ask(port, target, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    ...{ port, token, feed, markets, probe, clock, lines, call },
    database: opened.database,
    secret: async (name, secret) => {
      const answer = await call('PUT', `/v1/alerts/targets/${name}/secret`, { secret });
      if (answer.status !== 204) throw new Error(`the secret was not taken: ${answer.text}`);
    },
    alerts: async (query = '') => {
      const { json } = await call('GET', `/v1/alerts?limit=1000${query}`);
      return [...(json['data'] as Record<string, unknown>[])].reverse();
    },
    stop: () => app.close(),
  };
}
