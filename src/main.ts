import 'reflect-metadata';
import path from 'node:path';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { installDashboard } from './dashboard/index.js';
import { guardRejections } from './exchanges/index.js';
import { installFeed } from './feed/index.js';
import { TokenService } from './platform/auth/index.js';
import {
  commandText,
  isLoopback,
  loadSettings,
  productVersion,
  readEnvironment,
  type Settings,
} from './platform/config/index.js';
import {
  HostPolicy,
  installDocs,
  prepareHttp,
  type SecureServer,
  TLS_SERVER_BOUNDS,
  TlsFiles,
} from './platform/http/index.js';
import { assertPortFree, crashLoudly, explainStartFailure, onStopRequest } from './platform/lifecycle/index.js';
import { FrameworkLog, type Log, openLog } from './platform/logging/index.js';
import { installMetrics } from './platform/metrics/index.js';
import { RoleModule } from './role.module.js';
import { startCommand } from './start.command.js';

/** An orderly stop takes well under two seconds; one that takes longer than this is cut off. */
const STOP_WITHIN_MS = 8_000;

/** The page, bundled beside the program. */
const WEB = path.join(import.meta.dirname, 'web');

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function compose(settings: Settings, log: Log, tls: TlsFiles | null): Promise<NestExpressApplication> {
  const options: Pick<
    NestApplicationOptions,
    'abortOnError' | 'bodyParser' | 'forceCloseConnections' | 'httpsOptions' | 'logger'
  > = {
    ...(tls ? { httpsOptions: { ...tls.pair, ...TLS_SERVER_BOUNDS } } : {}),
    abortOnError: false,
    bodyParser: false,
    forceCloseConnections: true,
    logger: new FrameworkLog(log),
  };
  const { role } = settings;
  const module = role === 'all' ? AppModule.using(settings, log) : RoleModule.using({ ...settings, role }, log);
  const app = await NestFactory.create<NestExpressApplication>(module, options);
  installMetrics(app);
  prepareHttp(app, app.get(HostPolicy));
  if (servesClients(settings)) installFeed(app);
  installDocs(app, productVersion());
  if (servesClients(settings)) installDashboard(app, WEB);
  return app;
}

function servesClients({ role }: Settings): boolean {
  return role === 'all' || role === 'gateway';
}

function announce(app: NestExpressApplication, settings: Settings): void {
  const { port } = (app.getHttpServer() as { address(): { port: number } }).address();
  const at = `${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`;
  const tokens = app.get(TokenService);
  if (tokens.wasExposed) say(`${tokens.adminFile} could be read by others until now; delete it to get a new token`);
  const s = settings.tls.cert === undefined ? '' : 's';
  if (settings.role !== 'all') say(`a ${settings.role}, joined with others over ${settings.nats.url}`);
  if (!servesClients(settings)) {
    say(`http${s}://${at}/health/ready and /metrics tell how it is`);
    return;
  }
  say(`watching ${settings.symbols.length} symbols on ${settings.exchanges.join(', ')}`);
  if (settings.exchangeGateway !== undefined) say(`every exchange is reached under ${settings.exchangeGateway}`);
  say(`http${s}://${at} is the dashboard`);
  say(`http${s}://${at}/docs describes the REST interface, ws${s}://${at}/v1/stream is the live feed`);
  if (isLoopback(settings.host) && settings.trustedProxies.length === 0) {
    say('opportunities and exchanges can be read on this machine without a token');
    say(`keys and every change need a token: that in ${tokens.adminFile}, or one of "${commandText('tokens create')}"`);
  } else {
    say(`everything needs a token: that in ${tokens.adminFile}, or one of "${commandText('tokens create')}"`);
  }
}

async function stop(app: NestExpressApplication, log: Log, reason: string): Promise<void> {
  say(`stopping: ${reason}`);
  setTimeout(() => {
    log.error('the orderly stop took too long and was cut off', { withinMs: STOP_WITHIN_MS });
    process.exit(1);
  }, STOP_WITHIN_MS).unref();
  await app.close();
  say('stopped');
  process.exit(0);
}

async function run(settings: Settings): Promise<void> {
  const log = openLog(settings.logLevel);
  crashLoudly(log);
  guardRejections(log);
  let running: NestExpressApplication | null = null;
  const stopReason = onStopRequest((reason) => {
    // While the rooms are still being put together, the start below sees the wish and stops in order.
    if (running) void stop(running, log, reason);
  });
  say(`crossbook ${productVersion()} starts`);
  await assertPortFree(settings.port, settings.host);
  const tls = TlsFiles.open(settings);
  const app = await compose(settings, log, tls);
  try {
    if (stopReason() === null) await app.listen(settings.port, settings.host);
  } catch (error) {
    await app.close();
    throw error;
  }
  tls?.follow(app.getHttpServer() as unknown as SecureServer, log);
  running = app;
  const reason = stopReason();
  if (reason === null) announce(app, settings);
  else await stop(app, log, reason);
}

async function main(): Promise<void> {
  let settings: Settings | null = null;
  try {
    settings = loadSettings(readEnvironment(), process.cwd());
    await run(settings);
  } catch (error) {
    process.stderr.write(`${explainStartFailure(error, settings).join('\n')}\n`);
    process.exit(1);
  }
}

await startCommand('crossbook', main).version(productVersion()).parseAsync();
