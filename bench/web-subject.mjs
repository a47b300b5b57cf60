// The dashboard and the live feed as the service serves them, in a process of their own, over opportunities that change as
// often as a message asks for: `{perSecond, milliseconds}`. Prints its address. Ends with its parent.
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Subject } from 'rxjs';
import { installDashboard } from '../dist/dashboard/index.js';
import { exchangesChannel } from '../dist/feed/channels/exchanges.channel.js';
import { opportunitiesChannel } from '../dist/feed/channels/opportunities.channel.js';
import { FeedCounters } from '../dist/feed/feed-counters.js';
import { FeedGateway } from '../dist/feed/feed.gateway.js';
import { FeedHub } from '../dist/feed/feed-hub.js';
import { installFeed } from '../dist/feed/index.js';
import { AccessPolicy, AuthModule } from '../dist/platform/auth/index.js';
import { Clock, ClockModule } from '../dist/platform/clock/index.js';
import { loadSettings, SETTINGS, SettingsModule } from '../dist/platform/config/index.js';
import { HostPolicy, prepareHttp } from '../dist/platform/http/index.js';
import { Log, LoggingModule, openLog } from '../dist/platform/logging/index.js';

const EPOCH = 'bench';
/** Each changes ten times a second at most, so that five hundred changes a second all reach the screen. */
const OPEN = 60;
/** Of so many changes one is an opportunity that closes and one that opens. */
const TURN_EVERY = 50;
const EXCHANGES = ['binance', 'okx', 'bybit', 'kraken', 'gate', 'mexc'];

let made = 0;
function opened() {
  const at = Date.now();
  const number = made++;
  const [buy, sell] = [EXCHANGES[number % EXCHANGES.length], EXCHANGES[(number + 1) % EXCHANGES.length]];
  const symbol = `C${number % 40}/USDT`;
  const leg = (side, exchange, vwap) => ({
    ...{ side, exchange, symbol, vwap, size: 0.75, takerFeeBps: 10, feeSource: 'account' },
    ...{ exchangeTimeMs: at, receivedAtMs: at, sequence: number },
  });
  return {
    ...{ id: `bench-${number}`, kind: 'cross', state: 'open', symbol },
    legs: [leg('buy', buy, 64_010.2), leg('sell', sell, 64_205.9)],
    ...{ grossBps: 33.1, topNetBps: 13, size: 0.75, notional: 48_007.65, netProfit: 50.61, netBps: 10.54 },
    ...{ currency: 'USDT', notionalUsd: 48_010.1, routeId: `cross:${buy}:${symbol}>${sell}:${symbol}`, epoch: EPOCH },
    ...{ revision: 1, afterTransfer: null, conversion: null, identity: 'allowed', cappedBy: null },
    ...{ openedAtMs: at, updatedAtMs: at, closedAtMs: null, closeReason: null, peakNetBps: 12, peakSize: 0.75 },
    ...{ aboveMs: 0, standing: false, detectedAtMs: at },
  };
}

const events$ = new Subject();
const statuses$ = new Subject();
const open = new Map(Array.from({ length: OPEN }, opened).map((one) => [one.id, one]));
const statuses = () =>
  EXCHANGES.map((id) => ({
    ...{ id, status: 'live', integrity: 'verified', clockOffsetMs: -1.5, messagesPerSecond: 120, messages: 1_000 },
    ...{ updates: 900, resyncs: 0, reconnects: 0, sequenceBreaks: 0, strayFaults: 0, lastError: null, symbols: [] },
  }));
setInterval(() => {
  for (const status of statuses()) statuses$.next(status);
}, 1_000).unref();

const tell = (event, opportunity) => events$.next({ v: 1, event, opportunity });

/** One change: mostly a figure of one that is open, now and then an end and a beginning. */
function change(number) {
  const [first] = open.values();
  const at = Date.now();
  if (number % TURN_EVERY === 0) {
    open.delete(first.id);
    tell('closed', { ...first, state: 'closed', closedAtMs: at, updatedAtMs: at, closeReason: 'collapsed' });
    const next = opened();
    open.set(next.id, next);
    tell('opened', next);
    return;
  }
  const all = [...open.values()];
  const one = all[number % all.length];
  const netBps = 5 + 20 * Math.abs(Math.sin(number));
  const legs = one.legs.map((leg) => ({ ...leg, receivedAtMs: at }));
  const next = { ...one, legs, netBps, netProfit: 4.8 * netBps, updatedAtMs: at, revision: one.revision + 1 };
  open.set(one.id, next);
  tell('updated', next);
}

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'crossbook-bench-'));
const settings = loadSettings({}, dataDir, { dataDir, logLevel: 'error' });
class Root {}
Module({
  imports: [SettingsModule.using(settings), LoggingModule.using(openLog('error')), ClockModule, AuthModule],
  providers: [
    {
      provide: FeedHub,
      inject: [AccessPolicy, SETTINGS, Clock, Log],
      useFactory: (access, { feed }, clock, log) =>
        new FeedHub({
          firstSeq: 0,
          sources: [
            opportunitiesChannel({ epoch: EPOCH, events$, open: () => [...open.values()] }),
            exchangesChannel({ statuses$, statuses }),
          ],
          ...{ feed: { epoch: EPOCH }, access, settings: feed, clock, log, counters: new FeedCounters() },
        }),
    },
    FeedGateway,
  ],
})(Root);
const app = await NestFactory.create(Root, { bodyParser: false, logger: false });
prepareHttp(app, app.get(HostPolicy));
installFeed(app);
installDashboard(app, path.resolve(import.meta.dirname, '../dist/web'));
await app.listen(0, '127.0.0.1');

process.on('message', ({ perSecond, milliseconds }) => {
  const all = Math.round((perSecond * milliseconds) / 1_000);
  const startMs = performance.now();
  let done = 0;
  const timer = setInterval(() => {
    const due = Math.min(all, Math.floor(((performance.now() - startMs) / 1_000) * perSecond));
    while (done < due) change(++done);
    if (done < all) return;
    clearInterval(timer);
    process.send({ told: done });
  }, 5);
});
process.on('disconnect', () => {
  rmSync(dataDir, { recursive: true, force: true });
  process.exit(0);
});
process.stdout.write(`http://127.0.0.1:${app.getHttpServer().address().port}\n`);
