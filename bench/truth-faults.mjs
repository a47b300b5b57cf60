// What goes wrong while bench:truth measures: every kind of fault at every exchange, in an order that a seed decides.

/** A small generator (mulberry32): the same seed gives the same schedule everywhere. */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled(list, random) {
  const drawn = list.map((value) => [random(), value]);
  return drawn.sort(([a], [b]) => a - b).map(([, value]) => value);
}

const at = (afterMs, fault) => ({ afterMs, fault });
/** Up to three frames of one symbol, or of all, are harmed. */
const MOST_FRAMES = 3;
const frames = (fault) => ({
  ...{ lastsMs: 0, untoldFrames: MOST_FRAMES + 1, healsWithinMs: 5_000 },
  steps: (symbol, coin) => [
    at(0, { fault, count: 1 + Math.floor(coin * MOST_FRAMES), ...(coin < 0.5 ? {} : { symbol }) }),
  ],
});
/** The published book itself differs: it is what it is, so nothing of it is untold. */
const book = (fault, lastsMs, more = {}) => ({
  ...{ lastsMs, untoldMs: 0, healsWithinMs: 10_000 },
  steps: (symbol, coin) => [at(0, { fault, durationMs: lastsMs, ...more, ...(coin < 0.5 ? {} : { symbol }) })],
});
/** Requests fail while the sockets are gone, so that whatever needs them to come back has to wait. */
const requests = (fault, more = {}) => ({
  ...{ lastsMs: 3_000, untoldMs: 0, healsWithinMs: 15_000 },
  steps: () => [at(0, { fault, durationMs: 3_000, ...more }), at(0, { fault: 'kill' })],
});
const clock = (offsetMs) => ({
  ...{ lastsMs: 4_000, untoldMs: 0, healsWithinMs: 10_000, clockMs: offsetMs },
  steps: () => [at(0, { fault: 'clock', offsetMs, durationMs: 4_000 })],
});

/**
 * Every kind. `untoldMs`, or `untoldFrames`: for so long nothing of the book leaves the exchange, or too late, so that nobody
 * can see it.
 * `healsWithinMs`: for so long after its end a book that the service says is not in sync is explained by it, no longer.
 * `clockMs`: what the exchange's clock is ahead by. One that is set back looks like frames that were under way for as much,
 * until the offset learnt before has left the window of a minute; the service's status tells until when.
 */
