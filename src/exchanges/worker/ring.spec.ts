import { MessageChannel } from 'node:worker_threads';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BookUpdate } from '../../core/order-book/book-update.js';
import { SystemClock } from '../../platform/clock/index.js';
import type { Told } from './messages.js';
import { Bell, MAX_RECORD, Ring } from './ring.js';
import { RingDrain } from './ring-drain.js';
import { RingReader } from './ring-reader.js';
import { RingWriter } from './ring-writer.js';

const bookUpdate = (atMs: number, symbol = 'BTC/USDT', changed: Partial<BookUpdate> = {}): Told => ({
  type: 'book',
  update: {
    v: 1,
    instrument: { exchange: 'okx', symbol },
    kind: 'delta',
    bids: [10, 1],
    asks: [11, 2],
    sequence: 7,
    exchangeTimeMs: null,
    receivedAtMs: atMs,
    ...changed,
  },
});
const idle = new SystemClock();

/** Rings as threads share them, written and read by this one. */
function setUp(rings = 1) {
  const taken: Told[] = [];
  const memory = Bell.allocate();
  const drain = new RingDrain(new Bell(memory), (told) => taken.push(told));
  let rung = 0;
  const ports: { close(): void }[] = [];
  const writers = Array.from({ length: rings }, () => {
    const shared = Ring.allocate();
    const { port1, port2 } = new MessageChannel();
    ports.push(port1);
    drain.add(new RingReader(new Ring(shared), port1));
    return new RingWriter(new Ring(shared), new Bell(memory), port2, idle, () => (rung += 1));
  });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const close = (): void => {
    for (const port of ports) port.close();
  };
  return { taken, drain, writers, turn, close, rung: () => rung };
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const levels = fc.array(finite, { maxLength: 60 }).map((values) => values.slice(0, values.length & ~1));
const update: fc.Arbitrary<Told> = fc
  .record({
    v: fc.constant(1 as const),
    instrument: fc.record({
      exchange: fc.constantFrom('okx', 'kraken'),
      symbol: fc.constantFrom('A/B', 'B/C', 'C/D:D'),
    }),
    kind: fc.constantFrom('snapshot' as const, 'delta' as const),
    bids: levels,
    asks: levels,
    sequence: fc.option(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
    exchangeTimeMs: fc.option(finite),
    receivedAtMs: finite,
    limit: fc.integer({ min: 1, max: 5_000 }),
  })
  .chain((whole) => fc.boolean().map((hasLimit) => (hasLimit ? whole : withoutLimit(whole))))
  .map((each) => ({ type: 'book', update: each }));
const other: fc.Arbitrary<Told> = fc.record({ atMs: finite, takerFeeBps: finite }).map(({ atMs, takerFeeBps }) => {
  return { type: 'fee', instrument: { exchange: 'okx', symbol: 'A/B' }, takerFeeBps, source: 'market', atMs };
});

function withoutLimit(whole: BookUpdate): BookUpdate {
  const { limit, ...rest } = whole;
  return limit === undefined ? whole : rest;
}

describe('a ring', () => {
  it('brings everything over as it was told, in its order, round and round', () => {
    const { taken, drain, writers, close } = setUp();
    let told = 0;
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 4, arbitrary: update }, other), { minLength: 10, maxLength: 60 }),
        (list) => {
          taken.length = 0;
          for (const each of list) writers[0]?.tell(each);
          drain.run();
          told += list.length;
          expect(taken).toEqual(list);
        },
      ),
      { numRuns: 200 },
    );
    expect(told).toBeGreaterThan(1_000);
    close();
  });

  it('keeps its order where it wraps, many times over', () => {
    const { taken, drain, writers, close } = setUp();
    const wide = Array.from({ length: 4_000 }, (_, n) => n + 1);
    for (let round = 0; round < 400; round++) {
      writers[0]?.tell(bookUpdate(round, 'BTC/USDT', { bids: wide, sequence: round }));
      drain.run();
    }
    expect(taken.length).toBe(400);
    expect(taken.at(-1)).toEqual(bookUpdate(399, 'BTC/USDT', { bids: wide, sequence: 399 }));
    close();
  });

  it('brings a book over that is larger than a record may be', () => {
    const { taken, drain, writers, close } = setUp();
    const all = Array.from({ length: MAX_RECORD * 2 }, (_, n) => n + 1);
    const list = [bookUpdate(1), bookUpdate(2, 'BTC/USDT', { kind: 'snapshot', bids: all }), bookUpdate(3)];
    for (const each of list) writers[0]?.tell(each);
    drain.run();
    expect(taken).toEqual(list);
    close();
  });

  it('is merged with others by time, each in its own order', () => {
    const { taken, drain, writers, close } = setUp(2);
    // The first update of a ring also names its instrument.
    writers[0]?.tell(bookUpdate(1, 'A/B'));
    writers[1]?.tell(bookUpdate(2, 'B/C'));
    drain.run();
    taken.length = 0;
    for (const atMs of [11, 14, 15, 19]) writers[0]?.tell(bookUpdate(atMs, 'A/B'));
    for (const atMs of [12, 13, 18, 16]) writers[1]?.tell(bookUpdate(atMs, 'B/C'));
    drain.run();
    expect(taken.map((told) => (told.type === 'book' ? told.update.receivedAtMs : NaN))).toEqual([
      11, 12, 13, 14, 15, 18, 16, 19,
    ]);
    close();
  });

  it('rings once for a turn of the event loop, and only for a reader that sleeps', async () => {
    const { drain, writers, turn, close, rung } = setUp(2);
    for (let n = 0; n < 50; n++) for (const writer of writers) writer.tell(bookUpdate(n));
    expect(rung()).toBe(0);
    await turn();
    expect(rung()).toBe(1);
    writers[0]?.tell(bookUpdate(60));
    await turn();
    expect(rung()).toBe(1);
    drain.run();
    writers[0]?.tell(bookUpdate(61));
    await turn();
    expect(rung()).toBe(1);
    await delay(20);
    writers[0]?.tell(bookUpdate(62));
    await turn();
    expect(rung()).toBe(2);
    close();
  });

  it('takes no more in one turn than requests and timers can wait for, and the rest in the next', async () => {
    const { taken, drain, writers, turn, close } = setUp();
    for (let n = 0; n < 2_500; n++) writers[0]?.tell(bookUpdate(n));
    drain.run();
    expect(taken.length).toBeLessThanOrEqual(1_000);
    for (let n = 0; n < 5; n++) await turn();
    expect(taken.length).toBe(2_500);
    close();
  });
});
