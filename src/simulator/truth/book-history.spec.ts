import { describe, expect, it } from '@jest/globals';
import { World } from '../world/world.js';
import { BookHistory, type PublishedBook } from './book-history.js';

describe('BookHistory', () => {
  it('rebuilds each of the last steps exactly, and knows no older ones', () => {
    const world = new World(5, 0, ['ETH/USDT']);
    const history = new BookHistory();
    const book = world.books[0]!;
    const seen: PublishedBook[] = [];
    for (let step = 1; step <= 260; step++) {
      world.advance();
      history.record(world.stepBook(0, step), step * 100);
      const now = history.now(book);
      expect([now.publishedAtMs, now.supersededAtMs]).toEqual([step * 100, null]);
      seen.push({ ...now, supersededAtMs: step < 260 ? (step + 1) * 100 : null });
    }
    for (const published of seen.slice(-200)) expect(history.at(book, published.sequence)).toEqual(published);
    expect(history.at(book, seen[59]!.sequence)).toMatchObject({
      ...{ publishedAtMs: null, supersededAtMs: 6_100 },
    });
    expect([...history.back(book)].slice(0, 200)).toEqual(seen.slice(-200).reverse());
    expect(history.at(book, seen[58]!.sequence)).toBeNull();
    expect(history.at(book, seen[10]!.sequence)).toBeNull();
    expect(history.at(book, book.sequence + 1)).toBeNull();
  });
});
