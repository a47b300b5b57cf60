import { describe, expect, it } from '@jest/globals';
import type { AssetNetwork } from '../market/asset-network.js';
import { TransferDesk } from './transfer-desk.js';

const network = (part: Partial<AssetNetwork>): AssetNetwork => ({
  network: 'ERC20',
  contract: null,
  deposit: true,
  withdraw: true,
  withdrawFee: 1,
  withdrawMin: 2,
  ...part,
});

/** okx and htx tell of one asset; the older word is of 1,000. */
function desk(okx: Partial<AssetNetwork>[], htx: Partial<AssetNetwork>[]): TransferDesk {
  const transfers = new TransferDesk();
  transfers.take({ type: 'asset', exchange: 'okx', asset: 'NEIRO', networks: okx.map(network), atMs: 1_000 });
  transfers.take({ type: 'asset', exchange: 'htx', asset: 'NEIRO', networks: htx.map(network), atMs: 2_000 });
  return transfers;
}
const way = (transfers: TransferDesk, nowMs = 3_000): ReturnType<TransferDesk['way']> =>
  transfers.way('okx', 'htx', 'NEIRO', nowMs, 60_000);
const compare = (transfers: TransferDesk): boolean | null =>
  transfers.compare('okx', 'NEIRO', 'htx', 'NEIRO')?.isSame ?? null;

describe('TransferDesk', () => {
  it('takes the cheapest network that both ends have open, one of unknown fee last', () => {
    const all = [
      { network: 'A', withdrawFee: null },
      { network: 'B', withdrawFee: 3 },
      { network: 'C', withdrawFee: 0.5 },
    ];
    expect(way(desk(all, all))).toEqual({ network: 'C', fee: 0.5, min: 2, knownAtMs: 1_000 });
    expect(way(desk(all, [{ network: 'A' }, { network: 'B' }]))?.network).toBe('B');
    expect(way(desk(all, [{ network: 'A' }]))).toMatchObject({ network: 'A', fee: null });
  });

  it.each<[string, Partial<AssetNetwork>, Partial<AssetNetwork>]>([
    ['does not let it out', { withdraw: false }, {}],
    ['does not say whether it lets it out', { withdraw: null }, {}],
    ['does not let it in', {}, { deposit: false }],
    ['does not say whether it lets it in', {}, { deposit: null }],
    ['names another network', {}, { network: 'TRC20' }],
    ['means another token there', { contract: '0xa' }, { contract: '0xb' }],
  ])('knows no way where one end %s', (_, okx, htx) => {
    expect(way(desk([okx], [htx]))).toBeNull();
  });

  it('goes by words that are young enough, the older of both', () => {
    expect(way(desk([{}], [{}]), 61_000)).not.toBeNull();
    expect(way(desk([{}], [{}]), 61_001)).toBeNull();
    expect(desk([{}], [{}]).way('okx', 'kraken', 'NEIRO', 3_000, 60_000)).toBeNull();
  });

  it('calls tickers one where a contract agrees, two where the ones that can be compared differ', () => {
    expect(compare(desk([{ contract: '0xa' }], [{ contract: '0xa' }]))).toBe(true);
    expect(compare(desk([{ contract: '0xa' }], [{ contract: '0xb' }]))).toBe(false);
    const both = [{ contract: '0xa' }, { network: 'SOL', contract: 's' }];
    expect(compare(desk(both, [{ contract: '0xb' }, { network: 'SOL', contract: 's' }]))).toBe(true);
    expect(compare(desk([{ contract: '0xa' }], [{ contract: null }]))).toBeNull();
    expect(compare(desk([{ contract: '0xa' }], [{ network: 'SOL', contract: '0xa' }]))).toBeNull();
  });

  it('does not call a coin two for its wrapped forms, where both move it on its own chain', () => {
    const okx = [{ network: 'BTC' }, { contract: '0xa' }];
    expect(compare(desk(okx, [{ contract: '0xb' }, { network: 'BTC' }]))).toBeNull();
    expect(compare(desk(okx, [{ contract: '0xb' }]))).toBe(false);
  });
});
