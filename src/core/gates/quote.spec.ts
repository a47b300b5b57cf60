import { describe, expect, it } from '@jest/globals';
import { candidate, conversion, expectDependsOnlyOn } from './candidate-rig.js';
import { quote } from './quote.js';

describe('quote', () => {
  it('refuses two quotes that no live book joins', () => {
    expect(quote.refuses(candidate({ hasTwoQuotes: true, conversion: null }))).toBe(true);
    expect(quote.refuses(candidate({ hasTwoQuotes: true, conversion }))).toBe(false);
    expect(quote.refuses(candidate({ hasTwoQuotes: false, conversion: null }))).toBe(false);
  });

  it('refuses a quote whose worth in USD is not known, but for a dollar stablecoin', () => {
    expect(quote.refuses(candidate({ quote: 'KRW', usdPerQuote: null }))).toBe(true);
    expect(quote.refuses(candidate({ quote: 'KRW', usdPerQuote: 0.0007 }))).toBe(false);
    expect(quote.refuses(candidate({ quote: 'USDT', usdPerQuote: null }))).toBe(false);
    expect(quote.refuses(candidate({ quote: 'not a quote', usdPerQuote: null }))).toBe(true);
  });

  it('measures both quotes and through which books they are joined', () => {
    expect(quote.measure(candidate({ conversion: { ...conversion, depegBps: 60 } }))).toEqual({
      ...{ buyQuote: 'USDT', sellQuote: 'USDT', rate: 0.999, through: 'okx:USDC/USDT', depegBps: 60, usdPerQuote: 1 },
    });
    const twice = { ...conversion, steps: [...conversion.steps, ...conversion.steps] };
    expect(quote.measure(candidate({ conversion: twice }))['through']).toBe('okx:USDC/USDT okx:USDC/USDT');
    expect(quote.measure(candidate({ quote: '?', usdPerQuote: null }))).toEqual({
      ...{ buyQuote: null, sellQuote: null, rate: null, through: null, depegBps: null, usdPerQuote: null },
    });
  });

  it('looks at nothing else', () => {
    expectDependsOnlyOn(quote, [], ['hasTwoQuotes', 'conversion', 'usdPerQuote', 'quote']);
  });
});
