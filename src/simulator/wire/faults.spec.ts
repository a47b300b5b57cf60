import { describe, expect, it } from '@jest/globals';
import { ExchangeFaults } from './faults.js';

describe('ExchangeFaults', () => {
  it('drops as many frames of each symbol as asked', () => {
    const faults = new ExchangeFaults(() => 0);
    faults.inject({ exchange: 'okx', fault: 'drop', count: 2 });
    expect([1, 2, 3].map(() => faults.take('drop', 'BTC/USDT'))).toEqual([true, true, false]);
    expect([1, 2, 3].map(() => faults.take('drop', 'ETH/USDT'))).toEqual([true, true, false]);
    expect(faults.take('corrupt', 'BTC/USDT')).toBe(false);
  });

  it('limits a fault to its symbol', () => {
    const faults = new ExchangeFaults(() => 0);
    faults.inject({ exchange: 'okx', fault: 'corrupt', symbol: 'BTC/USDT' });
    expect(faults.take('corrupt', 'ETH/USDT')).toBe(false);
    expect(faults.take('corrupt', 'BTC/USDT')).toBe(true);
  });

  it('ends what lasts when its time is over, or when it is cleared', () => {
    let nowMs = 0;
    const faults = new ExchangeFaults(() => nowMs);
    faults.inject({ exchange: 'okx', fault: 'freeze', symbol: 'BTC/USDT', durationMs: 100 });
    faults.inject({ exchange: 'okx', fault: 'restFail', durationMs: 1_000 });
    expect([faults.isFrozen('BTC/USDT'), faults.isFrozen('ETH/USDT'), faults.isFrozen(null)]).toEqual([
      true,
      false,
      false,
    ]);
    nowMs = 100;
    expect([faults.isFrozen('BTC/USDT'), faults.isRestFailing]).toEqual([false, true]);
    faults.inject({ exchange: 'okx', fault: 'clear' });
    expect(faults.isRestFailing).toBe(false);
  });
});
