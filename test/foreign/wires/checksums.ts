import { crc32 } from 'node:zlib';
import type { Levels, TrueBook } from '../true-book.js';

/** kraken: ten asks, then ten bids, each price and size without dot and leading zeros; unsigned. */
export function krakenChecksum(book: TrueBook, { bids, asks }: Levels): number {
  const bare = (text: string): string => text.replace('.', '').replace(/^0+/, '');
  const parts = [...asks.slice(0, 10), ...bids.slice(0, 10)].map(
    ([ticks, lots]) => bare(book.price(ticks)) + bare(book.size(lots)),
  );
  return crc32(parts.join(''));
}

/** bitget and bitfinex: 25 bids and asks in turn, joined by colons; signed. */
export function alternatingChecksum(bids: readonly string[], asks: readonly string[]): number {
  const parts: string[] = [];
  for (let rank = 0; rank < 25; rank++) {
    for (const side of [bids, asks]) if (side[rank] !== undefined) parts.push(side[rank]!);
  }
  return crc32(parts.join(':')) | 0;
}
