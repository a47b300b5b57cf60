import { describe, expect, it } from '@jest/globals';
import { type Credential, Secret } from '../../contract/ports.js';
import { ownKey } from './own-key.js';
import { redactor } from './redactor.js';

const credential: Credential = {
  keyId: 'k1',
  apiKey: new Secret('c5dcfbf1f3a7d2d1a4d1'),
  secret: new Secret('s'),
  passphrase: null,
};

describe('our own key in a list of keys', () => {
  const redact = redactor(credential);
  const isOurs = ownKey(credential, redact);

  it('is found as the redactor leaves it, and by what is shown of it', () => {
    expect(isOurs(redact('c5dcfbf1f3a7d2d1a4d1'))).toBe(true);
    expect(isOurs('c5dcfbf1f3a7*****')).toBe(true);
    expect(isOurs('c5dc****a4d1')).toBe(true);
  });

  it.each(['52fd0035f665*****', 'c5dcfbf1f3a7****0000', 'c5d****', '*****', '', 'c5dcfbf1f3a7', 7, null, undefined])(
    'is not %j',
    (text) => {
      expect(isOurs(text)).toBe(false);
    },
  );
});
