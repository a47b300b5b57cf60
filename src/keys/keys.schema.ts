import { z } from 'zod';
import { ProblemError } from '../platform/http/index.js';
import { parseInput } from './parse-input.js';
import { KEY_PURPOSES } from './stored-key.js';

/** Exchanges whose keys come with a passphrase. */
const WITH_PASSPHRASE: ReadonlySet<string> = new Set(['okx', 'kucoin', 'kucoinfutures', 'bitget', 'coinbaseexchange']);
/** Exchanges whose keys surely come without one: a passphrase there is a slip of the paste. */
const WITHOUT_PASSPHRASE: ReadonlySet<string> = new Set([
  'binance',
  'binanceusdm',
  'bybit',
  'kraken',
  'coinbase',
  'gate',
  'htx',
  'bitfinex',
  'gemini',
  'deribit',
  'upbit',
  'mexc',
  'cryptocom',
  'hyperliquid',
]);

/** True where an API key comes with a passphrase beside its secret. */
export function wantsPassphrase(exchange: string): boolean {
  return WITH_PASSPHRASE.has(exchange);
}

/** Exchanges whose accounts are public: an address is enough to read one, and a private key is never wanted. */
const READ_BY_ADDRESS: ReadonlySet<string> = new Set(['hyperliquid']);

/** True where an account is read by its address alone: `apiKey` is that address, and there is no secret. */
export function isReadByAddress(exchange: string): boolean {
  return READ_BY_ADDRESS.has(exchange);
}

const MAX_NAME = 100;
/** A part of a key that is shorter may stand in a name by chance. */
const LEAST_TELLING = 8;
const PEM = /^-----BEGIN [A-Z ]+-----\n[\x20-\x7e\n]+\n-----END [A-Z ]+-----$/;

const name = (what: string) =>
  z
    .string({ error: `${what} must be text` })
    .trim()
    .min(1, `${what} must not be empty`)
    .max(MAX_NAME, `${what} must have at most ${MAX_NAME} characters`)
    .regex(/^\P{Cc}*$/u, `${what} must not hold control characters`);

/** A PEM out of a JSON file carries its line breaks as two characters each; in one line it is what a prompt can take. */
function unescaped(text: string): string {
  return text.startsWith('-----BEGIN ') ? text.replaceAll('\\n', '\n').trim() : text;
}

/** A pasted secret: what surrounds it is dropped, what is inside must be plain printable ASCII. Never echoed. */
function pasted(what: string, max: number, isPemAllowed: boolean) {
  return z
    .string({ error: `${what} must be text` })
    .transform((text) => unescaped(text.replaceAll('\r\n', '\n').trim()))
    .superRefine((text, context) => {
      const at = text.search(/[^\x21-\x7e]/);
      const problem =
        text.length === 0
          ? `${what} must not be empty`
          : text.length > max
            ? `${what} must have at most ${max} characters, it has ${text.length}`
            : at >= 0 && !(isPemAllowed && PEM.test(text))
              ? `${what} holds a blank, a line break or an invisible character at position ${at + 1}; copy it again`
              : null;
      if (problem !== null) context.addIssue({ code: 'custom', message: problem, input: undefined });
    });
}

const described = {
  exchange: z.string({ error: 'exchange must be a ccxt id such as "okx"' }).trim().toLowerCase().max(MAX_NAME),
  label: name('label'),
  account: name('account').default('main'),
  purposes: z
    .array(z.enum(KEY_PURPOSES, { error: `each purpose must be one of ${KEY_PURPOSES.join(', ')}` }), {
      error: 'purposes must be a list',
    })
    .min(1, 'purposes must name at least one')
    .transform((all) => [...new Set(all)])
    .default(['fees', 'networks', 'balances']),
  acceptWithdrawal: z.boolean({ error: 'acceptWithdrawal must be true or false' }).default(false),
};

const newKey = z.strictObject({
  ...described,
  apiKey: pasted('apiKey', 512, false),
  secret: pasted('secret', 4_096, true),
  passphrase: pasted('passphrase', 256, false).nullish(),
});

const leftOut = (what: string) =>
  z.null(`${what} must be left out: this account is read by its address alone`).optional();

const newAddress = z.strictObject({
  ...described,
  apiKey: z
    .string('apiKey must hold the address of the account')
    .trim()
    .regex(/^0x[0-9a-fA-F]{40}$/, 'apiKey must hold the address of the account: 0x and 40 hexadecimal digits')
    .toLowerCase(),
  secret: leftOut('secret').transform(() => null),
  passphrase: leftOut('passphrase'),
});

/** A key as an owner hands it in; without a secret where an account is read by its address. */
export type NewKey = Omit<z.infer<typeof newKey>, 'secret'> & { readonly secret: string | null };

