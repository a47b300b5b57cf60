import { Command, InvalidArgumentError } from 'commander';
import path from 'node:path';
import process from 'node:process';
import { Demo } from './demo.js';

const DEFAULT_PORT = 8_080;
const DEFAULT_SEED = 7;

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new InvalidArgumentError(`must be a whole number from ${min} to ${max}, was "${text}".`);
    }
    return value;
  };
}

interface Flags {
  port: number;
  seed: number;
  duration?: number;
  dataDir?: string;
  capture?: string;
}

/** `crossbook demo`: the whole product on simulated exchanges, without a key, a database or the internet. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('run the service against simulated exchanges and show what it finds')
    .option('--port <port>', 'port of the service', whole(1, 65_535), DEFAULT_PORT)
    .option('--seed <seed>', 'seed of the simulated markets', whole(0, 2 ** 32 - 1), DEFAULT_SEED)
    .option('--duration <seconds>', 'end after this time with one summary line', whole(1, 86_400))
    .option('--data-dir <directory>', 'keep the data here (default: a temporary directory, removed at the end)')
    .option('--capture <file>', 'write what its detection sees to this new file, for replay')
    .action(async (flags: Flags) => {
      const stop = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.on(signal, () => {
          stop.abort();
        });
      }
      const demo = new Demo(
        {
          port: flags.port,
          seed: flags.seed,
          durationSeconds: flags.duration ?? null,
          captureFile: flags.capture === undefined ? null : path.resolve(flags.capture),
          dataDir: flags.dataDir === undefined ? null : path.resolve(flags.dataDir),
        },
        { isTerminal: process.stdout.isTTY, write: (text) => process.stdout.write(text) },
        path.resolve(import.meta.dirname, '../..'),
      );
      try {
        process.stdout.write(`${await demo.run(stop.signal)}\n`);
      } catch (error) {
        if (stop.signal.aborted) return;
        process.stderr.write(`crossbook demo: ${(error as Error).message}\n`);
        process.exitCode = 1;
      }
    });
}
