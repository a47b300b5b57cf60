import { topLevels, type WireLevel } from '../wire/depth-view.js';
import type { BookStep, SimBook } from '../world/sim-book.js';
import { levelText, priceText, sizeText } from './binance-text.js';

/** Steps that a stream of one frame a second gathers. */
const STEPS_PER_SECOND = 10;

/** One stream of one symbol: writes its frames. */
export type BinanceStream = (step: BookStep, isCorrupt: boolean) => string | null;

/**
 * Makes the stream behind a name such as `btcusdt@depth@100ms`.
 *
 * @returns Null when binance has no such stream here.
 */
export function binanceStream(channel: string): BinanceStream | null {
  if (channel === 'depth@100ms') return diffStream(1);
  if (channel === 'depth') return diffStream(STEPS_PER_SECOND);
  if (channel === 'bookTicker') return (step) => bookTicker(step.book);
  const partial = /^depth(5|10|20)(@100ms)?$/.exec(channel);
  if (!partial) return null;
  const every = partial[2] === undefined ? STEPS_PER_SECOND : 1;
  let steps = 0;
  return (step) => (++steps % every === 0 ? partialDepth(step.book, Number(partial[1])) : null);
}

// Changed levels since the last frame; U is one more than the u before it.
function diffStream(every: number): BinanceStream {
  let first: number | null = null;
  let steps = 0;
  let bids = new Map<number, number>();
  let asks = new Map<number, number>();
  return (step, isCorrupt) => {
    first ??= step.previousSequence + 1;
    for (const change of step.changes) (change.side === 'bid' ? bids : asks).set(change.tick, change.lots);
    if (++steps % every !== 0) return null;
    const { listing } = step.book;
    const skip = isCorrupt ? 7 : 0;
    const text =
      `{"e":"depthUpdate","E":${Math.floor(step.timeMs)},"s":"${listing.wireId}",` +
      `"U":${first + skip},"u":${step.sequence + skip},` +
      `"b":[${levels(step.book, bids, -1)}],"a":[${levels(step.book, asks, 1)}]}`;
    first = null;
    bids = new Map();
    asks = new Map();
    return text;
  };
}

function levels(book: SimBook, changes: ReadonlyMap<number, number>, direction: 1 | -1): string {
  const sorted: WireLevel[] = [...changes].map(([tick, lots]) => ({ tick, lots }));
  sorted.sort((a, b) => direction * (a.tick - b.tick));
  return sorted.map((level) => levelText(book.listing, level)).join(',');
}

function partialDepth(book: SimBook, depth: number): string {
  const side = (name: 'bids' | 'asks'): string =>
    topLevels(book[name], depth)
      .map((level) => levelText(book.listing, level))
      .join(',');
  return `{"lastUpdateId":${book.sequence},"bids":[${side('bids')}],"asks":[${side('asks')}]}`;
}

function bookTicker(book: SimBook): string {
  const { listing, bids, asks } = book;
  return (
    `{"u":${book.sequence},"s":"${listing.wireId}",` +
    `"b":"${priceText(listing, bids.ticks[0] ?? 0)}","B":"${sizeText(listing, bids.lots[0] ?? 0)}",` +
    `"a":"${priceText(listing, asks.ticks[0] ?? 0)}","A":"${sizeText(listing, asks.lots[0] ?? 0)}"}`
  );
}