/** 32 bytes in hexadecimal, which is what a private key looks like. */
const PRIVATE_KEY = /[0-9a-fA-F]{64}/;
const NAMED_FIELDS: readonly string[] = [...Object.keys(described), 'apiKey', 'secret', 'passphrase'];

/**
 * Refuses a body that holds a private key anywhere: with one, whoever reads this machine owns the account.
 *
 * @throws {ProblemError} 400 `private_key`, which repeats nothing.
 */
function refusePrivateKey(body: object): void {
  const holder = Object.entries(body).find((entry) => PRIVATE_KEY.test(JSON.stringify(entry)));
  if (!holder) return;
  const field = NAMED_FIELDS.includes(holder[0]) ? holder[0] : null;
  const detail =
    `${field ?? 'a field'} holds what looks like a private key; never give one to a monitor: it was not stored, and the ` +
    'address of the account (0x and 40 hexadecimal digits, as apiKey) is enough to read it. If it was a real one, move ' +
    'the funds to a new account';
  throw new ProblemError(400, 'private_key', detail, field);
}

function exchangeIn(body: unknown): string {
  const exchange = typeof body === 'object' && body !== null && 'exchange' in body ? body.exchange : null;
  return typeof exchange === 'string' ? exchange.trim().toLowerCase() : '';
}

function read(body: unknown): NewKey {
  const whole = 'the body must be a JSON object with exchange, label, apiKey and secret';
  if (!isReadByAddress(exchangeIn(body))) return parseInput(newKey, body, whole);
  refusePrivateKey(body as object);
  return parseInput(newAddress, body, whole);
}

/**
 * Reads the body of `POST /v1/keys`.
 *
 * @param body - The parsed JSON.
 * @param exchanges - The exchanges that this service watches.
 * @throws {ProblemError} 400 with every problem and the first offending field; never with a value of a secret.
 */
export function parseNewKey(body: unknown, exchanges: readonly string[]): NewKey {
  const key = read(body);
  const { exchange } = key;
  if (!exchanges.includes(exchange)) {
    const remedy = `use one of ${exchanges.join(', ')}, or add it to the setting exchanges`;
    throw new ProblemError(
      400,
      'bad_body',
      `exchange "${exchange}" is not watched by this service; ${remedy}`,
      'exchange',
    );
  }
  const hasPassphrase = key.passphrase !== null && key.passphrase !== undefined;
  if (!hasPassphrase && wantsPassphrase(exchange)) {
    const detail = `${exchange} keys come with a passphrase, and none was given; give the one that was chosen when the key was made`;
    throw new ProblemError(400, 'bad_body', detail, 'passphrase');
  }
  if (hasPassphrase && WITHOUT_PASSPHRASE.has(exchange)) {
    throw new ProblemError(400, 'bad_body', `${exchange} keys have no passphrase; leave it out`, 'passphrase');
  }
  if (key.apiKey === key.secret) {
    throw new ProblemError(400, 'bad_body', 'secret is the same text as apiKey; copy the secret again', 'secret');
  }
  refuseSecretNames(key);
  return key;
}

/** Names are shown and logged: a secret that was pasted into the wrong field must not become one. */
function refuseSecretNames(key: NewKey): void {
  const parts = [key.apiKey, key.secret, key.passphrase];
  const secrets = parts.filter((text) => typeof text === 'string').filter(({ length }) => length >= LEAST_TELLING);
  for (const field of ['label', 'account'] as const) {
    if (!secrets.some((secret) => key[field].includes(secret))) continue;
    throw new ProblemError(400, 'bad_body', `${field} holds a part of the key; give the key a name of its own`, field);
  }
}

const INHERITED = ['exchange', 'account', 'purposes'];

/**
 * Reads the body of `POST /v1/keys/{id}/rotate`: the secrets of the new key, and a label where it shall have another.
 *
 * @param body - The parsed JSON.
 * @param old - The key that is replaced; the new one takes its exchange, account, purposes and what was accepted.
 * @param exchanges - The exchanges that this service watches.
 * @throws {ProblemError} 400 as {@link parseNewKey} does.
 */
export function parseSuccessor(
  body: unknown,
  old: Pick<NewKey, 'exchange' | 'label' | 'account'> & { purposes: readonly string[]; acceptsWithdrawal: boolean },
  exchanges: readonly string[],
): NewKey {
  const given = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
  const excess = INHERITED.find((field) => field in given);
  if (excess !== undefined) {
    const detail = `${excess} is taken over from the key that is replaced; leave it out, or add a key of its own`;
    throw new ProblemError(400, 'bad_body', detail, excess);
  }
  const { exchange, label, account, purposes, acceptsWithdrawal } = old;
  const taken = { label, acceptWithdrawal: acceptsWithdrawal, ...given, exchange, account, purposes: [...purposes] };
  return parseNewKey(taken, exchanges);
}
