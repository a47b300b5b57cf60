import { describe, expect, it } from '@jest/globals';
import { KEY_READERS } from './key-readers.js';

const read = async (exchange: string, answer: object): Promise<unknown> =>
  KEY_READERS[exchange]?.read(() => Promise.resolve(answer as Record<string, unknown>), { isOurs: () => true });

describe('key readers', () => {
  it('read a trading key of binance that anybody may use from anywhere', async () => {
    const answer = { ipRestrict: false, createTime: 1_623_840_271_000, enableReading: true, enableWithdrawals: true };
    expect(await read('binance', { ...answer, enableFutures: true, enableInternalTransfer: true })).toMatchObject({
      scopes: { read: true, trade: true, withdraw: true, transfer: true },
      ipRestricted: false,
      createdAtMs: 1_623_840_271_000,
      expiresAtMs: null,
      evidence: { withdraw: 'enableWithdrawals: true', trade: 'enableFutures: true', ip: 'ipRestrict: false' },
    });
  });

  it('read the rights and addresses of okx', async () => {
    const row = { perm: 'read_only', ip: '1.2.3.4, 5.6.7.8', label: 'main', uid: '1' };
    expect(await read('okx', { code: '0', data: [row] })).toMatchObject({
      scopes: { read: true, trade: false, withdraw: false, transfer: false },
      ipRestricted: true,
      ipList: ['1.2.3.4', '5.6.7.8'],
      label: 'main',
    });
    expect(await read('okx', { code: '0', data: [{ ...row, perm: 'read_only,withdraw', ip: '' }] })).toMatchObject({
      scopes: { withdraw: true },
      ipRestricted: false,
      evidence: { withdraw: 'perm: read_only,withdraw' },
    });
  });

  it('say nothing of rights that the exchange does not name', async () => {
    expect(await read('binance', { enableReading: true, enableWithdrawals: false })).toMatchObject({
      scopes: { read: true, trade: null, withdraw: false, transfer: null },
    });
    expect(await read('bybit', { result: { readOnly: 0, permissions: { Spot: [] }, ips: [] } })).toMatchObject({
      scopes: { trade: false, withdraw: null, transfer: null },
    });
    const kraken = (permissions: string[]): object => ({ error: [], result: { permissions } });
    expect(await read('kraken', kraken(['query-funds', 'withdraw-funds']))).toMatchObject({
      scopes: { withdraw: true, transfer: null },
    });
    expect(await read('kraken', kraken(['earn-funds']))).toMatchObject({ scopes: { withdraw: false, transfer: true } });
    expect(await read('okx', { data: [{ perm: 'read_only,withdraw' }] })).toMatchObject({
      scopes: { withdraw: true, transfer: false },
    });
  });

  it('take a key for bound only when it is bound to some addresses, and for neither when none are told', async () => {
    const permissions: string[] = [];
    const bound = (ips: unknown): Promise<unknown[]> =>
      Promise.all([
        read('bybit', { result: { readOnly: 1, permissions: {}, ips } }),
        read('kraken', { result: { permissions, ipAllowlist: ips } }),
        read('okx', { data: [{ perm: 'read_only', ip: Array.isArray(ips) ? ips.join(',') : ips }] }),
      ]);
    for (const facts of await bound(['9.9.9.9']))
      expect(facts).toMatchObject({ ipRestricted: true, ipList: ['9.9.9.9'] });
    for (const facts of await bound([])) expect(facts).toMatchObject({ ipRestricted: false, ipList: [] });
    for (const facts of await bound(['9.9.9.9', '*'])) expect(facts).toMatchObject({ ipRestricted: false });
    for (const facts of await bound(['0.0.0.0/0'])) expect(facts).toMatchObject({ ipRestricted: false });
    for (const facts of await bound(undefined)) expect(facts).toMatchObject({ ipRestricted: null, ipList: null });
  });

  it('read what bybit grants, and nothing of it when the key only reads', async () => {
    const permissions = { Spot: ['SpotTrade'], Wallet: ['AccountTransfer', 'Withdraw'], ContractTrade: [] };
    const result = {
      readOnly: 0,
      permissions,
      ips: ['*'],
      expiredAt: '2027-01-02T00:00:00Z',
      note: 'n',
      createdAt: '',
    };
    expect(await read('bybit', { result })).toMatchObject({
      scopes: { read: true, trade: true, withdraw: true, transfer: true },
      ipRestricted: false,
      expiresAtMs: Date.UTC(2027, 0, 2),
      createdAtMs: null,
    });
    expect(await read('bybit', { result: { ...result, readOnly: 1, ips: ['9.9.9.9'] } })).toMatchObject({
      scopes: { trade: false, withdraw: false, transfer: false },
      ipRestricted: true,
      ipList: ['9.9.9.9'],
    });
  });

  it('read kraken, whose times are seconds', async () => {
    const result = {
      apiKeyName: 'watch',
      apiKey: 'never told',
      permissions: ['query-funds', 'modify-trades'],
      validUntil: '0',
      createdTime: '1772542900',
      lastUsed: '1772627061',
      ipAllowlist: [],
    };
    const facts = await read('kraken', { error: [], result });
    expect(facts).toMatchObject({
      scopes: { read: true, trade: true, withdraw: false, transfer: null },
      createdAtMs: 1_772_542_900_000,
      expiresAtMs: null,
      lastUsedAtMs: 1_772_627_061_000,
      label: 'watch',
    });
    expect(JSON.stringify(facts)).not.toContain('never told');
  });

  it('read until when agents may trade for an account of hyperliquid, whose address has no right itself', async () => {
    const asked: unknown[] = [];
    const nowMs = Date.UTC(2026, 0, 1);
    const agents = [
      { name: 'late', address: '0x1', validUntil: nowMs + 9_000 },
      { name: 'soon', address: '0x2', validUntil: nowMs + 5_000 },
      { name: 'gone', address: '0x3', validUntil: nowMs - 1 },
      { name: 'odd' },
    ];
    const of = (answer: unknown): unknown =>
      KEY_READERS['hyperliquid']?.read(
        (...call) => {
          asked.push(call);
          return Promise.resolve(answer as Record<string, unknown>);
        },
        { isOurs: () => true, address: '0xabc', nowMs },
      );
    expect(await of(agents)).toMatchObject({
      scopes: { read: true, trade: false, withdraw: false, transfer: false },
      ipRestricted: null,
      expiresAtMs: nowMs + 5_000,
      evidence: {
        expires: 'agents that trade for it: soon until 2026-01-01T00:00:05.000Z, late until 2026-01-01T00:00:09.000Z',
      },
    });
    expect(await of([])).toMatchObject({ expiresAtMs: null, evidence: { expires: 'agents that trade for it: none' } });
    expect(asked[0]).toEqual(['publicPostInfo', { type: 'extraAgents', user: '0xabc' }]);
  });

  it.each(Object.keys(KEY_READERS))('say nothing when the answer of %s has another shape', async (exchange) => {
    expect(await read(exchange, {})).toBeNull();
    expect(await read(exchange, { result: null, data: 'x', enableReading: 7 })).toBeNull();
  });
});
