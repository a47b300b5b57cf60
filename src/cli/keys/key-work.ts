import { isReadByAddress, type KeyView, wantsPassphrase } from '../../keys/index.js';
import { loadSettings, readEnvironment, type Settings } from '../../platform/config/index.js';
import { isDataDirectoryHeld } from '../../platform/prisma/index.js';
import { CliError, EXIT } from '../cli.errors.js';
import type { KeysClient } from '../keys-client.js';
import { LocalKeysClient } from '../local-keys-client.js';
import {
  type GivenSecrets,
  promptAddress,
  promptSecrets,
  readSecretsFile,
  readSecretsStream,
} from '../read-secrets.js';
import { adminToken, isListening, RestCaller, serviceAddress } from '../rest-caller.js';
import { RestKeysClient } from '../rest-keys-client.js';
import { keysText } from './keys-text.js';

/** Every command can print JSON instead of text for people. */
export interface JsonOption {
  readonly json?: boolean;
}

/** Where the secrets of a key come from. */
export interface SecretOptions {
  readonly stdin?: boolean;
  readonly file?: string;
}

/** Said below the help of every command that reads secrets. */
export const SECRET_NOTES = `
The API key and its secret are asked for without being shown, or read with --stdin or --file: a JSON object with
apiKey, secret and passphrase, or one value per line. They are never taken from an argument: arguments are seen by
every user of the machine and stay in the history of the shell.`;

const EXCESS =
  'only the first word is an argument; if the others were secrets, they now stand in the history of the shell: delete that ' +
  'key at the exchange and make a new one. Secrets are asked for, or read with --stdin or --file';

/** Refuses words that may be secrets, and says what that means. */
export function refuseExcess(args: readonly string[]): void {
  if (args.length > 1) throw new CliError(EXCESS, EXIT.usage);
}

/** Reads the secrets of a key from where the options say: the terminal unless they name another place. */
export function secretsFor(exchange: string, { stdin, file }: SecretOptions): GivenSecrets | Promise<GivenSecrets> {
  if (stdin === true && file !== undefined) throw new CliError('use --stdin or --file, not both', EXIT.usage);
  if (file !== undefined) return readSecretsFile(file, tell);
  if (stdin === true) return readSecretsStream(process.stdin as AsyncIterable<Buffer>);
  return isReadByAddress(exchange) ? promptAddress() : promptSecrets(wantsPassphrase(exchange));
}

/**
 * Finds the key that is meant: by its id, the beginning of one, or its label. A key and the one that replaced it often
 * have one label: the one in use is meant then.
 *
 * @throws {CliError} When there is none, or several are meant.
 */
export async function findKey(client: KeysClient, which: string): Promise<KeyView> {
  const found = await keysNamed(client, which);
  const inUse = found.filter(({ state }) => state === 'active');
  return theOnly(inUse.length === 1 ? inUse : found, which);
}

/**
 * The same for what cannot be taken back or stops a key: nothing is guessed there.
 *
 * @throws {CliError} When there is none, or several are meant, whatever their states.
 */
export async function findOnlyKey(client: KeysClient, which: string): Promise<KeyView> {
  return theOnly(await keysNamed(client, which), which);
}

async function keysNamed(client: KeysClient, which: string): Promise<KeyView[]> {
  const keys = await client.list();
  const found = keys.filter(({ id, label }) => id === which || label === which);
  if (found.length > 0 || which.length < 4) return found;
  return keys.filter(({ id }) => id.startsWith(which));
}

function theOnly(found: readonly KeyView[], which: string): KeyView {
  const [key, ...others] = found;
  if (!key) throw new CliError(`there is no key "${which}"; "keys list" shows them`);
  if (others.length > 0) throw new CliError(`"${which}" means ${found.length} keys; give more of the id`);
  return key;
}

/** Runs some work through the running service, or on the data directory when none runs. */
export async function withClient(
  work: (client: KeysClient) => Promise<void> | void,
  settings: Settings = readSettings(),
): Promise<void> {
  const client = (await runningService(settings)) ?? (await LocalKeysClient.open(settings));
  try {
    await work(client);
  } finally {
    await client.close();
  }
}

/** The running service, null when none runs on the data directory; says so then. */
export async function runningService(settings: Settings): Promise<RestKeysClient | null> {
  const service = await serviceOn(settings);
  return service && new RestKeysClient(service);
}

/** The same, for whatever is asked of it. */
export async function serviceOn(settings: Settings): Promise<RestCaller | null> {
  const service = await findService(settings);
  if (!service) tell(`no service runs on ${settings.dataDir}; opening it here`);
  return service;
}

/** The same, without a word. */
export async function findService(settings: Settings): Promise<RestCaller | null> {
  const environment = readEnvironment();
  const { url, isNamed } = serviceAddress(settings, environment);
  // Whatever else listens on that port gets neither the token nor a key: only the holder of the data directory does.
  if (isNamed || (isDataDirectoryHeld(settings.dataDir) && (await isListening(url)))) {
    return new RestCaller(url, adminToken(settings, environment));
  }
  return null;
}

/** The settings of this directory and environment. */
export function readSettings(): Settings {
  return loadSettings(readEnvironment(), process.cwd());
}

/** Prints keys as a table, or as JSON. */
export function printKeys(keys: readonly KeyView[], { json }: JsonOption): void {
  process.stdout.write(json === true ? `${JSON.stringify({ data: keys }, null, 2)}\n` : keysText(keys));
}

/** Tells something beside what is printed. */
export function tell(message: string): void {
  process.stderr.write(`crossbook: ${message}\n`);
}
