import { Command, InvalidArgumentError } from 'commander';
import { readScenario, ScenarioFileError } from './scenario-file.js';
import { ScenarioError } from './server/scenario.js';
import { startSimulator, UnknownSymbolError } from './simulator.js';
import { SIMULATED_EXCHANGES } from './world/listings.js';

interface Arguments {
  readonly port: number;
  readonly host: string;
  readonly seed: number;
  readonly tick: number;
  readonly symbols?: readonly string[];
  readonly scenario?: string;
}

function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < low || value > high) {
      throw new InvalidArgumentError(`Give a whole number from ${low} to ${high}.`);
    }
    return value;
  };
}

/** The command `simulator`: the exchanges of the demo on loopback, for tests and demos. */
export function simulatorCommand(): Command {
  return new Command('simulator')
    .description(
      `Plays the spot markets of ${SIMULATED_EXCHANGES.join(', ')} in their own wire formats, for tests and demos.`,
    )
    .summary('play the exchanges on loopback, for tests and demos')
    .option('--port <number>', 'port to listen on, 0 for a free one', wholeNumber(0, 65_535), 9700)
    .option('--host <address>', 'address to listen on; the keys it makes are worthless, yet keep it local', '127.0.0.1')
    .option('--seed <number>', 'decides prices and dislocations', wholeNumber(0, 2 ** 31 - 1), 7)
    .option('--tick <ms>', 'milliseconds between two updates of a symbol', wholeNumber(5, 60_000), 100)
    .option('--symbols <list>', 'only these symbols, separated by commas', (text) =>
      text.split(',').map((s) => s.trim()),
    )
    .option('--scenario <file>', 'faults that come by themselves, YAML or JSON')
    .action(async (given: Arguments) => {
      try {
        await simulate(given);
      } catch (error) {
        process.stderr.write(`simulator: ${explain(error, given.host, given.port)}\n`);
        process.exitCode = 1;
      }
    });
}

async function simulate({ port, host, seed, tick, symbols, scenario: file }: Arguments): Promise<void> {
  const scenario = file === undefined ? null : readScenario(file);
  const simulator = await startSimulator({
    ...{ port, host, seed, tickMs: tick },
    ...(symbols ? { symbols } : {}),
    ...(scenario ? { scenario: scenario.entries } : {}),
  }).catch((error: unknown) => {
    throw scenario && error instanceof ScenarioError ? scenario.locate(error) : error;
  });
  process.stdout.write(
    `simulator: ${SIMULATED_EXCHANGES.join(', ')} on ${simulator.url}/HOST/PATH, seed ${seed}; ` +
      `its own endpoints: ${simulator.url}/__sim\n`,
  );
  const stop = async (): Promise<void> => {
    await simulator.close();
    if (process.connected) process.disconnect();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void stop().then(() => {
        process.stdout.write('simulator: stopped\n');
      });
    });
  }
  // Started by a program with a channel: its end is ours too, however it ended, and nobody is left to be told.
  process.once('disconnect', () => void simulator.close());
}

function explain(error: unknown, host: string, port: number): string {
  if (error instanceof UnknownSymbolError || error instanceof ScenarioFileError) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is taken: stop what listens there or choose another with --port`;
    case 'EACCES':
      return `port ${port} on ${host} may not be used by this user: choose one above 1023 with --port`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `--host ${host} is no address of this machine`;
    default:
      return String(error);
  }
}
