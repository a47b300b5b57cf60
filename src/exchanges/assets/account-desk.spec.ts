import { describe, expect, it } from '@jest/globals';
import type { AccountReading, AssetBalance } from '../../core/portfolio/account-reading.js';
import { AccountDesk } from './account-desk.js';
import { AccountLedger } from './account-ledger.js';

const REVOKED = { code: 'revoked', message: 'API key is gone' };
const DOWN = { code: 'exchange_down', message: '503' };
const NO_KEY = { code: 'no_key', message: 'none' };
const held = (asset: string, free: string | null, locked: string | null = null): AssetBalance => {
  return { asset, free, locked, total: free };
};

function rig(): { told: AccountReading[]; desk: AccountDesk; ledger: AccountLedger } {
  const ledger = new AccountLedger();
  const told: AccountReading[] = [];
  const desk = new AccountDesk(
    'okx',
    (reading) => {
      told.push(reading);
      ledger.take(reading);
    },
    () => 1_000 + told.length,
  );
  return { told, desk, ledger };
}

describe('AccountDesk', () => {
  it('tells each reading with its time and key, and leaves out what is empty', () => {
    const { told, desk } = rig();
    desk.begin('k1');
    desk.take([held('BTC', '1'), held('DOGE', '0', '0'), held('XYZ', null), held('SOL', '0', '2')]);
    expect(told).toEqual([
      { exchange: 'okx', state: 'pending', keyId: 'k1', assets: [], asOfMs: null, trouble: null },
      {
        ...{ exchange: 'okx', state: 'known', keyId: 'k1', asOfMs: 1_001, trouble: null },
        assets: [held('BTC', '1'), held('SOL', '0', '2')],
      },
    ]);
  });

  it('keeps what it has while the exchange cannot be asked, and says so', () => {
    const { told, desk } = rig();
    desk.begin('k1');
    desk.take([held('BTC', '1')]);
    desk.fail(DOWN);
    expect(told.at(-1)).toEqual({ ...told[1], trouble: DOWN });
    desk.take([held('BTC', '2')]);
    expect(told.at(-1)).toMatchObject({ asOfMs: 1_003, trouble: null });
  });

  it('takes everything back at a refusal, and keeps its reason when the key then signs no more', () => {
    const { told, desk } = rig();
    desk.begin('k1');
    desk.take([held('BTC', '1')]);
    desk.lose(REVOKED);
    desk.lose(NO_KEY);
    expect(told.slice(2)).toEqual([
      { exchange: 'okx', state: 'lost', keyId: 'k1', assets: [], asOfMs: null, trouble: REVOKED },
    ]);
  });

  it('never lets the balances of one key stand for another', () => {
    const { told, desk } = rig();
    desk.begin('k1');
    desk.take([held('BTC', '1')]);
    desk.begin('k2');
    expect(told.at(-1)).toMatchObject({ state: 'pending', keyId: 'k2', assets: [], asOfMs: null });
  });

  it('says nothing where there never was a key', () => {
    const { told, desk } = rig();
    desk.lose(NO_KEY);
    expect(told).toEqual([]);
  });
});

describe('AccountLedger', () => {
  it('keeps the newest reading of each account, and takes it back when whoever read it is gone', () => {
    const { desk, ledger } = rig();
    const lost = { code: 'worker_lost', message: 'it ended' };
    ledger.lose('okx', lost);
    expect(ledger.snapshot()).toEqual([]);
    desk.begin('k1');
    ledger.lose('okx', lost);
    expect(ledger.snapshot()).toMatchObject([{ state: 'pending', trouble: null }]);
    desk.take([held('BTC', '1')]);
    ledger.lose('okx', lost);
    expect(ledger.snapshot()).toEqual([
      { exchange: 'okx', state: 'lost', keyId: 'k1', assets: [], asOfMs: null, trouble: lost },
    ]);
  });
});
