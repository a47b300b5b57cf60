import { describe, expect, it } from '@jest/globals';
import { Balances } from './balances.js';

describe('Balances', () => {
  it('knows what each exchange told of each asset last, and nothing else', () => {
    const balances = new Balances();
    const tell = (exchange: string, asset: string, free: number | null): void => {
      balances.take({ type: 'balance', exchange, asset, free, atMs: 1 });
    };
    tell('okx', 'USDT', 5);
    tell('okx', 'BTC', 0);
    tell('gate', 'USDT', 7);
    expect([balances.free('okx', 'USDT'), balances.free('okx', 'BTC'), balances.free('gate', 'USDT')]).toEqual([
      5, 0, 7,
    ]);
    expect([balances.free('gate', 'BTC'), balances.free('kraken', 'USDT')]).toEqual([null, null]);
    tell('okx', 'USDT', 6);
    tell('gate', 'USDT', null);
    expect([balances.free('okx', 'USDT'), balances.free('gate', 'USDT')]).toEqual([6, null]);
  });
});
