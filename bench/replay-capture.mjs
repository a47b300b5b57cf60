// Writes a capture of a made market to a file: exchanges × symbols in turn, four levels a delta as binance sends them every
// 100 ms in a calm market, proof of life, ticks ten times a second, and a candidate now and then that pays.
// Arguments: file updates. Prints one JSON line: `{updates, bytes}`.
import { CaptureFile } from '../dist/capture/capture-file.js';
import { captureHeader } from '../dist/capture/capture-header.js';
import { keptLevels } from '../dist/exchanges/books/kept-levels.js';
import { settingsSchema } from '../dist/platform/config/settings.schema.js';

const EXCHANGES = ['binance', 'okx', 'bybit', 'kraken'];
const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'XRP/USDT', 'ADA/USDT', 'BTC/USDC', 'ETH/USDC', 'USDC/USDT'];
const LEVELS = 50;
const UPDATES_PER_SECOND = 320;
const TICK_EVERY = UPDATES_PER_SECOND / 10;
/** Updates between two that lift a book over the others' asks, until its next update. */
const CROSS_EVERY = 5_000;
const LIFT = 1.004;
const STEP = 0.01;

const [file, count] = process.argv.slice(2);
const updates = Number(count);
const { detection, bookDepth } = settingsSchema.parse({});
const header = { createdAtMs: 0, epoch: 'bench', keptLevels: keptLevels(bookDepth), detection, source: 'live' };
const fail = (error) => {
  throw error;
};
const capture = CaptureFile.create(captureHeader(header), {
  file,
  mayReplace: true,
  maxBytes: Infinity,
  onFailure: fail,
});
capture.enter('state');
capture.enter('log');

let nowMs = 1_700_000_000_000;
let state = 12_345;
/** A whole number below `end`, the same each time. */
const dice = (end) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * end);
};
const price = (value) => Number(value.toFixed(2));
const side = (first, step) =>
  Array.from({ length: LEVELS }, (_, rank) => [price(first + rank * step), 1 + dice(5_000) / 1_000]).flat();
const frame = (book, kind, bids, asks) => ({
  v: 1,
  ...{ instrument: book.instrument, kind, bids, asks, sequence: (book.sequence += 1 + dice(9)) },
  ...{ exchangeTimeMs: Math.floor(nowMs) - 8, receivedAtMs: nowMs + dice(1_000) / 1_000 },
});

const books = SYMBOLS.flatMap((symbol, nth) =>
  EXCHANGES.map((exchange) => ({
    instrument: { exchange, symbol },
    sequence: 1_000_000,
    middle: symbol === 'USDC/USDT' ? 1 : 100 * (1 + (nth % 5)),
    isLifted: false,
  })),
);
for (const exchange of EXCHANGES) {
  capture.take({ type: 'exchange', exchange, state: 'live', clockOffsetMs: 5, atMs: nowMs });
}
for (const book of books) {
  const { instrument, middle } = book;
  capture.take({ type: 'fee', instrument, takerFeeBps: 10, source: 'account', atMs: nowMs });
  if (middle === 1) capture.take({ type: 'book', update: frame(book, 'snapshot', [0.9999, 1e6], [1.0001, 1e6]) });
  else capture.take({ type: 'book', update: whole(book, middle) });
  capture.take({ type: 'bookState', instrument, state: 'live', reason: null, atMs: nowMs });
}
for (let n = 1; n <= updates; n++) {
  nowMs += 1_000 / UPDATES_PER_SECOND;
  const book = books[n % books.length];
  capture.take({ type: 'book', update: delta(book, n) });
  if (n % TICK_EVERY === 0) capture.take({ type: 'tick', nowMs, loopDelayMs: dice(3), queueMs: dice(1_000) / 1_000 });
  if (n % 4_096 === 0) await capture.drained();
}
await capture.end(nowMs);
process.stdout.write(`${JSON.stringify({ updates, bytes: capture.bytes })}\n`);

function delta(book, n) {
  const { middle } = book;
  if (middle === 1) return frame(book, 'delta', [0.9999, 1e6 + dice(1_000)], [1.0001, 1e6 + dice(1_000)]);
  const change = (sign) => {
    const [near, far] = [1, 2 + dice(LEVELS - 2)].map((rank) => price(middle + sign * rank * STEP));
    return [near, dice(4) === 0 ? 0 : 1 + dice(5_000) / 1_000, far, 1 + dice(5_000) / 1_000];
  };
  const wasLifted = book.isLifted;
  book.isLifted =
    n % CROSS_EVERY < books.length && n % books.length === (Math.floor(n / CROSS_EVERY) * 7) % books.length;
  // The whole book, so that it does not cross itself: an opportunity towards it opens, and closes with its next update.
  if (book.isLifted) return whole(book, middle * LIFT);
  if (wasLifted) return whole(book, middle);
  return frame(book, 'delta', change(-1), change(1));
}

function whole(book, middle) {
  return frame(book, 'snapshot', ...[-1, 1].map((sign) => side(middle + sign * STEP, sign * STEP)));
}
