import { describe, expect, it } from '@jest/globals';
import { parseSymbol } from './symbol.js';

describe('parseSymbol', () => {
  it('splits spot and contract symbols', () => {
    expect(parseSymbol('BTC/USDT')).toEqual({ base: 'BTC', quote: 'USDT', settle: null });
    expect(parseSymbol('BTC/USDT:USDT')).toEqual({ base: 'BTC', quote: 'USDT', settle: 'USDT' });
  });

  it.each(['', 'BTC', 'BTC/', '/USDT', 'btc/usdt', 'BTC/USDT/ETH', 'BTC USDT'])('refuses %p', (text) => {
    expect(parseSymbol(text)).toBeNull();
  });
});
