import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FrameFault } from './fault.js';
import { FrameFaults, UNHARMED } from './frame-faults.js';

describe('FrameFaults', () => {
  let nowMs = 0;
  let faults: FrameFaults;
  beforeEach(() => {
    nowMs = 0;
    faults = new FrameFaults(() => nowMs);
  });
  const counted = (
    fault: 'drop' | 'duplicate' | 'reorder' | 'corrupt',
    count: number,
    symbol?: string,
  ): FrameFault => ({
    ...{ exchange: 'okx', fault, count },
    ...(symbol === undefined ? {} : { symbol }),
  });

  it('loses as many frames of each symbol as asked', () => {
    faults.inject(counted('drop', 2));
    expect([1, 2, 3].map(() => faults.take('BTC/USDT').isLost)).toEqual([true, true, false]);
    expect([1, 2, 3].map(() => faults.take('ETH/USDT').isLost)).toEqual([true, true, false]);
  });

  it('limits a fault to its symbol', () => {
    faults.inject(counted('corrupt', 1, 'BTC/USDT'));
    expect(faults.isCorrupting('ETH/USDT')).toBe(false);
    expect(faults.isCorrupting('BTC/USDT')).toBe(true);
    faults.take('BTC/USDT');
    expect(faults.isCorrupting('BTC/USDT')).toBe(false);
  });

  it('swaps pairs: the frame after a swapped one is its other half', () => {
    faults.inject(counted('reorder', 2));
    expect([1, 2, 3, 4, 5].map(() => faults.take('BTC/USDT').isSwapped)).toEqual([true, false, true, false, false]);
  });

  it('sends twice as often as asked', () => {
    faults.inject(counted('duplicate', 1));
    expect([1, 2].map(() => faults.take('BTC/USDT').copies)).toEqual([2, 1]);
  });

  it('delays each frame, or holds all of them until the end', () => {
    faults.inject({ exchange: 'okx', fault: 'delay', symbol: 'BTC/USDT', delayMs: 40, durationMs: 100 });
    faults.inject({ exchange: 'okx', fault: 'delay', symbol: 'ETH/USDT', durationMs: 100 });
    nowMs = 10;
    expect([faults.take('BTC/USDT').dueMs, faults.take('ETH/USDT').dueMs]).toEqual([50, 100]);
    nowMs = 100;
    expect([faults.take('BTC/USDT').dueMs, faults.take('ETH/USDT').dueMs]).toEqual([null, null]);
  });

  it('ends a freeze when its time is over', () => {
    faults.inject({ exchange: 'okx', fault: 'freeze', symbol: 'BTC/USDT', durationMs: 100 });
    const state = (): boolean[] => [faults.isFrozen('BTC/USDT'), faults.isFrozen('ETH/USDT'), faults.isFrozen(null)];
    expect(state()).toEqual([true, false, false]);
    nowMs = 100;
    expect(state()).toEqual([false, false, false]);
  });

  it('harms nothing after it was cleared', () => {
    for (const fault of ['drop', 'duplicate', 'reorder', 'corrupt'] as const) faults.inject(counted(fault, 5));
    faults.inject({ exchange: 'okx', fault: 'freeze', durationMs: 100 });
    faults.take('BTC/USDT');
    faults.clear();
    expect(faults.take('BTC/USDT')).toBe(UNHARMED);
  });
});
