// The whole service in this process, watching four simulated exchanges with a key for each: counts how often its vault
// opens or seals something while books move. Prints one JSON line. Arguments: url of the simulator, milliseconds
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../dist/app.module.js';
import { MarketSource } from '../dist/exchanges/index.js';
import { installFeed } from '../dist/feed/index.js';
import { KeysService } from '../dist/keys/index.js';
import { VaultService } from '../dist/keys/vault/vault.service.js';
import { loadSettings } from '../dist/platform/config/index.js';
import { HostPolicy, prepareHttp } from '../dist/platform/http/index.js';
import { openLog } from '../dist/platform/logging/index.js';
import { until } from './processes.mjs';

const [gateway, millisecondsText] = process.argv.slice(2);
const EXCHANGES = ['binance', 'okx', 'bybit', 'kraken'];
const SCOPES = { read: true, trade: false, withdraw: false, transfer: false };
const LIVE_WITHIN_MS = 60_000;

// Every way into the vault, counted where all callers pass.
let opens = 0;
for (const name of ['credentialOf', 'credential', 'seal', 'fingerprints']) {
  const real = VaultService.prototype[name];
  VaultService.prototype[name] = function (...given) {
    opens += 1;
    return real.apply(this, given);
  };
}

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'crossbook-bench-'));
const settings = loadSettings({}, dataDir, {
  ...{ dataDir, port: 0, exchangeGateway: gateway, exchanges: EXCHANGES, symbols: ['BTC/USDT', 'ETH/USDT'] },
  ...{ logLevel: 'error', keys: { checkIntervalMs: 86_400_000 } },
});
const log = openLog(settings.logLevel);
const app = await NestFactory.create(AppModule.using(settings, log), { bodyParser: false, logger: false });
prepareHttp(app, app.get(HostPolicy));
installFeed(app);
await app.listen(0, '127.0.0.1');
try {
  for (const exchange of EXCHANGES) {
    const body = JSON.stringify({ exchange, scopes: SCOPES, label: 'bench' });
    const headers = { 'content-type': 'application/json' };
    const made = await (await fetch(`${gateway}/__sim/keys`, { method: 'POST', headers, body })).json();
    const { apiKey, secret, passphrase } = made;
    await app.get(KeysService).add({ exchange, label: 'bench', apiKey, secret, passphrase }, 'bench');
  }
  const markets = app.get(MarketSource);
  let updates = 0;
  const following = markets.events$.subscribe(({ type }) => {
    if (type === 'book') updates += 1;
  });
  await until('every exchange is live', LIVE_WITHIN_MS, () =>
    markets.statuses().every(({ status }) => status === 'live'),
  );
  // Account, balances and networks are read right after a key came; then nothing signs for half a minute and more.
  let quietSince = 0;
  let seen = -1;
  await until('the first readings have ended', LIVE_WITHIN_MS, () => {
    if (opens !== seen) quietSince = performance.now();
    seen = opens;
    return performance.now() - quietSince > 2_000;
  });
  const before = { opens, updates };
  await new Promise((resolve) => setTimeout(resolve, Number(millisecondsText)));
  following.unsubscribe();
  const figures = { before: before.opens, opens: opens - before.opens, updates: updates - before.updates };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  await app.close();
  rmSync(dataDir, { recursive: true, force: true });
}
