import { z } from 'zod';
import { ProblemError } from '../platform/http/index.js';
import { parseInput } from './parse-input.js';
import { KEY_PURPOSES } from './stored-key.js';

/** Exchanges whose keys come with a passphrase. */
const WITH_PASSPHRASE: ReadonlySet<string> = new Set(['okx', 'kucoin', 'kucoinfutures', 'bitget', 'coinbaseexchange']);
/** Exchanges whose keys surely come without one: a passphrase there is a slip of the paste. */
const WITHOUT_PASSPHRASE: ReadonlySet<string> = new Set(['binance', 'binanceusdm', 'bybit', 'kraken']);

/** True where an API key comes with a passphrase beside its secret. */
export function wantsPassphrase(exchange: string): boolean {
  return WITH_PASSPHRASE.has(exchange);
}

const MAX_NAME = 100;
const PEM = /^-----BEGIN [A-Z ]+-----\n[\x20-\x7e\n]+\n-----END [A-Z ]+-----$/;

const name = (what: string) =>
  z
    .string({ error: `${what} must be text` })
    .trim()
    .min(1, `${what} must not be empty`)
    .max(MAX_NAME, `${what} must have at most ${MAX_NAME} characters`)
    .regex(/^\P{Cc}*$/u, `${what} must not hold control characters`);

/** A pasted secret: what surrounds it is dropped, what is inside must be plain printable ASCII. Never echoed. */
function pasted(what: string, max: number, isPemAllowed: boolean) {
  return z
    .string({ error: `${what} must be text` })
    .transform((text) => text.replaceAll('\r\n', '\n').trim())
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

const newKey = z.strictObject({
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
  apiKey: pasted('apiKey', 512, false),
  secret: pasted('secret', 4_096, true),
  passphrase: pasted('passphrase', 256, false).nullish(),
});

/** A key as an owner hands it in. */
export type NewKey = z.infer<typeof newKey>;

/**
 * Reads the body of `POST /v1/keys`.
 *
 * @param body - The parsed JSON.
 * @param exchanges - The exchanges that this service watches.
 * @throws {ProblemError} 400 with every problem and the first offending field; never with a value of a secret.
 */
export function parseNewKey(body: unknown, exchanges: readonly string[]): NewKey {
  const key = parseInput(newKey, body, 'the body must be a JSON object with exchange, label, apiKey and secret');
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
  return key;
}
