import readline from 'node:readline/promises';
import { Command } from 'commander';
import { type Compromised, INCIDENT_GUIDE, type KeyView } from '../../keys/index.js';
import { commandText } from '../../platform/config/index.js';
import { CliError, EXIT } from '../cli.errors.js';
import type { KeysClient } from '../keys-client.js';
import { compromisedText, plain } from './keys-text.js';
import { findOnlyKey, type JsonOption, tell, withClient } from './key-work.js';

interface CompromiseOptions extends JsonOption {
  readonly exchange?: string;
  readonly all?: boolean;
  readonly yes?: boolean;
}

const NOTES = `
Every use ends at once, the sealed secret is shredded, and the page, the steps for deleting the key there and what it was
used for are printed. No exchange is asked, so it works while one is down. It works without a running service too.
It cannot be undone: add the key anew if it was a mistake. What to do besides: ${INCIDENT_GUIDE}

  ${commandText('keys compromise "main, read"')}
  ${commandText('keys compromise --exchange okx --yes')}`;

/** The command `keys compromise`. */
export function compromiseCommand(): Command {
  return new Command('compromise')
    .description('a key leaked: stop every use of it, shred it, and say how to delete it at the exchange')
    .argument('[key]', 'id, the beginning of one, or label')
    .option('--exchange <id>', 'all keys of this exchange')
    .option('--all', 'all keys')
    .option('--yes', 'ask nothing')
    .option('--json', 'print JSON')
    .addHelpText('after', NOTES)
    .action((which: string | undefined, options: CompromiseOptions) => compromise(which, options));
}

async function compromise(which: string | undefined, options: CompromiseOptions): Promise<void> {
  const { exchange, all, yes } = options;
  const named = [which, exchange, all].filter((one) => one !== undefined);
  if (named.length !== 1) throw new CliError('name one key, or give --exchange, or --all', EXIT.usage);
  if (yes !== true && !process.stdin.isTTY) {
    throw new CliError('there is no terminal to ask on; --yes asks nothing', EXIT.usage);
  }
  try {
    await withClient(async (client) => {
      const meant = await keysOf(client, which, exchange);
      if (yes !== true) await confirm(meant);
      print(await mark(client, meant, which, exchange), options);
    });
  } catch (error) {
    tell(
      `whatever fails here: a leaked key is deleted at its exchange, and only that stops a thief; see ${INCIDENT_GUIDE}`,
    );
    throw error;
  }
}

async function keysOf(client: KeysClient, which: string | undefined, exchange: string | undefined): Promise<KeyView[]> {
  if (which !== undefined) return [await findOnlyKey(client, which)];
  const keys = await client.list();
  return exchange === undefined ? [...keys] : keys.filter((key) => key.exchange === exchange);
}

async function mark(
  client: KeysClient,
  meant: readonly KeyView[],
  which: string | undefined,
  exchange: string | undefined,
): Promise<{ data: readonly Compromised[]; alreadyCompromised: readonly KeyView[] }> {
  const [one] = meant;
  if (which !== undefined && one) return { data: [await client.compromise(one.id)], alreadyCompromised: [] };
  return client.compromiseMany(exchange === undefined ? { all: true } : { exchange });
}

async function confirm(keys: readonly KeyView[]): Promise<void> {
  const terminal = readline.createInterface({ input: process.stdin, output: process.stderr });
  try {
    const names = keys.map(({ id, exchange, label }) => `  ${id.slice(0, 8)} ${exchange} ${plain(label)}`).join('\n');
    const answer = await terminal.question(
      `${names}\nstop and shred ${keys.length === 1 ? 'this key' : `these ${keys.length} keys`}? Type yes: `,
    );
    if (answer.trim().toLowerCase() !== 'yes') throw new CliError('stopped; nothing was changed', EXIT.stopped);
  } finally {
    terminal.close();
  }
}

function print(
  answer: { readonly data: readonly Compromised[]; readonly alreadyCompromised: readonly KeyView[] },
  { json }: JsonOption,
): void {
  const { data, alreadyCompromised } = answer;
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ data, alreadyCompromised }, null, 2)}\n`
      : compromisedText(data, alreadyCompromised),
  );
}
