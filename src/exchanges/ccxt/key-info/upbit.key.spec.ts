import ccxt from 'ccxt';
import { describe, expect, it } from '@jest/globals';
import type { Answer } from './key-reader.js';
import { upbitKey } from './upbit.key.js';

const KEYS = [
  { access_key: 'other', expire_at: '2021-01-12T13:25:50+09:00' },
  { access_key: 'ours', expire_at: '2027-01-12T13:25:50+09:00' },
];
const read = (keys: unknown, balance: unknown = []): unknown =>
  upbitKey.read(
    (endpoint) => {
      const answer = endpoint === 'privateGetApiKeys' ? keys : balance;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as Answer);
    },
    { isOurs: (text) => text === 'ours' },
  );

describe('the key reader of upbit', () => {
  it('picks our key, and says nothing of rights, addresses and age', async () => {
    expect(await read(KEYS)).toMatchObject({
      scopes: { read: true, trade: null, withdraw: null, transfer: null },
      ...{ ipRestricted: null, createdAtMs: null, expiresAtMs: Date.UTC(2027, 0, 12, 4, 25, 50) },
    });
    expect(await read(KEYS.slice(0, 1))).toBeNull();
    expect(await read({ error: 'none' })).toBeNull();
  });

  it('keeps the end of a key that may not read, and throws on what says nothing of the key', async () => {
    const refused = new ccxt.PermissionDenied('upbit {"error":{"name":"out_of_scope","message":"words"}}');
    expect(await read(KEYS, refused)).toMatchObject({
      ...{ scopes: { read: false }, expiresAtMs: Date.UTC(2027, 0, 12, 4, 25, 50) },
    });
    await expect(read(KEYS, new ccxt.RequestTimeout('upbit timed out'))).rejects.toThrow('timed out');
  });
});
