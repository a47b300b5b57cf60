import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type DynamicModule, Global, Module, type NestApplicationOptions } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { CredentialSource, KeyProbe, type SignedCall, SignedCallLog } from '../../src/exchanges/index.js';
import { KeyHealthFeed, type KeyView, KeysModule, VaultModule } from '../../src/keys/index.js';
import { AuthModule } from '../../src/platform/auth/index.js';
import { CcxtKeyProbe } from '../../src/exchanges/ccxt/signed/ccxt-key-probe.js';
import { Clock, ClockModule } from '../../src/platform/clock/index.js';
import { loadSettings, SettingsModule } from '../../src/platform/config/index.js';
import { HostPolicy, prepareHttp } from '../../src/platform/http/index.js';
import { LoggingModule } from '../../src/platform/logging/index.js';
import { Database, type OpenDatabase, PrismaModule } from '../../src/platform/prisma/index.js';
import { capturedLog } from './captured-log.js';
import type { TestDatabase } from './databases.js';
import { type Answer, ask } from './request.js';
import { ScriptedProbe } from './scripted-probe.js';

@Global()
@Module({})
class ScriptedExchanges {
  static using(probe: ScriptedProbe): DynamicModule {
    return { module: ScriptedExchanges, providers: [{ provide: KeyProbe, useValue: probe }], exports: [KeyProbe] };
  }

  /** Real ccxt, asking exchanges behind a gateway. */
  static behind(gateway: string): DynamicModule {
    const real = {
      provide: KeyProbe,
      inject: [Clock, SignedCallLog],
      useFactory: (clock: Clock, calls: SignedCallLog) => new CcxtKeyProbe({ gateway, clock, calls }),
    };
    return { module: ScriptedExchanges, providers: [real], exports: [KeyProbe] };
  }
}

function answering(gateway: string | undefined, probe: ScriptedProbe): DynamicModule {
  return gateway === undefined ? ScriptedExchanges.using(probe) : ScriptedExchanges.behind(gateway);
}

/** Every table that has to do with keys. */
export const KEY_TABLES = ['credentials', 'target_secrets', 'signed_calls', 'key_checks', 'audit_log'] as const;

/**
 * The rooms of the keys with a real database and a real port, and an exchange whose answers the test sets; with the
 * setting exchangeGateway, real ccxt asks what is there.
 */
export interface KeysService {
  readonly port: number;
  readonly token: string;
  readonly probe: ScriptedProbe;
  readonly lines: readonly string[];
  readonly feed: KeyHealthFeed;
  readonly credentials: CredentialSource;
  readonly calls: SignedCallLog;
  readonly database: Database;
  readonly opened: OpenDatabase;
  call(method: string, target: string, body?: unknown, token?: string | null): Promise<Answer>;
  /** Adds a key that must be taken. */
  add(body: Record<string, unknown>): Promise<KeyView>;
  /** A key as the feed shows it now. */
  shown(id: string): KeyView | undefined;
  /** Empties the tables. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** What surrounds the rooms of the keys in place of scripted answers and the machine's clock. */
export interface KeysSurroundings {
  readonly exchanges?: DynamicModule;
  readonly clock?: Clock;
}

export async function startKeysService(
  database: TestDatabase,
  overrides: Record<string, unknown> = {},
  probe: ScriptedProbe = new ScriptedProbe(),
  { exchanges, clock }: KeysSurroundings = {},
): Promise<KeysService> {
  const { dataDir, databaseUrl } = database;
  const place = { dataDir, port: 0, ...(databaseUrl === undefined ? {} : { databaseUrl }) };
  const settings = loadSettings({}, dataDir, { ...place, ...overrides });
  const { log, lines } = capturedLog();
  const opened = await database.open();
  const building = Test.createTestingModule({
    imports: [
      SettingsModule.using(settings),
      LoggingModule.using(log),
      ClockModule,
      PrismaModule.using(opened),
      AuthModule,
      exchanges ?? answering(settings.exchangeGateway, probe),
      VaultModule,
      KeysModule,
    ],
  });
  if (clock) building.overrideProvider(Clock).useValue(clock);
  const options: Pick<NestApplicationOptions, 'bodyParser' | 'logger'> = { bodyParser: false, logger: false };
  let app: NestExpressApplication;
  try {
    app = (await building.compile()).createNestApplication<NestExpressApplication>(options);
    prepareHttp(app, app.get(HostPolicy), 100_000);
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await opened.close();
    throw error;
  }
  const { port } = app.getHttpServer().address() as AddressInfo;
  const token = readFileSync(path.join(dataDir, 'admin.token'), 'utf8').trim();
  const call: KeysService['call'] = (method, target, body, bearer = token) =>
    ask(port, target, {
      method,
      headers: {
        ...(bearer === null ? {} : { Authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const feed = app.get(KeyHealthFeed);
  return {
    ...{ port, token, probe, lines, call, feed },
    credentials: app.get(CredentialSource),
    calls: app.get(SignedCallLog),
    database: opened.database,
    opened,
    add: async (body) => {
      const answer = await call('POST', '/v1/keys', body);
      if (answer.status !== 201) throw new Error(`the key was not taken: ${answer.text}`);
      return keyIn(answer);
    },
    shown: (id) => feed.snapshot().find((key) => key.id === id),
    clear: async () => {
      await opened.database.query(`TRUNCATE ${KEY_TABLES.join(', ')}`);
      // Else a cut audit would be told of.
      rmSync(path.join(dataDir, 'audit.head'), { force: true });
    },
    stop: () => app.close(),
  };
}

/** Secrets that no other text holds, so that finding one anywhere proves a leak. */
export function plantedKey(exchange = 'binance', label = 'main, read'): Record<string, string> {
  const plant = (): string => `planted${randomBytes(12).toString('hex')}`;
  const passphrase = exchange === 'okx' ? { passphrase: plant() } : {};
  return { exchange, label, apiKey: plant(), secret: plant(), ...passphrase };
}

/** The key that an answer shows. */
export function keyIn(answer: { readonly json: unknown }): KeyView {
  return answer.json as KeyView;
}

/** The codes of a key's findings, worst first. */
export function codesOf(key: KeyView | undefined): string[] {
  return (key?.findings ?? []).map(({ code }) => code);
}

/** A signed call as exchanges would tell it. */
export function signedCall(
  keyId: string,
  outcome: SignedCall['outcome'],
  atMs: number,
  target = '/api/v3/account',
): SignedCall {
  return { keyId, exchange: 'binance', method: 'GET', path: target, outcome, durationMs: 12.5, atMs };
}
