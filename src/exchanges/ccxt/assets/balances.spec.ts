import { describe, expect, it } from '@jest/globals';
import { freeIn } from './balances.js';

describe('freeIn', () => {
  it('tells the free amount of each wanted asset, and zero of one that the account does not have', () => {
    const answer = {
      free: { BTC: 0.4182, USDT: 12_540.22, DOGE: 0 },
      BTC: { free: 0.4182, used: 0.01, total: 0.4282 },
    };
    expect([...freeIn(answer, ['BTC', 'DOGE', 'SOL'])]).toEqual([
      ['BTC', 0.4182],
      ['DOGE', 0],
      ['SOL', 0],
    ]);
  });

  it.each([undefined, null, NaN, Infinity, '5'])('does not know an amount that is told as %p', (amount) => {
    expect(freeIn({ free: { BTC: amount } }, ['BTC']).get('BTC')).toBeNull();
  });

  it('takes debt for nothing that can be traded with', () => {
    expect(freeIn({ free: { BTC: -2 } }, ['BTC']).get('BTC')).toBe(0);
  });

  it.each([null, undefined, 'no', {}, { free: null }])('refuses %p, which is no balance', (answer) => {
    expect(() => freeIn(answer, ['BTC'])).toThrow('unknown shape');
  });
});
