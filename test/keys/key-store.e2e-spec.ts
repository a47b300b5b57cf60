import { rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { StoredKey } from '../../src/keys/stored-key.js';
import { databaseByUrl, embeddedDatabase, openDuring } from '../support/databases.js';
import { KEY_TABLES } from '../support/keys-service.js';
import { VaultRig } from '../support/vault-rig.js';

const target = (await databaseByUrl()) ?? embeddedDatabase();

describe('stored keys', () => {
  const opened = openDuring(target);
  const rig = (): VaultRig => new VaultRig(opened.database, target.dataDir);
  const add = async (name: string): Promise<StoredKey> => {
    const key = await rig().add(name);
    if (!key) throw new Error(`${name} was not stored`);
    return key;
  };
  const audited = async (): Promise<string[]> => {
    const lines = await opened.database.query<{ action: string }>('SELECT action FROM audit_log ORDER BY sequence');
    return lines.map(({ action }) => action);
  };
  const stateOf = async ({ id }: StoredKey): Promise<string | undefined> => (await rig().credentials.find(id))?.state;

  afterEach(async () => {
    await opened.database.query(`TRUNCATE ${KEY_TABLES.join(', ')}`);
    rmSync(rig().file, { force: true });
  });

  it('are disabled once, and a second time leaves no trace', async () => {
    const key = await add('k1');
    const { store } = rig();
    expect(await store.disable(key, 'test')).toMatchObject({ id: key.id, state: 'disabled' });
    expect(await store.disable(key, 'test')).toBeNull();
    expect(await audited()).toEqual(['key_added', 'key_disabled']);
  });

  it('stay compromised when they are disabled by who has not seen it yet', async () => {
    const key = await add('k1');
    const { store } = rig();
    await store.compromise([{ ...key, state: 'compromised' }], 'test');
    expect(await store.disable(key, 'test')).toBeNull();
    expect(await stateOf(key)).toBe('compromised');
    expect(await audited()).toEqual(['key_added', 'key_compromised']);
  });

  it('are disabled in any state in which they may be used, though it changed meanwhile', async () => {
    const key = await add('k1');
    await opened.database.query(`UPDATE credentials SET state = 'grace' WHERE id = $1`, [key.id]);
    expect(await rig().store.disable(key, 'test')).not.toBeNull();
    expect(await stateOf(key)).toBe('disabled');
  });

  it('are removed once, and a second time leaves no trace', async () => {
    const key = await add('k1');
    const { store } = rig();
    expect(await store.remove(key, 'test')).toBe(true);
    expect(await store.remove(key, 'test')).toBe(false);
    expect(await store.disable(key, 'test')).toBeNull();
    expect(await audited()).toEqual(['key_added', 'key_removed']);
  });
});
