import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AssetNetwork } from '../market/asset-network.js';
import { TransferDesk } from './transfer-desk.js';

const network = (name: string, part: Partial<AssetNetwork> = {}): AssetNetwork => ({
  ...{ network: name, contract: null, deposit: true, withdraw: true, withdrawFee: 1, withdrawMin: null },
  ...part,
});

/** A desk that was told of one asset: what A lets out, what B lets in. */
function desk(onA: AssetNetwork[], onB: AssetNetwork[], atMs: [number, number] = [1_000, 2_000]): TransferDesk {
  const made = new TransferDesk();
  made.take({ type: 'asset', exchange: 'a', asset: 'PEPE', networks: onA, atMs: atMs[0] });
  made.take({ type: 'asset', exchange: 'b', asset: 'PEPE', networks: onB, atMs: atMs[1] });
  return made;
}
const wayOf = (made: TransferDesk, nowMs = 2_000, maxAgeMs = 5_000): ReturnType<TransferDesk['way']> =>
  made.way('a', 'b', 'PEPE', nowMs, maxAgeMs);

describe('TransferDesk.way', () => {
  it('takes the cheapest network that is open on both sides', () => {
    const out = [
      network('ERC20', { withdrawFee: 4 }),
      network('TRC20', { withdrawFee: 1, withdrawMin: 7 }),
      network('BSC'),
    ];
    const back = [network('ERC20'), network('TRC20')];
    expect(wayOf(desk(out, back))).toEqual({ network: 'TRC20', fee: 1, min: 7, knownAtMs: 1_000 });
  });

  it('takes a known fee, even a high one, before one that is not told, and that before none', () => {
    const out = [network('X', { withdrawFee: null }), network('Y', { withdrawFee: 900 })];
    expect(wayOf(desk(out, [network('X'), network('Y')]))?.network).toBe('Y');
    expect(wayOf(desk([...out].reverse(), [network('X'), network('Y')]))?.network).toBe('Y');
    expect(wayOf(desk(out, [network('X')]))).toEqual({ network: 'X', fee: null, min: null, knownAtMs: 1_000 });
  });

  it.each<[string, Partial<AssetNetwork>, Partial<AssetNetwork>]>([
    ['is shut for withdrawals', { withdraw: false }, {}],
    ['does not tell of withdrawals', { withdraw: null }, {}],
    ['is shut for deposits', {}, { deposit: false }],
    ['does not tell of deposits', {}, { deposit: null }],
    ['has another name', {}, { network: 'BSC' }],
    ['carries another token there', { contract: '0x1a' }, { contract: '0x2b' }],
  ])('takes no network that %s', (_, out, back) => {
    expect(wayOf(desk([network('ERC20', out)], [network('ERC20', back)]))).toBeNull();
  });

  it('cares for one direction only', () => {
    const made = desk([network('X', { deposit: false })], [network('X', { withdraw: false })]);
    expect(made.way('a', 'b', 'PEPE', 2_000, 5_000)?.network).toBe('X');
    expect(made.way('b', 'a', 'PEPE', 2_000, 5_000)).toBeNull();
  });

  it('does not count words that are too old, of whichever side', () => {
    expect(wayOf(desk([network('X')], [network('X')]), 6_000)?.knownAtMs).toBe(1_000);
    expect(wayOf(desk([network('X')], [network('X')]), 6_001)).toBeNull();
    expect(wayOf(desk([network('X')], [network('X')], [9_000, 1_000]), 6_001)).toBeNull();
  });

  it('takes no network on which both tell another contract: neither arrives as the other', () => {
    const way = (out: string | null, back: string | null): string | undefined =>
      wayOf(desk([network('BSC', { contract: out })], [network('BSC', { contract: back })]))?.network;
    expect([way('0x1', '0x2'), way('0x1', '0x1'), way('0xA', '0xa')]).toEqual([undefined, 'BSC', 'BSC']);
    expect([way('0x1', null), way(null, '0x2'), way(null, null)]).toEqual(['BSC', 'BSC', 'BSC']);
  });

  it('stays with the network that came first where two cost the same', () => {
    const both = [network('X'), network('Y')];
    expect(wayOf(desk(both, both))?.network).toBe('X');
  });

  it('keeps what an exchange told of each of its assets', () => {
    const made = desk([network('X')], [network('X')]);
    for (const exchange of ['a', 'b']) {
      made.take({ type: 'asset', exchange, asset: 'SHIB', networks: [network('Y')], atMs: 1_500 });
    }
    expect(wayOf(made)?.network).toBe('X');
    expect(made.way('a', 'b', 'SHIB', 2_000, 5_000)?.network).toBe('Y');
  });

  it('knows nothing of an exchange or asset that told nothing, and forgets what was told before', () => {
    const made = desk([network('X')], [network('X')]);
    expect(made.way('a', 'c', 'PEPE', 2_000, 5_000)).toBeNull();
    expect(made.way('c', 'b', 'PEPE', 2_000, 5_000)).toBeNull();
    expect(made.way('a', 'b', 'BTC', 2_000, 5_000)).toBeNull();
    made.take({ type: 'asset', exchange: 'a', asset: 'PEPE', networks: [], atMs: 3_000 });
    expect(wayOf(made, 3_000)).toBeNull();
  });

  it('finds no way dearer than any open one', () => {
    const any = fc.array(
      fc.record({
        network: fc.constantFrom('A', 'B', 'C', 'D'),
        contract: fc.constant(null),
        deposit: fc.constantFrom(true, false, null),
        withdraw: fc.constantFrom(true, false, null),
        withdrawFee: fc.option(fc.integer({ min: 0, max: 5 })),
        withdrawMin: fc.constant(null),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(any, any, (out, back) => {
        const inward = new Set(back.filter(({ deposit }) => deposit === true).map((each) => each.network));
        const open = out.filter((each) => each.withdraw === true && inward.has(each.network));
        const found = wayOf(desk(out, back));
        expect(found === null).toBe(open.length === 0);
        const cheapest = Math.min(...open.map(({ withdrawFee }) => withdrawFee ?? Infinity));
        if (found) expect(found.fee ?? Infinity).toBe(cheapest);
      }),
    );
  });
});

describe('TransferDesk.compare', () => {
  const compared = (a: [string, string | null][], b: [string, string | null][]): ReturnType<TransferDesk['compare']> =>
    desk(
      a.map(([name, contract]) => network(name, { contract })),
      b.map(([name, contract]) => network(name, { contract })),
    ).compare('a', 'PEPE', 'b', 'PEPE');

  it('tells one contract from two, with the network and both addresses', () => {
    expect(compared([['ERC20', '0x1a']], [['ERC20', '0x1a']])).toEqual({
      ...{ isSame: true, network: 'ERC20', contracts: ['0x1a', '0x1a'] },
    });
    expect(compared([['ERC20', '0x1a']], [['ERC20', '0x2b']])).toEqual({
      ...{ isSame: false, network: 'ERC20', contracts: ['0x1a', '0x2b'] },
    });
  });

  it('takes one contract in common for more than one that differs: bridges have several', () => {
    const onA: [string, string][] = [
      ['BSC', '0x9'],
      ['ARB', '0x7'],
      ['ERC20', '0x1'],
    ];
    const onB: [string, string][] = [
      ['ERC20', '0x1'],
      ['ARB', '0x6'],
      ['BSC', '0x8'],
    ];
    expect(compared(onA, onB)).toMatchObject({ isSame: true, network: 'ERC20' });
    expect(compared(onA.slice(0, 2), onB)).toMatchObject({ isSame: false, network: 'BSC' });
  });

  it('cares for capitals only where they mean something', () => {
    expect(compared([['ERC20', '0xAbC1']], [['ERC20', '0xaBc1']])?.isSame).toBe(true);
    expect(compared([['SOL', 'EPjFWdd5']], [['SOL', 'epjfwdd5']])?.isSame).toBe(false);
    expect(compared([['SOL', 'EPjFWdd5']], [['SOL', 'EPjFWdd5']])?.isSame).toBe(true);
    expect(compared([['X', 'x0xAb']], [['X', 'X0xaB']])?.isSame).toBe(false);
    expect(compared([['X', '0xAbZ']], [['X', '0xabz']])?.isSame).toBe(false);
  });

  it('says nothing where no network has both addresses', () => {
    expect(compared([['ERC20', null]], [['ERC20', '0x1']])).toBeNull();
    expect(compared([['ERC20', '0x1']], [['ERC20', null]])).toBeNull();
    expect(compared([['ERC20', '0x1']], [['BSC', '0x1']])).toBeNull();
    expect(new TransferDesk().compare('a', 'PEPE', 'b', 'PEPE')).toBeNull();
    expect(desk([network('ERC20', { contract: '0x1' })], []).compare('a', 'PEPE', 'b', 'SHIB')).toBeNull();
  });

  it('does not call a coin two for its wrapped forms, where both move it on its own chain', () => {
    expect(
      compared(
        [
          ['BTC', null],
          ['ERC20', '0x1'],
        ],
        [
          ['ERC20', '0x2'],
          ['BTC', null],
        ],
      ),
    ).toBeNull();
    expect(
      compared(
        [
          ['BTC', null],
          ['ERC20', '0x1'],
        ],
        [['ERC20', '0x2']],
      ),
    ).toMatchObject({ isSame: false });
  });
});
