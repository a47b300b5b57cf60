import { describe, expect, it } from '@jest/globals';
import { UnknownExchangeError, unknownExchanges } from './catalogue.js';

describe('unknownExchanges', () => {
  it('knows the exchanges that stream books', () => {
    expect(unknownExchanges(['binance', 'okx', 'bybit', 'kraken', 'coinbase', 'kucoin', 'gate', 'bitget'])).toEqual([]);
  });

  it('names what is unknown with what was probably meant', () => {
    const [binnance, nothing] = unknownExchanges(['binnance', 'zzzzzzzzzz']);
    expect(binnance).toMatchObject({ id: 'binnance', near: expect.arrayContaining(['binance']) });
    expect(nothing).toEqual({ id: 'zzzzzzzzzz', near: [] });
    expect(unknownExchanges(['coinbas'])[0]?.near).toContain('coinbase');
  });

  it('says so in an error that names the setting, the id and the near match', () => {
    const error = new UnknownExchangeError(unknownExchanges(['krakn']));
    expect(error.message).toContain('exchanges: ');
    expect(error.message).toContain('"krakn" (did you mean "kraken"');
  });
});
