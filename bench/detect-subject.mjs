// The detector by itself, fed with prepared book updates in this process. Prints one JSON line:
// `{quietUs, tickedUs, bytesPerUpdate}` for `quiet`, `{us, levels}` for `walk`; µs are of processor time, collection of
// garbage included. Arguments: quiet exchanges symbols updates | walk levels walks
import v8 from 'node:v8';
import { Detector } from '../dist/core/detector/detector.js';
import { BookRegistry } from '../dist/core/order-book/book-registry.js';
import { Ladder } from '../dist/core/order-book/ladder.js';
import { walkLadders } from '../dist/core/spread/ladder-walk.js';
import { detectorSettings } from '../dist/detection/detector-settings.js';
import { loadSettings } from '../dist/platform/config/index.js';

const LEVELS = 50;
/** Prepared updates of each book; they are taken in turn. */
const VARIANTS = 16;
const TICKS_PER_SECOND = 10;
/** Updates a second: two of every book, or a thousand where there are few. */
const rateOf = (books) => Math.max(1_000, 2 * books);

const [scenario, ...rest] = process.argv.slice(2);
const counts = rest.map(Number);
process.stdout.write(`${JSON.stringify(scenario === 'walk' ? walk(...counts) : quiet(...counts))}\n`);

function walk(levels, walks) {
  // Every ask is below every bid, so that the walk goes to the end of both; sizes differ, so that each step uses up one.
  const asks = ladder('ask', levels, (rank) => [100 + rank * 0.01, 1 + (rank % 7)]);
  const bids = ladder('bid', levels, (rank) => [110 - rank * 0.01, 1 + (rank % 5)]);
  let found = 0;
  const us = cpuUs(() => {
    for (let i = 0; i < walks; i++) found += walkLadders(asks, bids, 10, 10).sellLevels;
  });
  return { us: us / walks, levels: found / walks };
}

function quiet(exchanges, symbols, updates) {
  const { detection } = loadSettings({ CROSSBOOK_LOG_LEVEL: 'silent' }, '/');
  const books = new BookRegistry(LEVELS + 10);
  const decided = { count: 0 };
  const count = () => (decided.count += 1);
  const detector = new Detector(detectorSettings(detection, 'bench'), books, {
    opportunity: count,
    refusals: count,
    spreads: () => undefined,
  });
  const feed = openMarkets(detector, books, exchanges, symbols);
  feed.run(updates, true);
  const tickedUs = cpuUs(() => feed.run(updates, true)) / updates;
  const quietUs = cpuUs(() => feed.run(updates, false)) / updates;
  const bytesPerUpdate = allocated(feed, updates);
  if (decided.count > 0) throw new Error(`${decided.count} decisions were made, and nothing should be crossed`);
  return { quietUs, tickedUs, bytesPerUpdate };
}

/** Bytes by which the heap grows from tick to tick, an update; times in which garbage was collected do not count. */
function allocated(feed, updates) {
  let bytes = 0;
  let counted = 0;
  for (let run = 0; run < updates; run += feed.updatesPerTick) {
    const before = v8.getHeapStatistics().used_heap_size;
    feed.run(feed.updatesPerTick, true);
    const grown = v8.getHeapStatistics().used_heap_size - before;
    if (grown < 0) continue;
    bytes += grown;
    counted += feed.updatesPerTick;
  }
  return bytes / counted;
}

/** Makes the markets known, and gives what runs updates over all of them in turn. */
function openMarkets(detector, books, exchanges, symbols) {
  let nowMs = 1_000_000;
  const owners = [];
  for (let e = 0; e < exchanges; e++) {
    const exchange = `exchange${e}`;
    detector.accept({ type: 'exchange', exchange, state: 'live', clockOffsetMs: 5, atMs: nowMs });
    for (let s = 0; s < symbols; s++) {
      const instrument = { exchange, symbol: `C${s}/USDT` };
      const book = books.open(instrument);
      detector.accept({ type: 'bookState', instrument, state: 'live', reason: null, atMs: nowMs });
      detector.accept({ type: 'fee', instrument, takerFeeBps: 10, source: 'account', atMs: nowMs });
      const first = updateOf(instrument, 'snapshot', side(100, -0.01), side(100.01, 0.01), nowMs);
      book.apply(first.update);
      detector.accept(first);
      owners.push({ book, instrument });
    }
  }
  // All books share the prepared updates, which are hot in the cache as a frame is that was parsed just now.
  const variants = Array.from({ length: VARIANTS }, (_, n) =>
    updateOf(owners[0].instrument, 'delta', ...changes(n), 0),
  );
  const tick = { type: 'tick', nowMs, loopDelayMs: 0, queueMs: 0 };
  const rate = rateOf(owners.length);
  const updatesPerTick = rate / TICKS_PER_SECOND;
  let turn = 0;
  return {
    updatesPerTick,
    run(updates, hasTicks) {
      for (let n = 1; n <= updates; n++) {
        nowMs += 1_000 / rate;
        const owner = owners[turn % owners.length];
        const event = variants[Math.floor(turn / owners.length) % VARIANTS];
        turn += 1;
        const { update } = event;
        update.instrument = owner.instrument;
        update.receivedAtMs = nowMs;
        update.exchangeTimeMs = nowMs - 6;
        owner.book.apply(update);
        detector.accept(event);
        if (!hasTicks || n % updatesPerTick !== 0) continue;
        tick.nowMs = nowMs;
        detector.accept(tick);
      }
    },
  };
}

function updateOf(instrument, kind, bids, asks, nowMs) {
  const update = { v: 1, instrument, kind, bids, asks, sequence: 1, exchangeTimeMs: nowMs, receivedAtMs: nowMs };
  return { type: 'book', update };
}

/** Four levels of a delta: the top comes and goes, a size at the top and one deeper change. Never above 100 or below. */
function changes(n) {
  const top = n % 2 === 0 ? 0 : 1 + (n % 5);
  const deep = (n * 7) % LEVELS;
  return [
    [100, top, 100 - deep * 0.01 - 0.01, 1 + n],
    [100.01, top, 100.02 + deep * 0.01, 2 + n],
  ];
}

function side(first, step) {
  return Array.from({ length: LEVELS }, (_, rank) => [first + rank * step, 1.5 + rank]).flat();
}

function ladder(kind, levels, levelOf) {
  const made = new Ladder(kind, levels);
  made.reset(Array.from({ length: levels }, (_, rank) => levelOf(rank)).flat());
  return made;
}

function cpuUs(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
