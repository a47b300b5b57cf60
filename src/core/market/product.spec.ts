import { describe, expect, it } from '@jest/globals';
import { type Product, isJoinable, productOf } from './product.js';
import { type SymbolParts, parseSymbol } from './symbol.js';

describe('productOf', () => {
  it.each([
    ['BTC/USDT', 'spot'],
    ['BTC/USDT:USDT', 'swap'],
    ['BTC/USD:BTC', 'swap'],
    ['BTC/USDT:USDT-261225', 'future-261225'],
    ['BTC/USD:BTC-261225-90000-C', 'option'],
  ])('takes %s for %s', (symbol, product) => {
    expect(productOf(parseSymbol(symbol) as SymbolParts)).toBe(product);
  });
});

describe('isJoinable', () => {
  const all: Product[] = ['spot', 'swap', 'future-261225', 'future-270326', 'option'];
  const joined = all.flatMap((a) => all.filter((b) => isJoinable(a, b)).map((b) => `${a} ${b}`));

  it('joins spot and swaps in any mixture, futures of one date, and options never', () => {
    expect(joined).toEqual([
      ...['spot spot', 'spot swap', 'swap spot', 'swap swap'],
      ...['future-261225 future-261225', 'future-270326 future-270326'],
    ]);
  });
});
