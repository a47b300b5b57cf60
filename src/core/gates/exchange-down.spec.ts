import { describe, expect, it } from '@jest/globals';
import { candidate, expectDependsOnlyOn } from './candidate-rig.js';
import { exchangeDown } from './exchange-down.js';

describe('exchangeDown', () => {
  it.each(['buy', 'sell'] as const)('refuses a %s leg whose exchange is not connected', (leg) => {
    for (const exchangeState of ['down', 'connecting'] as const) {
      expect(exchangeDown.refuses(candidate({ [leg]: { exchangeState } }))).toBe(true);
    }
    for (const exchangeState of ['live', 'degraded'] as const) {
      expect(exchangeDown.refuses(candidate({ [leg]: { exchangeState } }))).toBe(false);
    }
  });

  it('measures both states', () => {
    expect(exchangeDown.measure(candidate({ sell: { exchangeState: 'down' } }))).toEqual({
      buyExchange: 'live',
      sellExchange: 'down',
    });
  });

  it('looks at nothing else', () => {
    expectDependsOnlyOn(exchangeDown, ['exchangeState'], []);
  });
});
