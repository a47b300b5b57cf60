import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { productVersion } from '../platform/config/index.js';
import { simulatorCommand } from '../simulator/index.js';
import { startCommand } from '../start.command.js';
import { alertsCommand } from './alerts.command.js';
import { captureCommand } from './capture.command.js';
import { completionCommand } from './completion.command.js';
import { demoCommand } from './demo/demo.command.js';
import { exchangesCommand } from './exchanges.command.js';
import { importCommand } from './import.command.js';
import { keysCommand } from './keys.command.js';
import { natsConfCommand } from './nats-conf.command.js';
import { replayCommand } from './replay.command.js';
import { tokensCommand } from './tokens.command.js';

/** Every command, in the order of the help. A new one is one line here: help, completion and man page follow. */
const COMMANDS: readonly (() => Command)[] = [
  demoCommand,
  () => startCommand('start', startService).summary('run the service'),
  simulatorCommand,
  keysCommand,
  tokensCommand,
  alertsCommand,
  exchangesCommand,
  captureCommand,
  replayCommand,
  importCommand,
  natsConfCommand,
  completionCommand,
];

/** The program `crossbook` with all of its commands. */
export function crossbookProgram(): Command {
  const program = new Command('crossbook')
    .description('Watches order books on many exchanges and reports only the spreads that would really pay.')
    .version(productVersion());
  for (const command of COMMANDS) program.addCommand(command());
  return program;
}

/** Becomes the service: as if its own program had been started, in this same process, so that signals reach it directly. */
async function startService(): Promise<void> {
  const entry = path.resolve(import.meta.dirname, '../main.js');
  process.argv.splice(1, Infinity, entry);
  await import(pathToFileURL(entry).href);
}
