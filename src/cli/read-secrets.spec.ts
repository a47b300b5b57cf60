import { describe, expect, it } from '@jest/globals';
import { CliError } from './cli.errors.js';
import { parseSecrets, readSecretsStream } from './read-secrets.js';

describe('parseSecrets', () => {
  it.each<[string, string, unknown]>([
    ['two lines', 'k\ns\n', { apiKey: 'k', secret: 's' }],
    ['three lines', 'k\ns\np', { apiKey: 'k', secret: 's', passphrase: 'p' }],
    ['lines from Windows with a byte order mark', '\uFEFFk\r\ns\r\n', { apiKey: 'k', secret: 's' }],
    ['lines with blanks around', '  k \n\ts  \n\n', { apiKey: 'k', secret: 's' }],
    ['JSON', '{"apiKey":"k","secret":"s","passphrase":"p"}', { apiKey: 'k', secret: 's', passphrase: 'p' }],
    [
      'JSON over several lines',
      '{\n "apiKey": "k",\n "secret": "s",\n "passphrase": null\n}',
      { apiKey: 'k', secret: 's' },
    ],
    ['a PEM block in JSON', '{"apiKey":"k","secret":"-----BEGIN\\nx"}', { apiKey: 'k', secret: '-----BEGIN\nx' }],
  ])('reads %s', (_name, text, expected) => {
    expect(parseSecrets(text)).toEqual(expected);
  });

  it.each(['0x2Ba553d9F990A3b66b03b2dC0D030dfC1c061036\n', '{"apiKey":"0x2Ba553d9F990A3b66b03b2dC0D030dfC1c061036"}'])(
    'takes the address of an account without a secret from %j',
    (text) => {
      expect(parseSecrets(text)).toEqual({ apiKey: '0x2Ba553d9F990A3b66b03b2dC0D030dfC1c061036' });
    },
  );

  it.each(['', 'planted', 'planted\n\n\nb', 'planted\nb\nc\nd', '{planted', '{"apiKey":"planted"}', '{"a":"planted"}'])(
    'refuses %j without repeating it',
    (text) => {
      let message = '';
      try {
        parseSecrets(text);
      } catch (error) {
        expect(error).toBeInstanceOf(CliError);
        message = (error as Error).message;
      }
      expect(message).toContain('one value per line');
      expect(message).not.toContain('planted');
    },
  );
});

describe('readSecretsStream', () => {
  it('stops at its bound', async () => {
    async function* endless(): AsyncGenerator<string> {
      for (;;) yield await Promise.resolve('x'.repeat(1_000));
    }
    await expect(readSecretsStream(endless())).rejects.toThrow('more than 65536 bytes');
  });
});
