import { describe, expect, it } from '@jest/globals';
import { ProblemError } from '../platform/http/index.js';
import { parseNewKey } from './keys.schema.js';

const EXCHANGES = ['binance', 'okx', 'kraken', 'coinbase'];
const GOOD = { exchange: 'binance', label: 'main, read', apiKey: 'planted-api-key', secret: 'planted-secret' };

function problemOf(body: unknown): ProblemError {
  try {
    parseNewKey(body, EXCHANGES);
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('parseNewKey', () => {
  it('fills in what may be left out', () => {
    expect(parseNewKey(GOOD, EXCHANGES)).toEqual({
      ...GOOD,
      account: 'main',
      purposes: ['fees', 'networks', 'balances'],
      acceptWithdrawal: false,
    });
  });

  it('drops what a paste puts around a key', () => {
    const key = parseNewKey({ ...GOOD, apiKey: '  planted-api-key\r\n', secret: '\tplanted-secret \n' }, EXCHANGES);
    expect(key).toMatchObject({ apiKey: 'planted-api-key', secret: 'planted-secret' });
  });

  it('takes a secret that is a PEM block', () => {
    const secret = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE+/=\nAbC\n-----END EC PRIVATE KEY-----';
    expect(parseNewKey({ ...GOOD, exchange: 'coinbase', secret: `${secret}\r\n` }, EXCHANGES).secret).toBe(secret);
  });

  it('takes a PEM block as a JSON file holds it, in one line', () => {
    const secret = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE+/=\n-----END EC PRIVATE KEY-----';
    const line = `${secret}\n`.replaceAll('\n', '\\n');
    expect(parseNewKey({ ...GOOD, exchange: 'coinbase', secret: line }, EXCHANGES).secret).toBe(secret);
  });

  it.each<[string, unknown, string | null, string]>([
    ['no body', undefined, 'exchange', 'exchange must be'],
    ['a list', [], null, 'JSON object'],
    ['a text', 'x', null, 'JSON object'],
    ['an unknown field', { ...GOOD, apikey: 'x' }, 'apikey', 'apikey is no known field'],
    ['an exchange that is not watched', { ...GOOD, exchange: 'mtgox' }, 'exchange', 'use one of binance, okx'],
    ['a missing label', { ...GOOD, label: undefined }, 'label', 'label must be text'],
    ['an empty label', { ...GOOD, label: '  ' }, 'label', 'label must not be empty'],
    ['a long label', { ...GOOD, label: 'x'.repeat(101) }, 'label', 'at most 100'],
    ['a label with control characters', { ...GOOD, label: 'a\u001b[2Jb' }, 'label', 'control characters'],
    ['a secret as the label', { ...GOOD, label: `main ${GOOD.secret}` }, 'label', 'holds a part of the key'],
    ['an API key as the account', { ...GOOD, account: GOOD.apiKey }, 'account', 'holds a part of the key'],
    ['a number as a key', { ...GOOD, apiKey: 5 }, 'apiKey', 'apiKey must be text'],
    ['an empty secret', { ...GOOD, secret: ' \n' }, 'secret', 'secret must not be empty'],
    ['a blank inside a key', { ...GOOD, apiKey: 'planted api-key' }, 'apiKey', 'at position 8'],
    ['a line break inside a secret', { ...GOOD, secret: 'planted\nsecret' }, 'secret', 'at position 8'],
    ['an invisible character', { ...GOOD, apiKey: 'planted\u200bapi-key' }, 'apiKey', 'at position 8'],
    ['a huge secret', { ...GOOD, secret: 's'.repeat(5_000) }, 'secret', 'it has 5000'],
    ['the key pasted twice', { ...GOOD, secret: GOOD.apiKey }, 'secret', 'same text as apiKey'],
    ['okx without a passphrase', { ...GOOD, exchange: 'okx' }, 'passphrase', 'come with a passphrase'],
    ['binance with a passphrase', { ...GOOD, passphrase: 'planted-phrase' }, 'passphrase', 'leave it out'],
    ['no purpose', { ...GOOD, purposes: [] }, 'purposes', 'at least one'],
    ['an unknown purpose', { ...GOOD, purposes: ['trade'] }, 'purposes.0', 'one of fees, networks'],
  ])('refuses %s', (_name, body, field, text) => {
    const problem = problemOf(body);
    expect(problem).toMatchObject({ status: 400, code: 'bad_body', field });
    expect(problem.detail).toContain(text);
    expect(problem.detail).not.toMatch(/planted|ssss/);
  });

  it('tells every problem at once', () => {
    const { detail } = problemOf({ exchange: 'binance', apiKey: 'a b', extra: 1 });
    for (const part of [
      'label must be text',
      'apiKey holds a blank',
      'secret must be text',
      'extra is no known field',
    ]) {
      expect(detail).toContain(part);
    }
  });
});

describe('parseNewKey, for an account that is read by its address', () => {
  const ADDRESS = '0x2Ba553d9F990A3b66b03b2dC0D030dfC1c061036';
  const ACCOUNT = { exchange: 'Hyperliquid', label: 'main', apiKey: ` ${ADDRESS}\n` };
  const PRIVATE_KEY = 'c0ffee'.repeat(11).slice(0, 64);
  const parse = (body: object): unknown => parseNewKey(body, ['hyperliquid']);
  const problem = (body: object): ProblemError => {
    try {
      parse(body);
    } catch (error) {
      return error as ProblemError;
    }
    throw new Error('it was accepted');
  };

  it('takes the address, in one way of writing it, and no secret', () => {
    const taken = { exchange: 'hyperliquid', apiKey: ADDRESS.toLowerCase(), secret: null };
    expect(parse(ACCOUNT)).toMatchObject(taken);
    expect(parse({ ...ACCOUNT, secret: null, passphrase: null })).toMatchObject(taken);
  });

  it.each<[string, object, string, string]>([
    ['a secret', { secret: 'planted' }, 'secret', 'read by its address alone'],
    ['a passphrase', { passphrase: 'planted' }, 'passphrase', 'read by its address alone'],
    ['a text that is no address', { apiKey: 'planted' }, 'apiKey', '0x and 40 hexadecimal digits'],
    ['a short address', { apiKey: ADDRESS.slice(0, 41) }, 'apiKey', '0x and 40 hexadecimal digits'],
  ])('refuses %s', (_name, changed, field, text) => {
    const { detail, ...rest } = problem({ ...ACCOUNT, ...changed });
    expect(rest).toMatchObject({ status: 400, field });
    expect(detail).toContain(text);
    expect(detail).not.toContain('planted');
  });

  it.each<[string, object, string | null]>([
    ['the secret', { secret: PRIVATE_KEY }, 'secret'],
    ['the place of the address', { apiKey: `0x${PRIVATE_KEY}` }, 'apiKey'],
    ['the label', { label: `my key ${PRIVATE_KEY}` }, 'label'],
    ['a list', { purposes: [PRIVATE_KEY] }, 'purposes'],
    ['an unknown field', { privateKey: PRIVATE_KEY }, null],
    ['the name of a field', { [PRIVATE_KEY]: 1 }, null],
    ['another way of writing it', { secret: PRIVATE_KEY.toUpperCase() }, 'secret'],
  ])('refuses a private key in %s, says never to give one, and repeats nothing of it', (_name, changed, field) => {
    const fault = problem({ ...ACCOUNT, ...changed });
    expect(fault).toMatchObject({ status: 400, code: 'private_key', field });
    expect(fault.detail).toContain('never give one');
    expect(JSON.stringify([fault, fault.detail, fault.message]).toLowerCase()).not.toContain('c0ffee');
  });
});
