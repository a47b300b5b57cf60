import { describe, expect, it } from '@jest/globals';
import { type BinanceFrame, binanceMarketOf } from './binance-markets.js';
import { networkCode, splitName } from './market-names.js';
import { timeOfText } from './time-text.js';

describe('splitName', () => {
  it.each([
    ['btcusdt', 'BTC/USDT'],
    ['usdtusd', 'USDT/USD'],
    ['USDCUSD', 'USDC/USD'],
    ['USDTTRY', 'USDT/TRY'],
    ['WBTCBTC', 'WBTC/BTC'],
    ['ARBUSD', 'ARB/USD'],
    ['BTCTUSD', 'BTC/TUSD'],
    ['USDT', null],
    ['FOO', null],
  ])('takes %s for %s', (name, symbol) => {
    expect(splitName(name)).toBe(symbol);
  });
});

describe('networkCode', () => {
  it('gives one network one code, and a name that is not known to itself', () => {
    expect([networkCode('Ethereum (ERC20)'), networkCode('ERC20')]).toEqual(['ERC20', 'ERC20']);
    expect([networkCode('Polygon POS'), networkCode('Polygon')]).toEqual(['MATIC', 'MATIC']);
    expect(networkCode('Terra Classic')).toBe('TERRA CLASSIC');
  });
});

describe('timeOfText', () => {
  it.each([
    ['2023-03-01 00:00:00+00:00', Date.UTC(2023, 2, 1)],
    ['2025-08-31 18:35:38.358485', Date.UTC(2025, 7, 31, 18, 35, 38) + 358.485],
    ['2025-04-14', Date.UTC(2025, 3, 14)],
    ['2025-04-14T02:00:00+0200', Date.UTC(2025, 3, 14)],
    ['1723161256207.5', 1_723_161_256_207.5],
    ['yesterday', null],
    ['2025-13-45', null],
  ])('reads %s', (text, ms) => {
    expect(timeOfText(text)).toBe(ms);
  });
});

describe('binanceMarketOf', () => {
  const market = (frame: BinanceFrame): string | undefined => {
    const instrument = binanceMarketOf(frame)?.instrument;
    return instrument && `${instrument.exchange} ${instrument.symbol}`;
  };

  it('tells spot, USD-M and COIN-M apart by their frames', () => {
    expect(market({ e: 'depthUpdate', s: 'BTCUSDT' })).toBe('binance BTC/USDT');
    expect(market({ s: 'BTCUSDT' })).toBe('binance BTC/USDT');
    expect(market({ e: 'depthUpdate', s: 'BTCUSDT', pu: 1 })).toBe('binanceusdm BTC/USDT:USDT');
    expect(market({ e: 'bookTicker', s: 'BTCUSDT' })).toBe('binanceusdm BTC/USDT:USDT');
    expect(market({ e: 'bookTicker', s: 'BTCUSD_PERP', ps: 'BTCUSD' })).toBe('binancecoinm BTC/USD:BTC');
    expect(market({ e: 'depthUpdate', s: 'ETHUSD_240927', ps: 'ETHUSD', pu: 1 })).toBe(
      'binancecoinm ETH/USD:ETH-240927',
    );
    expect(market({ e: 'trade', s: 'BTCUSDT' })).toBeUndefined();
  });

  it('turns contracts into base', () => {
    const coinM = binanceMarketOf({ e: 'bookTicker', s: 'BTCUSD_PERP', ps: 'BTCUSD' });
    expect(coinM?.baseSize(50_000, 10)).toBeCloseTo(0.02, 12);
    expect(binanceMarketOf({ e: 'bookTicker', s: 'ETHUSD_PERP', ps: 'ETHUSD' })?.baseSize(2_000, 10)).toBeCloseTo(
      0.05,
      12,
    );
    expect(binanceMarketOf({ e: 'bookTicker', s: 'BTCUSDT' })?.baseSize(50_000, 1.5)).toBe(1.5);
  });
});
