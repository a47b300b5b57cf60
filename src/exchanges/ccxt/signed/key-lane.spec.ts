import { describe, expect, it } from '@jest/globals';
import type { CcxtExchange } from '../instance/ccxt-instance.js';
import { keepInLane } from './key-lane.js';

describe('the lane of a key', () => {
  it('goes on after a failed call, one call at a time, and hands each its own answer', async () => {
    const begun: string[] = [];
    const instance = {
      id: 'kraken',
      nonce: () => 1_795_000_000_000,
      fetch2: async (path: string) => {
        begun.push(path);
        await Promise.resolve();
        if (path === 'refused') throw new Error('EAPI:Invalid key');
        return { path, begun: [...begun] };
      },
    } as unknown as CcxtExchange;
    keepInLane(instance, 'key of this test');
    const answers = await Promise.allSettled(['a', 'refused', 'b'].map((path) => instance.fetch2(path)));
    expect(answers).toMatchObject([
      { value: { path: 'a', begun: ['a'] } },
      { reason: { message: 'EAPI:Invalid key' } },
      { value: { path: 'b', begun: ['a', 'refused', 'b'] } },
    ]);
    expect([instance.nonce(), instance.nonce()]).toEqual([1_795_000_000_000, 1_795_000_000_001]);
  });
});
