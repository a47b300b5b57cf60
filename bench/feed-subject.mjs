// A server of the live feed in a process of its own: the real hub, gateway and socket layer (`feed`), or `ws` alone that
// sends one ready buffer to everybody (`bare`). Prints its address; publishes what a message asks for and answers with the
// processor time that it took. Ends with its parent. Arguments: feed | bare
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Subject } from 'rxjs';
import { WebSocketServer } from 'ws';
import { exchangesChannel } from '../dist/feed/channels/exchanges.channel.js';
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
/** Exchanges that the large messages take turns with, so that conflation has as many states to keep. */
const BULK_EXCHANGES = 20;
/** Symbols that make a message of about 32 KB, as an exchange with many symbols sends it. */
const BULK_SYMBOLS = 250;
const MEMORY_EVERY_MS = 100;

const symbols = Array.from({ length: BULK_SYMBOLS }, (_, at) => ({
  ...{ symbol: `C${at}/USDT`, state: 'live', ageMs: 12.25, quietMs: 80.5, sequence: 991_000_000 + at },
  ...{ bestBid: 64_009.1, bestAsk: 64_009.9 },
}));
/** The smallest message of the channel, about 300 bytes with its envelope; `updates` tells when it was published. */
const status = (id, of) => ({
  ...{ id, status: 'live', integrity: 'verified', clockOffsetMs: -1.5, messagesPerSecond: 120, messages: 1_000 },
  ...{ updates: Number(process.hrtime.bigint() / 1_000n), resyncs: 3, lastError: null },
  symbols: of,
});

/** Both give `{port, publish(), close()}`. */
async function startFeed() {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'crossbook-bench-'));
  const settings = loadSettings({}, dataDir, { dataDir, logLevel: 'error', feed: { maxClients: 10_000 } });
  const markets = [new Subject(), new Subject()];
  const [small, bulk] = markets.map((statuses$) => exchangesChannel({ statuses$, statuses: () => [] }));
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
            ...{ sources: [small, { ...bulk, name: 'bulk' }], feed: { epoch: EPOCH } },
            ...{ access, settings: feed, clock, log, counters: new FeedCounters() },
          }),
      },
      FeedGateway,
    ],
  })(Root);
  const app = await NestFactory.create(Root, { bodyParser: false, logger: false });
  prepareHttp(app, app.get(HostPolicy));
  installFeed(app);
  await app.listen(0, '127.0.0.1');
  let turn = 0;
  return {
    port: app.getHttpServer().address().port,
    bufferedBytes: () => app.get(FeedGateway).bufferedBytes,
    publish: () => markets[0].next(status('okx', [])),
    publishBulk: () => markets[1].next(status(`bulk${turn++ % BULK_EXCHANGES}`, symbols)),
    close: () => rmSync(dataDir, { recursive: true, force: true }),
  };
}

async function startBare() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await new Promise((resolve) => server.once('listening', resolve));
  let seq = 0;
  return {
    port: server.address().port,
    publish: () => {
      seq += 1;
      const head = {
        type: 'update',
        channel: 'exchanges',
        sub: 'a',
        seq,
        prevSeq: seq - 1,
        sentAtMs: Date.now() + 0.125,
      };
      const text = JSON.stringify({ ...head, data: [{ event: 'updated', exchange: status('okx', []) }] });
      const ready = Buffer.from(text);
      for (const client of server.clients) if (client.readyState === client.OPEN) client.send(ready, { binary: false });
    },
    bufferedBytes: () => 0,
    close: () => undefined,
  };
}

const subject = await (process.argv[2] === 'feed' ? startFeed() : startBare());

/** Publishes at a steady pace, and catches up after a delay, as time does not wait for it. */
function publishing({ publish, perSecond, milliseconds }) {
  return new Promise((resolve) => {
    const all = Math.round((perSecond * milliseconds) / 1_000);
    const startMs = performance.now();
    let done = 0;
    const timer = setInterval(() => {
      const due = Math.min(all, Math.floor(((performance.now() - startMs) / 1_000) * perSecond));
      for (; done < due; done++) publish();
      if (done < all) return;
      clearInterval(timer);
      resolve(all);
    }, 1_000 / perSecond);
  });
}

process.on('message', async ({ perSecond, milliseconds, bulkPerSecond = 0 }) => {
  let mostBytes = 0;
  let mostBuffered = 0;
  const memory = setInterval(() => {
    mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
    mostBuffered = Math.max(mostBuffered, subject.bufferedBytes());
  }, MEMORY_EVERY_MS);
  const before = process.cpuUsage();
  const [published] = await Promise.all([
    publishing({ publish: subject.publish, perSecond, milliseconds }),
    bulkPerSecond > 0
      ? publishing({ publish: subject.publishBulk, perSecond: bulkPerSecond, milliseconds })
      : Promise.resolve(0),
  ]);
  const { user, system } = process.cpuUsage(before);
  clearInterval(memory);
  const bufferedMb = mostBuffered / 1e6;
  process.send({
    published,
    cpuUs: user + system,
    bufferedMb,
    rssMb: process.memoryUsage.rss() / 1e6,
    mostMb: mostBytes / 1e6,
  });
});
process.on('disconnect', () => {
  subject.close();
  process.exit(0);
});
process.stdout.write(`ws://127.0.0.1:${subject.port}/v1/stream\n`);
