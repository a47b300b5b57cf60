import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import type { NestApplicationContextOptions } from '@nestjs/common/interfaces/nest-application-context-options.interface.js';
import { NestFactory } from '@nestjs/core';
import { Command, InvalidArgumentError } from 'commander';
import { CaptureService } from '../capture/index.js';
import { MarketSource, guardRejections } from '../exchanges/index.js';
import { commandText, type Settings, loadSettings, readEnvironment } from '../platform/config/index.js';
import { crashLoudly, onStopRequest } from '../platform/lifecycle/index.js';
import { FrameworkLog, openLog } from '../platform/logging/index.js';
import { isDataDirectoryHeld } from '../platform/prisma/index.js';
import { CaptureApp } from './capture.app.js';
import { CliError } from './cli.errors.js';
import { ProgressLine } from './progress-line.js';

interface Flags {
  readonly out: string;
  readonly duration?: number;
  readonly force?: boolean;
}

const MAX_DURATION_SECONDS = 31_536_000;
const REFRESH_MS = 250;

const NOTES = `
Connects to the exchanges with the settings of the service, runs detection and writes everything that it sees; no
database is made, nothing listens, no history is kept. Where there is a data directory that no service holds, its keys are
used for account fees and networks, and what was decided of tickers holds.

Ctrl-C stops in order and completes the file. One that was killed keeps all but the last half second.

  ${commandText('capture --out btc.cap.gz --duration 60')}
  ${commandText('replay btc.cap.gz --set detection.minNetBps=8')}

A running service captures too: set capture.file.`;

function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= MAX_DURATION_SECONDS)) {
    throw new InvalidArgumentError(`must be seconds from 1 to ${MAX_DURATION_SECONDS}, was "${text}".`);
  }
  return value;
}

/** The command `capture`: what detection sees of the live markets, in a file. */
export function captureCommand(): Command {
  return new Command('capture')
    .description('write what detection sees of the live markets to a file, for replay')
    .requiredOption('--out <file>', 'the capture to write')
    .option('--duration <seconds>', 'end after this time (default: at Ctrl-C)', seconds)
    .option('--force', 'write over a file that is there')
    .addHelpText('after', NOTES)
    .action(capture);
}

async function capture({ out, duration, force }: Flags): Promise<void> {
  const file = path.resolve(out);
  const settings = withCapture(loadSettings(readEnvironment(), process.cwd()), file);
  if (existsSync(file)) {
    if (force !== true) throw new CliError(`${file} exists already; name another file, or add --force`);
    rmSync(file);
  }
  const stop = new AbortController();
  onStopRequest(() => {
    stop.abort();
  });
  const log = openLog(settings.logLevel === 'info' ? 'warn' : settings.logLevel);
  crashLoudly(log);
  guardRejections(log);
  const options: Pick<NestApplicationContextOptions, 'abortOnError' | 'logger'> = {
    abortOnError: false,
    logger: new FrameworkLog(log),
  };
  const app = await NestFactory.createApplicationContext(
    CaptureApp.using(settings, log, mayUseData(settings)),
    options,
  );
  const until = { seconds: duration ?? null, stopped: stop.signal };
  const message = await follow(app, until).finally(() => app.close());
  const { entries, bytes } = app.get(CaptureService);
  if (message !== null) throw new CliError(`${message}; ${entries} entries were taken until then`);
  process.stdout.write(`captured ${entries} entries in ${bytes} bytes: ${file}\n`);
}

function withCapture(settings: Settings, file: string): Settings {
  return { ...settings, capture: { ...settings.capture, file } };
}

/** What the data directory holds is used where there is one; none is made, and what a service holds is left to it. */
function mayUseData({ dataDir, databaseUrl }: Settings): boolean {
  if (databaseUrl !== undefined) return true;
  if (!existsSync(dataDir)) return false;
  if (!isDataDirectoryHeld(dataDir)) return true;
  process.stderr.write(
    `crossbook: a service runs on ${dataDir}; capturing without its keys and without what was decided of tickers\n`,
  );
  return false;
}

interface Until {
  readonly seconds: number | null;
  readonly stopped: AbortSignal;
}

/** Shows how it goes until it is to end; says why it ended by itself, null where it did not. */
async function follow(app: INestApplicationContext, { seconds: most, stopped }: Until): Promise<string | null> {
  const [service, markets] = [app.get(CaptureService), app.get(MarketSource)];
  const progress = new ProgressLine(process.stderr);
  let ending: string | null = null;
  void service.endedEarly.then(({ message }) => {
    ending = message;
  });
  const startedAtMs = performance.now();
  const elapsed = (): number => (performance.now() - startedAtMs) / 1_000;
  const isOver = (): boolean => stopped.aborted || ending !== null || (most !== null && elapsed() >= most);
  while (!isOver()) {
    progress.show(() => {
      const statuses = markets.statuses();
      const live = statuses.filter(({ status }) => status === 'live').length;
      const size = (service.bytes / 1e6).toFixed(1);
      return `${Math.floor(elapsed())} s, ${live} of ${statuses.length} exchanges live, ${service.entries} entries, ${size} MB`;
    });
    const leftMs = most === null ? REFRESH_MS : Math.max(0, (most - elapsed()) * 1_000);
    await delay(Math.min(REFRESH_MS, leftMs), undefined, { signal: stopped }).catch(() => undefined);
  }
  progress.clear();
  return ending;
}
