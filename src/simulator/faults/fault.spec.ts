import { describe, expect, it } from '@jest/globals';
import { checkFault, FAULT_KINDS } from './fault.js';

describe('checkFault', () => {
  it('fills in what is left out', () => {
    expect(checkFault({ exchange: 'okx', fault: 'drop' })).toEqual({ exchange: 'okx', fault: 'drop', count: 1 });
    expect(checkFault({ exchange: 'okx', fault: 'oneSided' })).toMatchObject({ side: 'asks', durationMs: 10_000 });
    expect(checkFault({ exchange: 'okx', fault: 'clock', offsetMs: -5 })).not.toHaveProperty('durationMs');
  });

  it('names every kind', () => {
    expect(FAULT_KINDS).toEqual([
      ...['drop', 'duplicate', 'reorder', 'corrupt', 'delay', 'freeze', 'kill', 'stall', 'refuse'],
      ...['oneSided', 'crossed', 'thin', 'frozen', 'restFail', 'rateLimit', 'restTimeout', 'maintenance'],
      ...['clock', 'delist', 'relist', 'closeNetwork', 'openNetwork', 'clear'],
    ]);
  });

  it.each([
    ['an unknown kind', { exchange: 'okx', fault: 'explode' }, /^fault: .*drop.*clear/],
    ['an unknown exchange', { exchange: 'mtgox', fault: 'drop' }, /^exchange: choose one of binance, okx/],
    ['a field of another kind', { exchange: 'okx', fault: 'kill', count: 2 }, /^count: does not belong/],
    ['a number out of bounds', { exchange: 'okx', fault: 'drop', count: 0 }, /^count: .*>=1/],
    ['a hold without bound', { exchange: 'okx', fault: 'delay', durationMs: 600_000 }, /^durationMs: .*60000/],
    ['a missing symbol', { exchange: 'okx', fault: 'delist' }, /^symbol: /],
    ['a missing asset', { exchange: 'okx', fault: 'closeNetwork' }, /^asset: /],
    ['a way that is none', { exchange: 'okx', fault: 'openNetwork', asset: 'BTC', way: 'in' }, /^way: .*deposit/],
    ['a status that is none', { exchange: 'okx', fault: 'restFail', status: 200 }, /^status: /],
    ['no object', 'drop', /^fault: /],
  ])('refuses %s by name', (_what, fault, message) => {
    expect(() => checkFault(fault)).toThrow(message);
  });
});
