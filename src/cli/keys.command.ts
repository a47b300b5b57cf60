import { Command } from 'commander';
import { type KeyView, wantsPassphrase } from '../keys/index.js';
import { loadSettings, readEnvironment, type Settings } from '../platform/config/index.js';
import { isDataDirectoryHeld } from '../platform/prisma/index.js';
import { CliError, EXIT } from './cli.errors.js';
import type { KeysClient } from './keys-client.js';
import { keysText } from './keys-text.js';
import { LocalKeysClient } from './local-keys-client.js';
import { type GivenSecrets, promptSecrets, readSecretsFile, readSecretsStream } from './read-secrets.js';
import { adminToken, isListening, RestKeysClient, serviceAddress } from './rest-keys-client.js';

interface AddOptions {
  readonly label: string;
  readonly account?: string;
  readonly purpose?: string[];
  readonly stdin?: boolean;
  readonly file?: string;
  readonly json?: boolean;
}

interface JsonOption {
  readonly json?: boolean;
}

const NOTES = `
It speaks to the running service (its address and token come from the settings; CROSSBOOK_URL and CROSSBOOK_TOKEN
override them). When none runs, it opens the data directory itself.

Exit codes: 0 done, 1 failed or refused, 2 not understood, 3 check found a critical key.`;

const ADD_NOTES = `
The API key and its secret are asked for without being shown, or read with --stdin or --file: a JSON object with
apiKey, secret and passphrase, or one value per line. They are never taken from an argument: arguments are seen by
every user of the machine and stay in the history of the shell.

  npm run keys -- add binance --label "main, read"
  npm run keys -- add okx --label "main, read" --stdin < key.json`;

const EXCESS =
  'only the exchange is an argument; if the others were secrets, they now stand in the history of the shell: delete that ' +
  'key at the exchange and make a new one. Secrets are asked for, or read with --stdin or --file';

/** The command `keys`: add, list, check, disable, remove. */
export function keysCommand(): Command {
  const keys = new Command('keys').description('look after the API keys of exchanges').addHelpText('after', NOTES);
  keys
    .command('add')
    .description('check, seal and store a key')
    .argument('<exchange>', 'ccxt id of a watched exchange, such as okx')
    .requiredOption('--label <name>', 'what to call the key')
    .option('--account <name>', 'whose account it is of (default: main)')
    .option('--purpose <purpose...>', 'what to use it for: fees, networks, balances, streams')
    .option('--stdin', 'read the secrets from standard input')
    .option('--file <path>', 'read the secrets from a file')
    .option('--json', 'print JSON')
    .addHelpText('after', ADD_NOTES)
    .allowExcessArguments()
    .action((exchange: string, options: AddOptions, command: Command) => {
      if (command.args.length > 1) throw new CliError(EXCESS, EXIT.usage);
      return addKey(exchange, options);
    });
  keys
    .command('list')
    .description('all keys with their health, what was found, and what to do about it')
    .option('--json', 'print JSON')
    .action((options: JsonOption) =>
      withClient(async (client) => {
        print(await client.list(), options);
      }),
    );
  keys
    .command('check')
    .description('ask the exchange about one key, or about all of them, now')
    .argument('[key]', 'id, the beginning of one, or label')
    .option('--json', 'print JSON')
    .action((key: string | undefined, options: JsonOption) => checkKeys(key, options));
  keys
    .command('disable')
    .description('stop every use of a key at once; it stays stored')
    .argument('<key>', 'id, the beginning of one, or label')
    .option('--json', 'print JSON')
    .action((key: string, options: JsonOption) =>
      withClient(async (client) => {
        print([await client.disable((await find(client, key)).id)], options);
      }),
    );
  keys
    .command('remove')
    .description('delete a key with its sealed secrets; delete it at the exchange too')
    .argument('<key>', 'id, the beginning of one, or label')
    .action((key: string) => withClient((client) => removeKey(client, key)));
  return keys;
}

async function addKey(exchange: string, options: AddOptions): Promise<void> {
  const { label, account, purpose } = options;
  const settings = readSettings();
  const secrets = await secretsFor(exchange, options);
  const key = {
    ...{ exchange, label, ...secrets },
    ...(account === undefined ? {} : { account }),
    ...(purpose === undefined ? {} : { purposes: purpose.flatMap((one) => one.split(',')) }),
  };
  await withClient(async (client) => {
    print([await client.add(key)], options);
  }, settings);
}

function secretsFor(exchange: string, { stdin, file }: AddOptions): GivenSecrets | Promise<GivenSecrets> {
  if (stdin === true && file !== undefined) throw new CliError('use --stdin or --file, not both', EXIT.usage);
  if (file !== undefined) return readSecretsFile(file, tell);
  if (stdin === true) return readSecretsStream(process.stdin as AsyncIterable<Buffer>);
  return promptSecrets(wantsPassphrase(exchange));
}

async function checkKeys(which: string | undefined, options: JsonOption): Promise<void> {
  await withClient(async (client) => {
    const all = which === undefined ? await client.list() : [await find(client, which)];
    const keys = which === undefined ? all.filter(({ health }) => health !== 'disabled') : all;
    const checked: KeyView[] = [];
    for (const { id } of keys) checked.push(await client.check(id));
    print(checked, options);
    if (checked.some(({ health }) => health === 'critical')) process.exitCode = EXIT.critical;
  });
}

async function removeKey(client: KeysClient, which: string): Promise<void> {
  const { id, exchange, label } = await find(client, which);
  await client.remove(id);
  process.stdout.write(
    `removed ${id} (${exchange}, ${label.replace(/\p{Cc}/gu, '\uFFFD')}); delete it at the exchange too\n`,
  );
}

async function find(client: KeysClient, which: string): Promise<KeyView> {
  const keys = await client.list();
  const found = keys.filter(({ id, label }) => id === which || label === which);
  if (found.length === 0 && which.length >= 4) found.push(...keys.filter(({ id }) => id.startsWith(which)));
  const [key, ...others] = found;
  if (!key) throw new CliError(`there is no key "${which}"; "keys list" shows them`);
  if (others.length > 0) throw new CliError(`"${which}" means ${found.length} keys; give more of the id`);
  return key;
}

/** Runs some work through the running service, or on the data directory when none runs. */
async function withClient(
  work: (client: KeysClient) => Promise<void> | void,
  settings = readSettings(),
): Promise<void> {
  const { url, isNamed } = serviceAddress(settings, readEnvironment());
  // Whatever else listens on that port gets neither the token nor a key: only the holder of the data directory does.
  if (isNamed || (isDataDirectoryHeld(settings.dataDir) && (await isListening(url)))) {
    await work(new RestKeysClient(url, adminToken(settings, readEnvironment())));
    return;
  }
  tell(`no service runs on ${settings.dataDir}; opening it here`);
  const client = await LocalKeysClient.open(settings);
  try {
    await work(client);
  } finally {
    await client.close();
  }
}

function readSettings(): Settings {
  return loadSettings(readEnvironment(), process.cwd());
}

function print(keys: readonly KeyView[], { json }: JsonOption): void {
  process.stdout.write(json === true ? `${JSON.stringify({ data: keys }, null, 2)}\n` : keysText(keys));
}

function tell(message: string): void {
  process.stderr.write(`crossbook: ${message}\n`);
}
