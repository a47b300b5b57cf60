import { describe, expect, it } from '@jest/globals';
import { balancesIn, freeIn } from './balances.js';

const ANSWER = {
  info: {},
  free: { BTC: '0.41820000', USDT: 12_540.22, DOGE: '0' },
  used: { BTC: '0.01000000', USDT: undefined, DOGE: '0.0' },
  total: { BTC: '0.42820000', USDT: '1e-8', DOGE: 0, EUR: '5.10' },
  BTC: { free: '0.41820000', used: '0.01000000', total: '0.42820000' },
};

describe('balancesIn', () => {
  it('tells all assets, digit by digit and without exponents', () => {
    expect([...balancesIn(ANSWER).values()]).toEqual([
      { asset: 'BTC', free: '0.4182', locked: '0.01', total: '0.4282' },
      { asset: 'USDT', free: '12540.22', locked: null, total: '0.00000001' },
      { asset: 'DOGE', free: '0', locked: '0', total: '0' },
      { asset: 'EUR', free: null, locked: null, total: '5.1' },
    ]);
  });

  it('needs no more than what is free', () => {
    expect([...balancesIn({ free: { BTC: '2' } }).values()]).toEqual([
      { asset: 'BTC', free: '2', locked: null, total: null },
    ]);
  });

  it.each([null, undefined, 'no', {}, { free: null }])('refuses %p, which is no balance', (answer) => {
    expect(() => balancesIn(answer)).toThrow('unknown shape');
  });
});

describe('freeIn', () => {
  const free = (answer: unknown, ...assets: string[]): [string, number | null][] => [
    ...freeIn(balancesIn(answer), assets),
  ];

  it('tells the free amount of each wanted asset, and zero of one that the account does not have', () => {
    expect(free(ANSWER, 'BTC', 'USDT', 'DOGE', 'SOL')).toEqual([
      ['BTC', 0.4182],
      ['USDT', 12_540.22],
      ['DOGE', 0],
      ['SOL', 0],
    ]);
  });

  it.each([undefined, null, NaN, Infinity, 'many'])('does not know an amount that is told as %p', (amount) => {
    expect(free({ free: { BTC: amount } }, 'BTC')).toEqual([['BTC', null]]);
  });

  it('takes debt for nothing that can be traded with', () => {
    expect(free({ free: { BTC: '-2' } }, 'BTC')).toEqual([['BTC', 0]]);
  });
});
