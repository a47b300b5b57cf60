import 'reflect-metadata';
import { Command, CommanderError } from 'commander';
import { CaptureError } from '../core/replay/capture.error.js';
import { SettingsError, StartupError } from '../platform/config/index.js';
import { ProblemError } from '../platform/http/index.js';
import { DatabaseError } from '../platform/prisma/index.js';
import { alertsCommand } from './alerts.command.js';
import { captureCommand } from './capture.command.js';
import { CliError, EXIT } from './cli.errors.js';
import { demoCommand } from './demo/demo.command.js';
import { exchangesCommand } from './exchanges.command.js';
import { importCommand } from './import.command.js';
import { keysCommand } from './keys.command.js';
import { replayCommand } from './replay.command.js';
import { tokensCommand } from './tokens.command.js';

const program = new Command('crossbook')
  .description('Watches order books on many exchanges and reports only the spreads that would really pay.')
  .addCommand(alertsCommand())
  .addCommand(captureCommand())
  .addCommand(demoCommand())
  .addCommand(exchangesCommand())
  .addCommand(importCommand())
  .addCommand(keysCommand())
  .addCommand(replayCommand())
  .addCommand(tokensCommand());

/** Lets no command end the process by itself, so that every exit code is ours. */
function exitHere(command: Command): void {
  command.exitOverride().showHelpAfterError('(add --help for how to use it)');
  for (const child of command.commands) exitHere(child);
}

function tell(message: string): void {
  process.stderr.write(`crossbook: ${message}\n`);
}

/** Tells why a command failed; only what was not foreseen shows a stack. */
function exitCodeFor(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  if (error instanceof CliError) {
    tell(error.message);
    return error.exitCode;
  }
  if (error instanceof SettingsError) {
    tell(error.message);
    for (const problem of error.problems) process.stderr.write(`  ${problem}\n`);
    return EXIT.failed;
  }
  const isForeseen = [ProblemError, StartupError, DatabaseError, CaptureError].some((kind) => error instanceof kind);
  tell(isForeseen ? (error as Error).message : String(error instanceof Error ? error.stack : error));
  return EXIT.failed;
}

exitHere(program);
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeFor(error);
}
