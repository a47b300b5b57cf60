import { describe, expect, it } from '@jest/globals';
import { defaultTakerFeeBps } from './default-fee.js';

describe('defaultTakerFeeBps', () => {
  it.each([
    ['binance', 'BTC/USDT', 10],
    ['binanceusdm', 'BTC/USDT:USDT', 5],
    ['binancecoinm', 'BTC/USD:BTC', 5],
    ['okx', 'BTC/USDT', 15],
    ['kraken', 'BTC/USD', 26],
  ])('knows what %s asks for %s', (exchange, symbol, bps) => {
    expect(defaultTakerFeeBps({ exchange, symbol })).toBe(bps);
  });

  it('does not guess for an exchange that is not known', () => {
    expect(defaultTakerFeeBps({ exchange: 'mtgox', symbol: 'BTC/USD' })).toBeNull();
  });
});
