import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crossRoute } from './route.js';
import { parseRouteId } from './route-id.js';

describe('parseRouteId', () => {
  it('gives back the instruments that the id was made of', () => {
    const exchange = fc.stringMatching(/^[a-z0-9]{1,12}$/);
    const symbol = fc.stringMatching(/^[A-Z0-9]{1,8}\/[A-Z0-9]{1,6}(:[A-Z0-9]{1,6})?$/);
    fc.assert(
      fc.property(exchange, symbol, exchange, symbol, (a, s, b, t) => {
        const [buy, sell] = [
          { exchange: a, symbol: s },
          { exchange: b, symbol: t },
        ];
        expect(parseRouteId(crossRoute(buy, sell).id)).toEqual({ buy, sell });
      }),
    );
  });

  it.each([
    '',
    'cross',
    'cross:okx>kraken',
    'loop:okx:A/B>kraken:A/B',
    'cross:okx:A/B>kraken:A/B>x:A/B',
    'cross::A/B>k:A/B',
  ])('knows that %j is none', (text) => {
    expect(parseRouteId(text)).toBeNull();
  });
});
