import { describe, expect, it } from '@jest/globals';
import { listingsOf, type SimulatedExchange } from '../world/listings.js';
import { SimBook } from '../world/sim-book.js';
import { QuoteJoin } from './quote-join.js';

/** A book with one level a side, prices in quote. */
function bookOf(exchange: SimulatedExchange, symbol: string, bid: number, ask: number): SimBook {
  const book = new SimBook(listingsOf(exchange, [symbol])[0]!, 1);
  const scale = 10 ** book.listing.priceDecimals;
  book.set('bid', Math.round(bid * scale), 1_000_000);
  book.set('ask', Math.round(ask * scale), 1_000_000);
  return book;
}

const always = (): boolean => true;
/** What the best price of a book holds, in its base. */
const held = ({ listing }: SimBook): number => 1_000_000 / 10 ** listing.sizeDecimals;

describe('QuoteJoin', () => {
  const dollars = bookOf('okx', 'BTC/USD', 84_000, 84_001);
  const tethers = bookOf('kraken', 'BTC/USDT', 84_000, 84_001);
  const atOkx = bookOf('okx', 'USDT/USD', 1.0002, 1.0003);
  const atKraken = bookOf('kraken', 'USDT/USD', 1.0001, 1.0004);
  const atCoinbase = bookOf('coinbase', 'USDT/USD', 1.0005, 1.0006);
  const atBitfinex = bookOf('bitfinex', 'USDT/USD', 1.0008, 1.0009);
  const books = [dollars, tethers, atOkx, atKraken, atCoinbase, atBitfinex];

  it('joins nothing where both have one quote, or no book turns the one into the other', () => {
    expect(QuoteJoin.between(tethers, bookOf('okx', 'BTC/USDT', 1, 2), books)).toBeNull();
    expect(QuoteJoin.between(dollars, tethers, [dollars, tethers])).toBeNull();
  });

  it('sells the proceeds on the selling exchange first, at its bid less its fee', () => {
    expect(QuoteJoin.between(dollars, tethers, books)?.now(always)).toEqual({
      ...{ rate: 1.0001 * (1 - 0.0014), amount: held(atKraken) * (1.0001 * (1 - 0.0014)), book: atKraken, rank: 0 },
    });
  });

  it('buys the other quote at the ask plus the fee where the book is the other way round', () => {
    expect(QuoteJoin.between(tethers, dollars, books)?.now(always)).toEqual({
      ...{ rate: 1 / (1.0003 * (1 + 0.0008)), amount: held(atOkx), book: atOkx, rank: 0 },
    });
  });

  it('goes to the buying exchange next, then to whichever other gives most after its fee', () => {
    const join = QuoteJoin.between(dollars, tethers, books);
    expect(join?.now((book) => book !== atKraken)?.book).toBe(atOkx);
    // bitfinex bids more and keeps 20 bps of it; of this pair coinbase keeps a tenth of one.
    const others = join?.now((book) => book !== atKraken && book !== atOkx);
    const rate = 1.0005 * (1 - 0.00001);
    expect(others).toEqual({ rate, amount: held(atCoinbase) * rate, book: atCoinbase, rank: 2 });
    expect(join?.now(() => false)).toBeNull();
    expect([atKraken, atOkx, atBitfinex, tethers].map((book) => join?.rankOf(book))).toEqual([0, 1, 2, null]);
  });
});
