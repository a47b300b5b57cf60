// Memory of order books with 50 levels a side, kept as the service keeps them. Run with --expose-gc. Prints one JSON line.
import { BookRegistry } from '../dist/core/order-book/book-registry.js';
import { keptLevels } from '../dist/exchanges/books/kept-levels.js';

const BOOKS = 2_000;
const LEVELS = 50;
const used = () => {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const side = (first, step) => Array.from({ length: LEVELS }, (_, rank) => [first + rank * step, 1.5 + rank]).flat();
const fill = (registry, from, to) => {
  for (let n = from; n < to; n++) {
    const instrument = { exchange: 'bench', symbol: `C${n}/USDT` };
    const frame = { v: 1, instrument, sequence: 1, exchangeTimeMs: 1, receivedAtMs: 1 };
    registry
      .open(instrument)
      .apply({ ...frame, kind: 'snapshot', bids: side(100.01, -0.01), asks: side(100.02, 0.01) });
  }
};
const registry = new BookRegistry(keptLevels(LEVELS));
fill(registry, 0, 100);
const before = used();
fill(registry, 100, 100 + BOOKS);
const bookKb = (used() - before) / BOOKS / 1_024;
process.stdout.write(`${JSON.stringify({ bookKb, held: registry.get('bench:C5/USDT').bids.length })}\n`);
