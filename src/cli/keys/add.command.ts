import { Command } from 'commander';
import type { KeyView } from '../../keys/index.js';
import { commandText } from '../../platform/config/index.js';
import {
  findKey,
  type JsonOption,
  printKeys,
  readSettings,
  refuseExcess,
  SECRET_NOTES,
  type SecretOptions,
  secretsFor,
  tell,
  withClient,
} from './key-work.js';

interface AddOptions extends JsonOption, SecretOptions {
  readonly label: string;
  readonly account?: string;
  readonly purpose?: string[];
  readonly acceptWithdraw?: boolean;
}

interface RotateOptions extends JsonOption, SecretOptions {
  readonly label?: string;
  readonly acceptWithdraw?: boolean;
}

const ADD_NOTES = `${SECRET_NOTES}

A key that may withdraw or transfer is turned away; --accept-withdraw stores it all the same.

  ${commandText('keys add binance --label "main, read"')}
  ${commandText('keys add okx --label "main, read" --stdin < key.json')}`;

const ROTATE_NOTES = `${SECRET_NOTES}

The exchange is asked about the new key while the old one goes on. Then the new one takes over at once; the old one
waits until you have deleted it at the exchange, and a check has seen that.

  ${commandText('keys rotate "main, read" --stdin < new-key.json')}`;

/** The command `keys add`. */
export function addCommand(): Command {
  return withSecrets(new Command('add'))
    .description('check, seal and store a key')
    .argument('<exchange>', 'ccxt id of a watched exchange, such as okx')
    .requiredOption('--label <name>', 'what to call the key')
    .option('--account <name>', 'whose account it is of (default: main)')
    .option('--purpose <purpose...>', 'what to use it for: fees, networks, balances, streams')
    .addHelpText('after', ADD_NOTES)
    .action((exchange: string, options: AddOptions, command: Command) => {
      refuseExcess(command.args);
      return addKey(exchange, options);
    });
}

/** The command `keys rotate`. */
export function rotateCommand(): Command {
  return withSecrets(new Command('rotate'))
    .description('put a new key in the place of one that is stored, without a gap')
    .argument('<key>', 'id of the old key, the beginning of one, or label')
    .option('--label <name>', 'what to call the new key (default: as the old one)')
    .addHelpText('after', ROTATE_NOTES)
    .action((which: string, options: RotateOptions, command: Command) => {
      refuseExcess(command.args);
      return rotateKey(which, options);
    });
}

function withSecrets(command: Command): Command {
  return command
    .option('--stdin', 'read the secrets from standard input')
    .option('--file <path>', 'read the secrets from a file')
    .option('--accept-withdraw', 'store the key though it may withdraw or transfer; it stays critical')
    .option('--json', 'print JSON')
    .allowExcessArguments();
}

async function addKey(exchange: string, options: AddOptions): Promise<void> {
  const { label, account, purpose, acceptWithdraw } = options;
  const settings = readSettings();
  const secrets = await secretsFor(exchange, options);
  const key = {
    ...{ exchange, label, ...secrets },
    ...(account === undefined ? {} : { account }),
    ...(purpose === undefined ? {} : { purposes: purpose.flatMap((one) => one.split(',')) }),
    ...(acceptWithdraw === true ? { acceptWithdrawal: true } : {}),
  };
  await withClient(async (client) => {
    const added = await client.add(key);
    printKeys([added], options);
    warnOfRights(added);
  }, settings);
}

async function rotateKey(which: string, options: RotateOptions): Promise<void> {
  const { label, acceptWithdraw } = options;
  await withClient(async (client) => {
    const old = await findKey(client, which);
    const secrets = await secretsFor(old.exchange, options);
    const key = {
      ...secrets,
      ...(label === undefined ? {} : { label }),
      ...(acceptWithdraw === true ? { acceptWithdrawal: true } : {}),
    };
    const added = await client.rotate(old.id, key);
    printKeys([added], options);
    warnOfRights(added);
    tell(`${added.id.slice(0, 8)} has taken over; now delete the old key ${old.id.slice(0, 8)} at ${old.exchange}`);
  });
}

function warnOfRights({ scopes }: KeyView): void {
  if (scopes.withdraw === true) {
    tell('warning: this key may withdraw; whoever gets hold of it empties the account');
  } else if (scopes.trade === true) {
    tell('warning: this key may trade, and a thief needs no more than that; watching needs the right to read only');
  }
}