const KINDS = {
  drop: frames('drop'),
  duplicate: frames('duplicate'),
  reorder: frames('reorder'),
  corrupt: frames('corrupt'),
  delay: {
    ...{ lastsMs: 4_000, untoldMs: 5_500, healsWithinMs: 10_000 },
    steps: (symbol, coin) => [
      at(0, { fault: 'delay', durationMs: 4_000, delayMs: 1_500, ...(coin < 0.5 ? {} : { symbol }) }),
    ],
  },
  hold: {
    ...{ lastsMs: 5_000, untoldMs: 5_000, healsWithinMs: 10_000 },
    steps: (symbol, coin) => [at(0, { fault: 'delay', durationMs: 5_000, ...(coin < 0.5 ? {} : { symbol }) })],
  },
  freeze: {
    ...{ lastsMs: 9_000, untoldMs: 9_000, healsWithinMs: 10_000 },
    steps: () => [at(0, { fault: 'freeze', durationMs: 9_000 })],
  },
  freezeOne: {
    ...{ lastsMs: 9_000, untoldMs: 9_000, healsWithinMs: 10_000 },
    steps: (symbol) => [at(0, { fault: 'freeze', symbol, durationMs: 9_000 })],
  },
  kill: { ...{ lastsMs: 0, untoldMs: 0, healsWithinMs: 10_000 }, steps: () => [at(0, { fault: 'kill' })] },
  stall: {
    ...{ lastsMs: 9_000, untoldMs: 9_000, healsWithinMs: 10_000 },
    steps: () => [at(0, { fault: 'stall', durationMs: 9_000 })],
  },
  refuse: requests('refuse'),
  oneSided: book('oneSided', 3_000),
  crossed: book('crossed', 3_000, { bps: 20 }),
  thin: book('thin', 3_000),
  frozen: book('frozen', 9_000),
  restFail: {
    ...{ lastsMs: 3_000, untoldMs: 0, healsWithinMs: 15_000 },
    steps: (_symbol, coin) => [
      at(0, { fault: 'restFail', durationMs: 3_000, status: [418, 429, 500, 502, 503, 504][Math.floor(coin * 6)] }),
      at(0, { fault: 'kill' }),
    ],
  },
  rateLimit: requests('rateLimit'),
  restTimeout: requests('restTimeout'),
  maintenance: {
    ...{ lastsMs: 4_000, untoldMs: 0, healsWithinMs: 20_000 },
    steps: () => [at(0, { fault: 'maintenance', durationMs: 4_000 })],
  },
  clockAhead: clock(5_000),
  clockBehind: clock(-5_000),
  delist: {
    ...{ lastsMs: 8_000, untoldMs: 8_000, healsWithinMs: 25_000 },
    steps: (symbol) => [at(0, { fault: 'delist', symbol }), at(8_000, { fault: 'relist', symbol })],
  },
  // What is out of reach of the books must leave them alone.
  closeNetwork: {
    ...{ lastsMs: 5_000, untoldMs: 0, healsWithinMs: 0 },
    steps: (symbol) => [
      at(0, { fault: 'closeNetwork', asset: symbol.split('/')[0] }),
      at(5_000, { fault: 'openNetwork', asset: symbol.split('/')[0] }),
    ],
  },
  clear: {
    ...{ lastsMs: 2_000, untoldMs: 2_000, healsWithinMs: 10_000 },
    steps: () => [at(0, { fault: 'freeze', durationMs: 9_000 }), at(2_000, { fault: 'clear' })],
  },
};

/** Between two frames of a book, milliseconds. */
export const paceMs = (exchange) => (exchange === 'hyperliquid' ? 500 : 100);

/** Between two faults, milliseconds, when they need not be closer. */
const USUAL_GAP_MS = 1_200;

/**
 * Decides when which exchange goes wrong how. A round has every kind once, each at another exchange; after as many rounds
 * as there are exchanges every kind has met every exchange.
 *
 * @param listed - Symbols by exchange.
 * @returns Faults in their order: `{fromMs, untilMs, exchange, symbol, kind, steps}`, from the start of the measure; `symbol`
 * is null where it concerns all of them.
 */
export function planFaults(seed, durationMs, listed) {
  const random = randomOf(seed);
  const exchanges = Object.keys(listed);
  const kinds = Object.keys(KINDS);
  const orders = Object.fromEntries(kinds.map((kind) => [kind, shuffled(exchanges, random)]));
  const rounds = exchanges.map((_, round) => shuffled(kinds, random).map((kind) => [kind, orders[kind][round]]));
  const cells = rounds.flat();
  // The last ones must have the time to heal within the measure.
  const usableMs = durationMs - Math.min(20_000, durationMs / 4);
  const gapMs = Math.max(USUAL_GAP_MS, usableMs / cells.length);
  return cells.slice(0, Math.floor(usableMs / gapMs)).map(([kind, exchange], index) => {
    const { steps, lastsMs, untoldFrames = 0, healsWithinMs, clockMs = 0 } = KINDS[kind];
    const untoldMs = KINDS[kind].untoldMs ?? untoldFrames * paceMs(exchange);
    const fromMs = (index + random() * 0.8) * gapMs;
    const symbols = listed[exchange];
    const symbol = symbols[Math.floor(random() * symbols.length)];
    const made = steps(symbol, random());
    const concerned = made.some(({ fault }) => fault.symbol === undefined) ? null : symbol;
    return {
      ...{ kind, exchange, symbol: concerned, fromMs, untilMs: fromMs + lastsMs },
      ...{ untoldMs, healsWithinMs, clockMs },
      steps: made.map(({ afterMs, fault }) => ({ atMs: fromMs + afterMs, fault: { exchange, ...fault } })),
    };
  });
}
