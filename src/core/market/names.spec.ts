import { describe, expect, it } from '@jest/globals';
import { companyOf } from './exchange-company.js';
import { instrumentKey } from './instrument.js';
import { isDollarStablecoin } from './quote.js';
import { crossRoute } from './route.js';

describe('companyOf', () => {
  it.each([
    ['binanceusdm', 'binance'],
    ['binancecoinm', 'binance'],
    ['krakenfutures', 'kraken'],
    ['kucoinfutures', 'kucoin'],
    ['coinbaseexchange', 'coinbase'],
    ['coinbaseinternational', 'coinbase'],
    ['okxus', 'okx'],
    ['binance', 'binance'],
    // A company of its own, with listings of its own.
    ['binanceus', 'binanceus'],
  ])('takes %s for a market of %s', (exchange, company) => {
    expect(companyOf(exchange)).toBe(company);
  });
});

describe('isDollarStablecoin', () => {
  it('knows coins that are meant to be a dollar, and not the dollar itself', () => {
    const coins = ['USDT', 'USDC', 'FDUSD', 'TUSD', 'DAI', 'PYUSD', 'USDG'];
    expect([...coins, 'USD', 'EUR', 'BTC', 'EURT', ''].filter(isDollarStablecoin)).toEqual(coins);
  });
});

describe('crossRoute', () => {
  it('has a stable id that tells both legs and their order', () => {
    const okx = { exchange: 'okx', symbol: 'BTC/USDT' };
    const perpetual = { exchange: 'binanceusdm', symbol: 'BTC/USDT:USDT' };
    expect(crossRoute(okx, perpetual)).toEqual({
      ...{ id: 'cross:okx:BTC/USDT>binanceusdm:BTC/USDT:USDT', kind: 'cross', buy: okx, sell: perpetual },
    });
    expect(crossRoute(perpetual, okx).id).toBe('cross:binanceusdm:BTC/USDT:USDT>okx:BTC/USDT');
    expect(instrumentKey(perpetual)).toBe('binanceusdm:BTC/USDT:USDT');
  });
});
