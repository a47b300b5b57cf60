import { describe, expect, it } from '@jest/globals';
import type { KeyView } from '../../keys/index.js';
import type { KeysClient } from '../keys-client.js';
import { findKey, findOnlyKey } from './key-work.js';

const key = (id: string, label: string, state: KeyView['state']): KeyView => ({ id, label, state }) as KeyView;
const keys = [
  key('aaaa1111', 'main', 'active'),
  key('aaaa2222', 'main', 'grace'),
  key('bbbb1111', 'twin', 'active'),
  key('bbbb2222', 'twin', 'active'),
];
const client = { list: () => Promise.resolve(keys) } as unknown as KeysClient;

describe('which key is meant', () => {
  it('is the one in use, where several have one label or one beginning', async () => {
    expect((await findKey(client, 'main')).id).toBe('aaaa1111');
    expect((await findKey(client, 'aaaa')).id).toBe('aaaa1111');
    await expect(findKey(client, 'twin')).rejects.toThrow('"twin" means 2 keys; give more of the id');
    await expect(findKey(client, 'aaa')).rejects.toThrow('there is no key "aaa"');
  });

  it('is never guessed where the key is stopped or deleted', async () => {
    for (const which of ['main', 'aaaa', 'twin']) {
      await expect(findOnlyKey(client, which)).rejects.toThrow(`"${which}" means 2 keys; give more of the id`);
    }
    expect((await findOnlyKey(client, 'aaaa2')).id).toBe('aaaa2222');
    await expect(findOnlyKey(client, 'other')).rejects.toThrow('there is no key "other"');
  });
});
