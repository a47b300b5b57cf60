import type { SymbolStatus } from '../../core/market/exchange-status.js';
import type { BookState } from '../../core/market/states.js';
import type { BookLine } from '../books/book-line.js';

/** Tells whether the connection of a book showed life lately. */
export function isFresh(line: BookLine, nowMs: number, maxAgeMs: number): boolean {
  return line.aliveAtMs !== null && nowMs - line.aliveAtMs <= maxAgeMs;
}

/**
 * Returns what is known of one book, as shown to people.
 *
 * @param line - The book.
 * @param nowMs - Our clock.
 * @param maxAgeMs - Without proof of life for longer, it is stale.
 * @returns Its state, ages and top.
 */
export function symbolStatus(line: BookLine, nowMs: number, maxAgeMs: number): SymbolStatus {
  const { book } = line;
  const bestBid = book.isUsable ? book.bids.price(0) : NaN;
  const bestAsk = book.isUsable ? book.asks.price(0) : NaN;
  const state: BookState = line.state === 'live' && !isFresh(line, nowMs, maxAgeMs) ? 'stale' : line.state;
  return {
    symbol: line.instrument.symbol,
    state,
    ageMs: line.aliveAtMs === null ? null : Math.max(0, nowMs - line.aliveAtMs),
    quietMs: line.changedAtMs === null ? null : Math.max(0, nowMs - line.changedAtMs),
    sequence: book.isUsable ? book.sequence : null,
    bestBid: Number.isNaN(bestBid) ? null : bestBid,
    bestAsk: Number.isNaN(bestAsk) ? null : bestAsk,
  };
}
