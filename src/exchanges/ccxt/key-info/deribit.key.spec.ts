import { describe, expect, it } from '@jest/globals';
import { deribitKey } from './deribit.key.js';
import type { Answer } from './key-reader.js';

const row = (more: object): object => ({ timestamp: 1_560_236_001_108, id: 1, enabled: true, name: '', ...more });
const read = (result: unknown): unknown =>
  deribitKey.read(() => Promise.resolve({ jsonrpc: '2.0', result } as Answer), { isOurs: (text) => text === 'ours' });

describe('the key reader of deribit', () => {
  it('picks our key, and takes no other for it', async () => {
    const other = row({ client_id: 'other', max_scope: 'account:read_write wallet:read_write' });
    const ours = row({ client_id: 'ours', max_scope: 'account:read trade:none wallet:read' });
    expect(await read([other, ours])).toMatchObject({
      scopes: { read: true, trade: false, withdraw: false, transfer: false },
      ...{ createdAtMs: 1_560_236_001_108, label: null },
    });
    expect(await read([other])).toBeNull();
    expect(await read({ client_id: 'ours' })).toBeNull();
    expect(await read([row({ client_id: 'ours' })])).toBeNull();
  });

  it('knows what a scope allows', async () => {
    const scopes = async (max_scope: string): Promise<unknown> => {
      const facts = await read([row({ client_id: 'ours', max_scope })]);
      return (facts as { scopes: unknown }).scopes;
    };
    const none = { read: false, trade: false, withdraw: false, transfer: false };
    expect(await scopes('connection')).toEqual(none);
    expect(await scopes('account:read_write trade:read')).toEqual({ ...none, read: true });
    expect(await scopes('trade:read_write')).toEqual({ ...none, trade: true });
    expect(await scopes('block_trade:read_write')).toEqual({ ...none, trade: true });
    expect(await scopes('account:read  wallet:read_write')).toEqual({
      ...{ read: true, trade: false, withdraw: true, transfer: true },
    });
  });

  it('says nothing of addresses that are not told', async () => {
    const max_scope = 'account:read';
    const bound = (more: object): unknown => read([row({ client_id: 'ours', max_scope, ...more })]);
    expect(await bound({})).toMatchObject({ ipRestricted: null, ipList: null });
    expect(await bound({ ip_whitelist: [] })).toMatchObject({ ipRestricted: false, ipList: [] });
    expect(await bound({ ip_whitelist: ['9.9.9.9'] })).toMatchObject({ ipRestricted: true, ipList: ['9.9.9.9'] });
  });

  it('takes the newest login out of the access log, whatever its field is called', async () => {
    const entry = (timestamp: number, more: object): object => ({
      ...{ timestamp, ip: '198.51.100.23', city: 'Berlin', country: 'Germany', ...more },
    });
    const data = [
      entry(9_000, { result: 'failure' }),
      entry(5_000, { log: 'success' }),
      entry(7_000, { result: 'success' }),
      entry(8_000, { result: 'changed_password' }),
    ];
    const uses = (sinceMs: number): unknown =>
      deribitKey.uses?.(() => Promise.resolve({ result: { data } } as Answer), sinceMs);
    const seen = 'success from 198.51.100.23, Berlin, Germany';
    expect(await uses(1)).toEqual([{ kind: 'login', atMs: 7_000, seen, source: 'GET private/get_access_log' }]);
    expect(await uses(7_001)).toEqual([]);
  });
});
