import {
  ACCOUNT_EXCHANGES,
  type Fault,
  type KeyChange,
  SIMULATED_EXCHANGES,
  type SimulatedExchange,
} from '../../src/simulator/index.js';

/** One way in which an exchange goes wrong, and what must be seen of it. */
export interface Trial {
  /** Name in the table. */
  readonly name: string;
  /** What is injected, in order. */
  readonly faults: (exchange: SimulatedExchange, symbol: string) => readonly Fault[];
  /** What becomes of the key that the exchange is given before: the books must not care. */
  readonly key?: KeyChange | 'revoked';
  /** What is injected once its time is over. */
  readonly end?: (exchange: SimulatedExchange, symbol: string) => readonly Fault[];
  /** How long it lasts, milliseconds; 0 for what happens once. */
  readonly lastsMs: number;
  /** True when the service must have thrown a book of the exchange away for it. */
  readonly mustShow: boolean;
  /** Exchanges that it cannot be done to, with why. */
  readonly except?: Partial<Record<SimulatedExchange, string>>;
}

/** Longer than any feed of these may be silent before it is distrusted. */
const LONG_MS = 9_000;
const NO_NUMBER = { hyperliquid: 'every frame is the whole book, without sequence or checksum' };

type Kind = 'duplicate' | 'reorder' | 'drop' | 'corrupt';
function frames(fault: Kind, mustShow: boolean, except: Trial['except'] = {}): Trial {
  return {
    name: fault,
    faults: (exchange, symbol) => [{ exchange, symbol, fault, count: 1 }],
    ...{ lastsMs: 0, mustShow, except },
  };
}

function book(fault: 'oneSided' | 'crossed' | 'thin' | 'frozen', lastsMs: number, mustShow: boolean): Trial {
  return {
    name: fault,
    faults: (exchange, symbol) => [{ exchange, symbol, fault, durationMs: lastsMs }],
    ...{ lastsMs, mustShow },
  };
}

/** Requests fail while the sockets are gone, so that whatever needs them to come back has to wait. */
function rest(name: string, fault: (exchange: SimulatedExchange) => Fault, lastsMs: number): Trial {
  return {
    name,
    faults: (exchange) => [fault(exchange), { exchange, fault: 'kill' }],
    ...{ lastsMs, mustShow: true },
  };
}

const NO_ACCOUNT = Object.fromEntries(
  SIMULATED_EXCHANGES.filter((exchange) => !(ACCOUNT_EXCHANGES as readonly string[]).includes(exchange)).map(
    (exchange) => [exchange, 'public data only'],
  ),
);

function key(name: string, change: KeyChange | 'revoked'): Trial {
  return { name, faults: () => [], key: change, lastsMs: 0, mustShow: false, except: NO_ACCOUNT };
}

/** Every trial, in the order of the table. */
export const TRIALS: readonly Trial[] = [
  frames('drop', true, NO_NUMBER),
  frames('duplicate', false),
  frames('reorder', false),
  frames('corrupt', true, NO_NUMBER),
  {
    name: 'delay',
    faults: (exchange, symbol) => [{ exchange, symbol, fault: 'delay', delayMs: 1_500, durationMs: 4_000 }],
    ...{ lastsMs: 5_500, mustShow: false },
  },
  {
    name: 'freeze',
    faults: (exchange) => [{ exchange, fault: 'freeze', durationMs: LONG_MS }],
    ...{ lastsMs: LONG_MS, mustShow: true },
  },
  {
    name: 'freeze one',
    faults: (exchange, symbol) => [{ exchange, symbol, fault: 'freeze', durationMs: LONG_MS }],
    ...{ lastsMs: LONG_MS, mustShow: true },
  },
  { name: 'kill', faults: (exchange) => [{ exchange, fault: 'kill' }], lastsMs: 0, mustShow: true },
  {
    name: 'stall',
    faults: (exchange) => [{ exchange, fault: 'stall', durationMs: LONG_MS }],
    ...{ lastsMs: LONG_MS, mustShow: true },
  },
  rest('refuse', (exchange) => ({ exchange, fault: 'refuse', durationMs: 3_000 }), 3_000),
  book('oneSided', 2_000, false),
  book('crossed', 2_000, true),
  book('thin', 2_000, false),
  book('frozen', LONG_MS, false),
  rest('REST 503', (exchange) => ({ exchange, fault: 'restFail', status: 503, durationMs: 3_000 }), 3_000),
  rest('REST 429', (exchange) => ({ exchange, fault: 'restFail', status: 429, durationMs: 3_000 }), 3_000),
  rest('REST 418', (exchange) => ({ exchange, fault: 'restFail', status: 418, durationMs: 3_000 }), 3_000),
  rest('rate limit', (exchange) => ({ exchange, fault: 'rateLimit', durationMs: 3_000 }), 3_000),
  rest('REST silent', (exchange) => ({ exchange, fault: 'restTimeout', durationMs: 3_000 }), 3_000),
  {
    name: 'maintenance',
    faults: (exchange) => [{ exchange, fault: 'maintenance', durationMs: 4_000 }],
    ...{ lastsMs: 4_000, mustShow: true },
  },
  ...[5_000, -5_000].map((offsetMs) => ({
    name: `clock ${offsetMs > 0 ? '+' : '−'}5 s`,
    faults: (exchange: SimulatedExchange): readonly Fault[] => [
      { exchange, fault: 'clock', offsetMs, durationMs: 3_000 },
    ],
    ...{ lastsMs: 3_000, mustShow: false },
  })),
  {
    name: 'delist',
    faults: (exchange, symbol) => [{ exchange, symbol, fault: 'delist' }],
    end: (exchange, symbol) => [{ exchange, symbol, fault: 'relist' }],
    // Some exchanges let their list be read every few seconds only.
    ...{ lastsMs: 12_000, mustShow: true },
  },
  key('key revoked', 'revoked'),
  key('key expired', { expiresAtMs: 1 }),
  key('key re-scoped', { scopes: { read: false, withdraw: true } }),
  key('key IP list', { ipList: ['192.0.2.7'] }),
];
