import { Command } from 'commander';
import type { KeyView } from '../keys/index.js';
import { EXIT } from './cli.errors.js';
import { addCommand, rotateCommand } from './keys/add.command.js';
import { acknowledgeCommand } from './keys/acknowledge.command.js';
import { auditCommand } from './keys/audit.command.js';
import { compromiseCommand } from './keys/compromise.command.js';
import { findKey, findOnlyKey, type JsonOption, printKeys, withClient } from './keys/key-work.js';
import { plain } from './keys/keys-text.js';
import { masterCommand } from './keys/master.command.js';
import { usageCommand } from './keys/usage.command.js';
import type { KeysClient } from './keys-client.js';

const NOTES = `
It speaks to the running service (its address and token come from the settings; CROSSBOOK_URL and CROSSBOOK_TOKEN
override them). When none runs, it opens the data directory itself.

Exit codes: 0 done, 1 failed or refused, 2 not understood, 3 check found a critical key, 4 the audit is not whole.`;

/** The command `keys`: add, list, check, rotate, disable, acknowledge, compromise, usage, audit, master, remove. */
export function keysCommand(): Command {
  return new Command('keys')
    .description('look after the API keys of exchanges')
    .addHelpText('after', NOTES)
    .addCommand(addCommand())
    .addCommand(listCommand())
    .addCommand(checkCommand())
    .addCommand(rotateCommand())
    .addCommand(disableCommand())
    .addCommand(acknowledgeCommand())
    .addCommand(compromiseCommand())
    .addCommand(usageCommand())
    .addCommand(auditCommand())
    .addCommand(masterCommand())
    .addCommand(removeCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description('all keys with their health, what was found, and what to do about it')
    .option('--json', 'print JSON')
    .action((options: JsonOption) =>
      withClient(async (client) => {
        printKeys(await client.list(), options);
      }),
    );
}

function checkCommand(): Command {
  return new Command('check')
    .description('ask the exchange about one key, or about all of them, now')
    .argument('[key]', 'id, the beginning of one, or label')
    .option('--json', 'print JSON')
    .action((key: string | undefined, options: JsonOption) => checkKeys(key, options));
}

function disableCommand(): Command {
  return new Command('disable')
    .description('stop every use of a key at once; it stays stored')
    .argument('<key>', 'id, the beginning of one, or label')
    .option('--json', 'print JSON')
    .action((key: string, options: JsonOption) =>
      withClient(async (client) => {
        printKeys([await client.disable((await findOnlyKey(client, key)).id)], options);
      }),
    );
}

function removeCommand(): Command {
  return new Command('remove')
    .description('delete a key with its sealed secrets; delete it at the exchange too')
    .argument('<key>', 'id, the beginning of one, or label')
    .action((key: string) => withClient((client) => removeKey(client, key)));
}

async function checkKeys(which: string | undefined, options: JsonOption): Promise<void> {
  await withClient(async (client) => {
    const all = which === undefined ? await client.list() : [await findKey(client, which)];
    const keys = which === undefined ? all.filter(isChecked) : all;
    const checked: KeyView[] = [];
    for (const { id } of keys) checked.push(await client.check(id));
    printKeys(checked, options);
    if (checked.some(({ health }) => health === 'critical')) process.exitCode = EXIT.critical;
  });
}

function isChecked({ state }: KeyView): boolean {
  return state !== 'disabled' && state !== 'compromised';
}

async function removeKey(client: KeysClient, which: string): Promise<void> {
  const { id, exchange, label } = await findOnlyKey(client, which);
  await client.remove(id);
  process.stdout.write(`removed ${id} (${exchange}, ${plain(label)}); delete it at the exchange too\n`);
}
