import { describe, expect, it } from '@jest/globals';
import type { BookMessage } from '../messages.js';
import { RemoteBooks } from './remote-books.js';

const instrument = { exchange: 'okx', symbol: 'BTC/USDT' };
const SYMBOL = 'BTC/USDT';
const head = (n: number): Omit<BookMessage, 'event'> => ({ v: 1, term: 1, n });
const book = (n: number, kind: 'snapshot' | 'delta', isAgain = false): BookMessage => ({
  ...head(n),
  event: {
    type: 'book',
    update: {
      ...{ v: 1, instrument, kind, bids: [99, 1], asks: [100, 1] },
      ...{ sequence: n, exchangeTimeMs: null, receivedAtMs: 1 },
    },
  },
  ...(isAgain ? { again: true } : {}),
});
const state = (n: number, to: 'live' | 'resyncing'): BookMessage => ({
  ...head(n),
  event: { type: 'bookState', instrument, state: to, reason: null, atMs: 1 },
});
const fee = (n: number): BookMessage => ({
  ...head(n),
  event: { type: 'fee', instrument, takerFeeBps: 10, source: 'default', atMs: 1 },
});
const steps = (books: RemoteBooks, ...messages: BookMessage[]): string[] =>
  messages.map((message) => books.judge(SYMBOL, message));

describe('RemoteBooks', () => {
  it('waits for a whole book, and takes the fee that comes before it', () => {
    const books = new RemoteBooks();
    expect(steps(books, book(7, 'delta'), fee(8), book(9, 'snapshot'), state(10, 'live'), book(11, 'delta'))).toEqual([
      'skip',
      'take',
      'take',
      'take',
      'take',
    ]);
  });

  it('takes that there is no book as well', () => {
    const books = new RemoteBooks();
    expect(steps(books, state(3, 'resyncing'), book(4, 'snapshot'))).toEqual(['take', 'take']);
  });

  it('notices what is missing, and takes nothing more until the book is told as a whole', () => {
    const books = new RemoteBooks();
    expect(
      steps(books, book(1, 'snapshot'), book(2, 'delta'), book(4, 'delta'), book(5, 'delta'), state(6, 'live')),
    ).toEqual(['take', 'take', 'gap', 'skip', 'skip']);
    expect(steps(books, book(7, 'snapshot', true), book(8, 'delta'))).toEqual(['take', 'take']);
  });

  it('needs no book again that it has', () => {
    const books = new RemoteBooks();
    expect(steps(books, book(1, 'snapshot'), book(2, 'snapshot', true), book(3, 'delta'))).toEqual([
      'take',
      'skip',
      'take',
    ]);
  });

  it('takes nothing twice', () => {
    const books = new RemoteBooks();
    expect(steps(books, book(1, 'snapshot'), book(2, 'delta'), book(2, 'delta'), book(1, 'snapshot'))).toEqual([
      ...['take', 'take', 'skip', 'skip'],
    ]);
  });

  it('learns from the count that the last message was lost', () => {
    const books = new RemoteBooks();
    steps(books, book(1, 'snapshot'), book(2, 'delta'));
    expect(books.isCurrent(SYMBOL, 2)).toBe(true);
    expect(books.isCurrent(SYMBOL, 3)).toBe(false);
    expect(books.judge(SYMBOL, book(4, 'delta'))).toBe('skip');
    expect(books.isCurrent('ETH/USDT', 1)).toBe(false);
  });

  it('forgets a book that is given up', () => {
    const books = new RemoteBooks();
    steps(books, book(5, 'snapshot'));
    books.forget(SYMBOL);
    expect([...books.symbols]).toEqual([]);
    expect(steps(books, book(1, 'snapshot'))).toEqual(['take']);
  });
});
