import { Command } from 'commander';
import { type MasterKeyStatus, OfflineMasterKey, type RotationReport } from '../../keys/index.js';
import { SystemClock } from '../../platform/clock/index.js';
import type { Settings } from '../../platform/config/index.js';
import { openLog } from '../../platform/logging/index.js';
import { isDataDirectoryHeld, openDatabase } from '../../platform/prisma/index.js';
import { CliError, EXIT } from '../cli.errors.js';
import { rotationText, statusText } from './master-text.js';
import { type JsonOption, readSettings, runningService, tell } from './key-work.js';

const ACTOR = 'command line';
const DAY_MS = 86_400_000;

const NOTES = `
A rotation makes a new master key, seals every stored key under it, and drops the old one when no row needs it. It may be
stopped at any moment: running it again finishes it. Back the new key up afterwards.`;

/** The command `keys master`: status, rotate, lock, unlock. */
export function masterCommand(): Command {
  const master = new Command('master')
    .description('look after the key that seals all others')
    .addHelpText('after', NOTES);
  master
    .command('status')
    .description('the master keys by name: rows, age, lock and place; never the keys')
    .option('--json', 'print JSON')
    .action((options: JsonOption) => showStatus(options));
  master
    .command('rotate')
    .description('seal everything under a new master key, or finish what was stopped')
    .option('--json', 'print JSON')
    .action((options: JsonOption) => rotate(options));
  master
    .command('lock')
    .description('lock the file as masterPassphraseFile, masterPassphrase or transit.url ask for; no service may run')
    .action(() =>
      withOffline(async (keys) => {
        say((await keys.lock()) ? `${keys.place} is locked now` : `${keys.place} was locked so already`);
      }),
    );
  master
    .command('unlock')
    .description('take the lock off the file again, under the settings that name it; no service may run')
    .action(() =>
      withOffline(async (keys) => {
        const isChanged = await keys.unlock();
        say(isChanged ? `${keys.place} is not locked any more; unset the lock` : `${keys.place} was not locked`);
      }),
    );
  return master;
}

async function showStatus(options: JsonOption): Promise<void> {
  const settings = readSettings();
  const service = await runningService(settings);
  const status = service ? await service.masterStatus() : await offline(settings, (keys) => keys.status());
  print(status, options, () => statusText(status, settings.keys.masterKeyMaxAgeDays * DAY_MS));
}

async function rotate(options: JsonOption): Promise<void> {
  const settings = readSettings();
  const service = await runningService(settings);
  const report = service ? await service.rotateMaster() : await offline(settings, rotateHere);
  print(report, options, () => rotationText(report));
  if (report.unopened.length > 0) process.exitCode = EXIT.failed;
}

function rotateHere(keys: OfflineMasterKey): Promise<RotationReport> {
  return keys.rotate(ACTOR, (done, total) => {
    tell(`sealed ${done} of ${total} anew`);
  });
}

async function withOffline(work: (keys: OfflineMasterKey) => Promise<void>): Promise<void> {
  const settings = readSettings();
  if (isDataDirectoryHeld(settings.dataDir)) {
    throw new CliError(
      `a service runs on ${settings.dataDir}; stop it first, and start it with the lock in its settings`,
    );
  }
  await offline(settings, work);
}

async function offline<T>(settings: Settings, work: (keys: OfflineMasterKey) => Promise<T>): Promise<T> {
  const log = openLog(settings.logLevel === 'info' ? 'warn' : settings.logLevel);
  const opened = await openDatabase(settings, log);
  try {
    const { database } = opened;
    const keys = OfflineMasterKey.over({ database, settings, clock: new SystemClock(), log });
    try {
      return await work(keys);
    } finally {
      await keys.close();
    }
  } finally {
    await opened.close();
  }
}

function print(value: MasterKeyStatus | RotationReport, { json }: JsonOption, text: () => string): void {
  process.stdout.write(json === true ? `${JSON.stringify(value, null, 2)}\n` : text());
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
