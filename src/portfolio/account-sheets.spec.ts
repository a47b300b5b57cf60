import { describe, expect, it } from '@jest/globals';
import type { AccountReading } from '../core/portfolio/account-reading.js';
import type { AccountBalanceSheet } from '../core/portfolio/portfolio.js';
import type { Finding, KeyView } from '../keys/index.js';
import { accountSheets } from './account-sheets.js';

const NOW = 1_000_000;

function key(part: Partial<KeyView> = {}): KeyView {
  const none = { read: null, trade: null, withdraw: null, transfer: null };
  return {
    ...{ id: 'k1', exchange: 'okx', label: 'read', account: 'main', purposes: ['fees', 'balances'], state: 'active' },
    ...{ health: 'healthy', findings: [], scopes: none, ipRestricted: null, ipList: null, createdAtMs: null },
    ...{ expiresAtMs: null, lastCheckedAtMs: null, lastUsedAtMs: null, addedAtMs: 1, replacedBy: null },
    fingerprint: 'f',
    ...part,
  };
}

function reading(part: Partial<AccountReading> = {}): AccountReading {
  return {
    ...{ exchange: 'okx', state: 'known', keyId: 'k1', asOfMs: NOW - 5_000, trouble: null },
    assets: [{ asset: 'BTC', free: '1', locked: null, total: '1' }],
    ...part,
  };
}

function sheets(keys: KeyView[], readings: AccountReading[]): AccountBalanceSheet[] {
  return accountSheets({ keys, readings, exchanges: new Set(['okx', 'kraken']), maxAgeMs: 10_000, nowMs: NOW });
}

describe('accountSheets', () => {
  it('shows what an active key for balances read, with the names of that key and its age', () => {
    expect(sheets([key({ label: 'second', account: 'fund' })], [reading()])).toEqual([
      {
        ...{ exchange: 'okx', account: 'fund', label: 'second', keyId: 'k1', state: 'fresh', reason: null },
        ...{ asOfMs: NOW - 5_000, ageMs: 5_000, assets: reading().assets },
      },
    ]);
  });

  it.each([
    ['has another purpose', key({ purposes: ['fees'] })],
    ['rests', key({ state: 'disabled' })],
    ['waits for its deletion', key({ state: 'awaiting_deletion' })],
    ['was compromised', key({ state: 'compromised' })],
  ])('shows nothing that was read with a key that %s', (_, resting) => {
    expect(sheets([resting], [reading()])).toEqual([]);
    expect(sheets([], [reading()])).toEqual([]);
  });

  it('marks a reading as stale beyond the bound, and tells why it could not be read again', () => {
    const trouble = { code: 'exchange_down', message: '503' };
    expect(sheets([key()], [reading({ asOfMs: NOW - 10_000 })])).toMatchObject([{ state: 'fresh', ageMs: 10_000 }]);
    expect(sheets([key()], [reading({ asOfMs: NOW - 10_001, trouble })])).toMatchObject([
      { state: 'stale', ageMs: 10_001, reason: trouble, assets: [{ asset: 'BTC' }] },
    ]);
  });

  it('is pending before the first reading, and where another key is to read from now on', () => {
    const pending = [{ state: 'pending', assets: [], asOfMs: null, ageMs: null }];
    expect(sheets([key()], [])).toMatchObject([{ ...pending[0], reason: null }]);
    expect(sheets([key()], [reading({ keyId: 'gone' })])).toMatchObject(pending);
    const begun = reading({ state: 'pending', assets: [], asOfMs: null });
    expect(sheets([key()], [begun])).toMatchObject(pending);
  });

  it('tells a refusal in the exchange’s words, else by what the check of the key found', () => {
    const lost = reading({ state: 'lost', assets: [], asOfMs: null, trouble: { code: 'revoked', message: 'gone' } });
    expect(sheets([key()], [lost])).toMatchObject([{ state: 'lost', reason: { code: 'revoked' }, asOfMs: null }]);
    const finding: Finding = {
      code: 'AUTH_FAILED',
      severity: 'critical',
      ...{ seen: 'no such key', sinceMs: 1, remedy: 'make a new one' },
      url: null,
    };
    const resting = { ...lost, trouble: { code: 'no_key', message: 'none may sign' } };
    expect(sheets([key({ findings: [finding] })], [resting])).toMatchObject([
      { state: 'lost', reason: { code: 'auth_failed', message: 'no such key; make a new one' } },
    ]);
    expect(sheets([key()], [resting])).toMatchObject([{ state: 'lost', reason: { code: 'no_key' } }]);
  });

  it('says that nobody reads the account of an exchange that is not watched', () => {
    const [account] = sheets([key({ exchange: 'gate' })], []);
    expect(account).toMatchObject({ exchange: 'gate', state: 'pending', reason: { code: 'not_watched' } });
  });

  it('has one sheet per exchange, of the key that reads', () => {
    const keys = [key(), key({ id: 'k2', label: 'spare' }), key({ id: 'k3', exchange: 'kraken' })];
    const shown = sheets(keys, [reading({ keyId: 'k2' })]);
    expect(shown.map(({ exchange, label, keyId }) => [exchange, label, keyId])).toEqual([
      ['okx', 'spare', 'k2'],
      ['kraken', 'read', 'k3'],
    ]);
  });
});
