import { Command } from 'commander';
import {
  type Capabilities,
  capabilitiesOf,
  exchangesWithCapabilities,
  unknownExchanges,
  withNear,
} from '../exchanges/index.js';
import { commandText } from '../platform/config/index.js';
import { CliError, EXIT } from './cli.errors.js';
import { exchangesText } from './exchanges-text.js';

interface Flags {
  readonly all?: boolean;
  readonly json?: boolean;
}

const NOTES = `
Nothing is asked of the exchanges: it tells what this program and ccxt have for them. A row per exchange that streams
books and so can be watched; --all adds those that do not.

  ${commandText('exchanges okx kraken')}
  ${commandText('exchanges --json')}`;

/** The command `exchanges`: what each exchange offers. */
export function exchangesCommand(): Command {
  return new Command('exchanges')
    .description('what each exchange offers: books, fees, networks, key facts, clock')
    .argument('[ids...]', 'only these, by ccxt id such as okx')
    .option('--all', 'also exchanges without streamed books')
    .option('--json', 'print JSON')
    .addHelpText('after', NOTES)
    .action(async (ids: string[], { all, json }: Flags) => {
      const exchanges = await tell(ids, all === true);
      process.stdout.write(
        json === true ? `${JSON.stringify({ data: exchanges }, null, 2)}\n` : exchangesText(exchanges),
      );
    });
}

async function tell(ids: readonly string[], isAll: boolean): Promise<Capabilities[]> {
  const unknown = unknownExchanges(ids, exchangesWithCapabilities());
  if (unknown.length > 0) {
    const remedy = 'use ccxt ids such as "okx"; --all shows every one';
    throw new CliError(`no exchange is called ${unknown.map(withNear).join(', ')}; ${remedy}`, EXIT.usage);
  }
  const wanted = ids.length > 0 ? new Set(ids) : exchangesWithCapabilities();
  const exchanges = await Promise.all([...wanted].map(capabilitiesOf));
  return exchanges
    .filter(({ books }) => isAll || ids.length > 0 || books !== 'absent')
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
