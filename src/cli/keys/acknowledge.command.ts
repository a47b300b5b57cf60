import { Command } from 'commander';
import { findKey, type JsonOption, printKeys, withClient } from './key-work.js';

const NOTES = `
Use it when you changed the rights or the addresses of a key yourself, or when an unexpected use was one of your own
programs. What the exchange told last is then the state that later checks are compared with. If it was not you, do not
acknowledge it: treat the key as stolen.`;

/** The command `keys acknowledge`. */
export function acknowledgeCommand(): Command {
  return new Command('acknowledge')
    .description('accept what changed of a key, or an unexpected use of it, as your own doing')
    .argument('<key>', 'id, the beginning of one, or label')
    .option('--json', 'print JSON')
    .addHelpText('after', NOTES)
    .action((key: string, options: JsonOption) =>
      withClient(async (client) => {
        printKeys([await client.acknowledge((await findKey(client, key)).id)], options);
      }),
    );
}
