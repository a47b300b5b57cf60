import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import type { NestApplicationContextOptions } from '@nestjs/common/interfaces/nest-application-context-options.interface.js';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Subscription } from 'rxjs';
import { ReplayOutput, replayCapture } from '../../src/capture/index.js';
import { CaptureApp } from '../../src/cli/capture.app.js';
import type { DetectionInput } from '../../src/core/input/market-event.js';
import { instrumentKey } from '../../src/core/market/instrument.js';
import { OpportunityFeed } from '../../src/detection/index.js';
import { MarketSource } from '../../src/exchanges/index.js';
import { StartupError } from '../../src/platform/config/index.js';
import { type Simulator, startSimulator } from '../../src/simulator/index.js';
import { capturedLog } from '../support/captured-log.js';
import { listen, settingsOf, until } from '../support/market-rig.js';
import { inputsOf, replayFile, temporaryFolder } from '../recorded/replays.js';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'BTC/USDC', 'USDC/USDT', 'USDT/USD'];
const WITHIN_MS = 120_000;
const QUIET: Pick<NestApplicationContextOptions, 'logger' | 'abortOnError'> = { logger: false, abortOnError: false };
/** Both books of a route at one input: what detection could have seen. */
const TOP_LEVELS = 20;

describe('a capture of live markets', () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'live.cap.gz');
  const cut = path.join(folder, 'killed.cap.gz');
  let seenBefore = 0;
  const live = new ReplayOutput(null);
  const booksSeen: string[] = [];
  const inputsSeen: DetectionInput[] = [];
  let simulator: Simulator;
  let app: INestApplicationContext;
  let kept: Subscription;

  function settings(more: object): ReturnType<typeof settingsOf> {
    return settingsOf({
      ...{ exchangeGateway: simulator.url, exchanges: ['binance', 'okx', 'kraken'], symbols: SYMBOLS },
      detection: { minNetBps: 1, graceMs: 50, minNotionalUsd: 1 },
      ...more,
    });
  }

  function booksAsSeen(input: DetectionInput, books: MarketSource['books']): void {
    if (input.type !== 'book') return;
    const book = books.get(instrumentKey(input.update.instrument));
    booksSeen.push(JSON.stringify([book?.bids.top(TOP_LEVELS), book?.asks.top(TOP_LEVELS), book?.sequence]));
  }

  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 7, symbols: SYMBOLS, tickMs: 20 });
    const root = CaptureApp.using(settings({ capture: { file } }), capturedLog().log, false);
    app = await NestFactory.createApplicationContext(root, QUIET);
    const feed = app.get(OpportunityFeed);
    const markets = app.get(MarketSource);
    kept = listen(feed.inputs$, (input) => {
      inputsSeen.push(structuredClone(input));
      booksAsSeen(input, markets.books);
    });
    kept.add(
      listen(feed.events$, (event) => {
        live.opportunity(event);
      }),
    );
    kept.add(
      listen(feed.refusalMinutes$, (minutes) => {
        live.refusals(minutes);
      }),
    );
    kept.add(
      listen(feed.spreads$, (candles) => {
        live.spreads(candles);
      }),
    );
    await until('every exchange is live', () => markets.statuses().every(({ status }) => status === 'live'), 30_000);
    simulator.injectFault({ exchange: 'binance', symbol: 'ETH/USDT', fault: 'drop', count: 1 });
    simulator.injectFault({ exchange: 'kraken', symbol: 'BTC/USDT', fault: 'corrupt', count: 1 });
    simulator.injectFault({ exchange: 'okx', fault: 'kill' });
    feed.decideIdentity({ verdict: 'deny', asset: 'ETH', exchanges: ['kraken', 'okx'], evidence: 'a test says so' });
    await until('opportunities came', () => live.counts.opened > 2, 60_000);
    seenBefore = inputsSeen.length;
    await delay(1_500);
    copyFileSync(file, cut);
    await app.close();
    await live.flush();
  }, WITHIN_MS);

  afterAll(async () => {
    kept.unsubscribe();
    await simulator.close();
  });

  it('holds every input, in order, as detection saw it', async () => {
    expect(await inputsOf(file)).toEqual(inputsSeen);
    const told = new Set(inputsSeen.map(({ type }) => type));
    expect([...told]).toEqual(expect.arrayContaining(['book', 'bookState', 'exchange', 'fee', 'tick', 'identity']));
  });

  it('replays to the same opportunities, refusals and spreads, byte for byte, each time', async () => {
    const replays = [];
    for (let time = 0; time < 2; time++) {
      replays.push(await replayCapture({ file, set: [], output: new ReplayOutput(null) }));
    }
    const [first, second] = replays;
    expect(first).toMatchObject({ ...live.counts, isWhole: true, entries: inputsSeen.length });
    expect(first?.opened).toBeGreaterThan(2);
    expect([first?.sha256, second?.sha256]).toEqual(Array(2).fill(live.digest()));
  });

  it('keeps the books of a replay as the live ones were at each update', async () => {
    const replayed: string[] = [];
    await replayFile(file, [], (input, { books }) => {
      if (input.type !== 'book') return;
      const book = books.get(instrumentKey(input.update.instrument));
      replayed.push(JSON.stringify([book?.bids.top(TOP_LEVELS), book?.asks.top(TOP_LEVELS), book?.sequence]));
    });
    expect(replayed.length).toBeGreaterThan(500);
    expect(replayed).toEqual(booksSeen);
  });

  it('answers what would have been with other settings', async () => {
    const output = new ReplayOutput(null);
    const { opened, detection } = await replayCapture({ file, set: ['detection.minNetBps=5000'], output });
    expect([opened, detection.minNetBps]).toEqual([0, 5_000]);
  });

  it('is replayed as far as it goes where its writer was killed, and says so', async () => {
    const { isWhole, entries } = await replayCapture({ file: cut, set: [], output: new ReplayOutput(null) });
    expect(isWhole).toBe(false);
    // The copy was made a good second after those; at most half a second may be missing.
    expect(entries).toBeGreaterThanOrEqual(seenBefore);
    expect(entries).toBeLessThan(inputsSeen.length);
  });

  it('does not start over a file that is there, and names the setting', async () => {
    const root = CaptureApp.using(settings({ capture: { file } }), capturedLog().log, false);
    const starting = NestFactory.createApplicationContext(root, QUIET);
    await expect(starting).rejects.toThrow(StartupError);
    await expect(starting).rejects.toThrow(/^capture\.file: .* exists already.*"\{epoch\}" in the name/);
  });
});
