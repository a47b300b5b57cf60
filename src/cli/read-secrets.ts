import { readFileSync, statSync } from 'node:fs';
import readline from 'node:readline';
import { Writable } from 'node:stream';
import { CliError, EXIT } from './cli.errors.js';

/** The secrets of one key. */
export interface GivenSecrets {
  readonly apiKey: string;
  /** Absent where `apiKey` is the address of an account. */
  readonly secret?: string;
  readonly passphrase?: string;
}

/** The longest input that is read, bytes. */
const MAX_BYTES = 65_536;
const FORMS =
  'give {"apiKey": "…", "secret": "…", "passphrase": "…"} or one value per line: API key, secret, passphrase';
/** An address stands alone: with it nothing can be signed, and no secret belongs to it. */
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const FIELDS = new Set(['apiKey', 'secret', 'passphrase']);

/**
 * Reads the secrets of a key from text: a JSON object, or two or three lines, or the address of an account alone.
 *
 * @throws {CliError} That says what is wrong and repeats nothing of the text.
 */
export function parseSecrets(text: string): GivenSecrets {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed === '') throw new CliError(`nothing was given; ${FORMS}`, EXIT.usage);
  if (trimmed.startsWith('{')) return fromJson(trimmed);
  const lines = trimmed.split(/\r?\n/).map((line) => line.trim());
  const [apiKey = '', secret = '', passphrase, ...rest] = lines;
  if (lines.length === 1 && ADDRESS.test(apiKey)) return { apiKey };
  if (secret === '' || rest.length > 0) {
    throw new CliError(`there are ${lines.length} lines, 2 or 3 are wanted; ${FORMS}`, EXIT.usage);
  }
  return { apiKey, secret, ...(passphrase === undefined ? {} : { passphrase }) };
}

/** Reads the secrets of a key from a file, and warns when others can read it. */
export function readSecretsFile(file: string, warn: (message: string) => void): GivenSecrets {
  try {
    const { size, mode } = statSync(file);
    if (size > MAX_BYTES) throw new CliError(`${file} has ${size} bytes, more than the ${MAX_BYTES} that are read`);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      warn(`${file} can be read by others; delete it when the key is added, or run: chmod 600 ${file}`);
    }
    return parseSecrets(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof CliError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    throw new CliError(`${file} cannot be read (${code})`, undefined, { cause: error });
  }
}

/** Reads the secrets of a key from a stream until its end. */
export async function readSecretsStream(input: AsyncIterable<Buffer | string>): Promise<GivenSecrets> {
  return parseSecrets(await textIn(input, `; ${FORMS}`));
}

/** Asks for the secrets of a key on a terminal, without showing what is typed. */
export async function promptSecrets(wantsPassphrase: boolean): Promise<GivenSecrets> {
  return onTerminal('--stdin or --file', async (terminal) => {
    const apiKey = await terminal.ask('API key');
    const secret = await terminal.ask('Secret');
    return wantsPassphrase ? { apiKey, secret, passphrase: await terminal.ask('Passphrase') } : { apiKey, secret };
  });
}

/** Asks for the address of an account on a terminal; for exchanges that are read by it. */
export async function promptAddress(): Promise<GivenSecrets> {
  return onTerminal('--stdin or --file', async (terminal) => ({
    apiKey: await terminal.ask('Address of the account (0x…, never a private key)'),
  }));
}

/**
 * Reads one secret from a stream until its end.
 *
 * @throws {CliError} That says what is wrong and repeats nothing of it.
 */
export async function readSecretText(input: AsyncIterable<Buffer | string>): Promise<string> {
  const secret = (await textIn(input, '')).replace(/^\uFEFF/, '').trim();
  if (secret === '') throw new CliError('nothing was given on standard input', EXIT.usage);
  return secret;
}

/** Asks for one secret on a terminal, without showing what is typed. */
export async function promptSecretText(what: string): Promise<string> {
  return onTerminal('--stdin', (terminal) => terminal.ask(what));
}

/** Asks on the terminal, which is given back whatever happens. */
async function onTerminal<T>(instead: string, ask: (terminal: HiddenPrompt) => Promise<T>): Promise<T> {
  if (!process.stdin.isTTY) throw new CliError(`there is no terminal to ask on; use ${instead}`, EXIT.usage);
  const terminal = new HiddenPrompt();
  try {
    return await ask(terminal);
  } finally {
    terminal.close();
  }
}

/** Reads a stream until its end, within bounds. */
async function textIn(input: AsyncIterable<Buffer | string>, hint: string): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += String(chunk);
    if (text.length > MAX_BYTES) throw new CliError(`more than ${MAX_BYTES} bytes were given${hint}`, EXIT.usage);
  }
  return text;
}

/** Reads lines from the terminal without echo; lines that are pasted together answer the questions in turn. */
class HiddenPrompt {
  private readonly lines: string[] = [];
  private waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | null = null;
  private readonly terminal: readline.Interface;

  constructor() {
    const silent = new Writable({
      write(_chunk, _encoding, done): void {
        done();
      },
    });
    this.terminal = readline.createInterface({ input: process.stdin, output: silent, terminal: true, historySize: 0 });
    this.terminal.on('line', (line) => {
      this.lines.push(line.trim());
      this.answer();
    });
    for (const event of ['SIGINT', 'close'] as const) {
      this.terminal.once(event, () => {
        this.waiting?.reject(new CliError('stopped; nothing was added', EXIT.stopped));
      });
    }
  }

  async ask(what: string): Promise<string> {
    process.stderr.write(`${what} (not shown): `);
    const line = await new Promise<string>((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.answer();
    }).finally(() => process.stderr.write('\n'));
    if (line === '') throw new CliError(`no ${what} was given; nothing was added`, EXIT.usage);
    return line;
  }

  close(): void {
    this.waiting = null;
    this.terminal.close();
  }

  private answer(): void {
    const line = this.waiting && this.lines.shift();
    if (!this.waiting || line === undefined || line === null) return;
    const { resolve } = this.waiting;
    this.waiting = null;
    resolve(line);
  }
}

function fromJson(text: string): GivenSecrets {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message repeats the text.
    throw new CliError(`what begins like a JSON object is none; ${FORMS}`, EXIT.usage);
  }
  const given = value as Record<string, unknown>;
  const unknown = Object.keys(given).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) throw new CliError(`"${unknown}" is no field of a key; ${FORMS}`, EXIT.usage);
  const { apiKey, secret, passphrase } = given;
  if (typeof apiKey === 'string' && ADDRESS.test(apiKey) && given['secret'] === undefined) return { apiKey };
  if (typeof apiKey !== 'string' || typeof secret !== 'string') {
    throw new CliError(`apiKey and secret must be there, as text; ${FORMS}`, EXIT.usage);
  }
  if (passphrase === undefined || passphrase === null) return { apiKey, secret };
  if (typeof passphrase !== 'string') throw new CliError(`passphrase must be text; ${FORMS}`, EXIT.usage);
  return { apiKey, secret, passphrase };
}
