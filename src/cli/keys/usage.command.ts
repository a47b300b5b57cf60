import { Command } from 'commander';
import { type UsageCall, usageText } from '../../keys/index.js';
import { parseTime } from '../../platform/validation/index.js';
import { commandText } from '../../platform/config/index.js';
import { CliError, EXIT } from '../cli.errors.js';
import type { KeysClient, Query } from '../keys-client.js';
import { plain, timeText } from './keys-text.js';
import { findKey, type JsonOption, withClient } from './key-work.js';

interface UsageOptions extends JsonOption {
  readonly since?: string;
  readonly until?: string;
  readonly outcome?: string;
  readonly csv?: boolean;
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const NOTES = `
Newest first, as far back as keys.usageRetentionDays; --json prints one object per line. A removed key is named by its
whole id; "keys audit --action key_removed" shows it.

  ${commandText('keys usage "main, read" --since 24h')}
  ${commandText('keys usage "main, read" --since 2026-11-01 --outcome revoked --csv > calls.csv')}`;

/** The command `keys usage`. */
export function usageCommand(): Command {
  return new Command('usage')
    .description('every signed call made with a key')
    .argument('<key>', 'id, the beginning of one, or label')
    .option('--since <time>', 'from this on: 90m, 24h, 7d, or a time such as 2026-11-22T10:00:00Z')
    .option('--until <time>', 'before this, in the same forms')
    .option('--outcome <outcome>', 'only calls that ended so: ok, revoked, ip_refused …')
    .option('--csv', 'print CSV')
    .option('--json', 'print JSON, one object per line')
    .addHelpText('after', NOTES)
    .action((which: string, options: UsageOptions) => printUsage(which, options));
}

/**
 * Reads a time as the command line gives it.
 *
 * @param text - `90m`, `24h` or `7d` ago, ISO 8601, or epoch milliseconds.
 * @param option - For the message: `--since`.
 * @returns Epoch milliseconds.
 * @throws {CliError} When it is none of these.
 */
export function timeOption(text: string, option: string, nowMs: number): number {
  const ago = /^(\d{1,6})([mhd])$/.exec(text);
  const ms = ago ? nowMs - Number(ago[1]) * (UNITS[ago[2] ?? ''] ?? 0) : parseTime(text);
  if (ms !== undefined) return ms;
  throw new CliError(
    `${option} must be 90m, 24h, 7d or a time such as 2026-11-22T10:00:00Z, was "${text}"`,
    EXIT.usage,
  );
}

/** The range of a query, from options. */
export function rangeOf({ since, until }: { readonly since?: string; readonly until?: string }): Query {
  const nowMs = Date.now();
  return {
    ...(since === undefined ? {} : { from: String(timeOption(since, '--since', nowMs)) }),
    ...(until === undefined ? {} : { to: String(timeOption(until, '--until', nowMs)) }),
  };
}

async function printUsage(which: string, options: UsageOptions): Promise<void> {
  const { outcome, csv, json } = options;
  if (csv === true && json === true) throw new CliError('use --csv or --json, not both', EXIT.usage);
  const query = { ...rangeOf(options), ...(outcome === undefined ? {} : { outcome }) };
  await withClient(async (client) => {
    const calls = client.usage(await idOf(client, which), query);
    const lines =
      csv === true ? usageText(calls, 'csv') : json === true ? usageText(calls, 'ndjson') : forPeople(calls);
    for await (const line of lines) {
      if (!process.stdout.write(line)) await new Promise((resolve) => process.stdout.once('drain', resolve));
    }
  });
}

/** A removed key is in no list any more: its whole id is taken as it is. */
async function idOf(client: KeysClient, which: string): Promise<string> {
  return ID.test(which) ? which : (await findKey(client, which)).id;
}

async function* forPeople(calls: AsyncIterable<UsageCall>): AsyncGenerator<string> {
  for await (const { atMs, method, path, outcome, durationMs } of calls) {
    yield `${timeText(atMs)}  ${outcome.padEnd(18)}  ${String(Math.round(durationMs)).padStart(6)} ms  ${method} ${plain(path)}\n`;
  }
}
