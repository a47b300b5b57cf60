import { describe, expect, it } from '@jest/globals';
import type { DetectionInput } from '../input/market-event.js';
import { inputFault } from './check-input.js';

const instrument = { exchange: 'okx', symbol: 'BTC/USDT' };
const update = {
  v: 1,
  instrument,
  kind: 'snapshot',
  bids: [1, 2],
  asks: [],
  sequence: null,
  exchangeTimeMs: null,
  receivedAtMs: 5.25,
} as const;
const network = {
  network: 'ERC20',
  contract: null,
  deposit: true,
  withdraw: null,
  withdrawFee: 1,
  withdrawMin: null,
};

const VALID: { [Type in DetectionInput['type']]: Extract<DetectionInput, { type: Type }> } = {
  book: { type: 'book', update },
  bookState: { type: 'bookState', instrument, state: 'resyncing', reason: 'checksum', atMs: 1 },
  exchange: { type: 'exchange', exchange: 'okx', state: 'live', clockOffsetMs: -1_272.3, atMs: 1 },
  alive: { type: 'alive', exchange: 'okx', symbols: ['BTC/USDT'], atMs: 1 },
  fee: { type: 'fee', instrument, takerFeeBps: -0.5, source: 'account', atMs: 1 },
  asset: { type: 'asset', exchange: 'okx', asset: 'BTC', networks: [network], atMs: 1 },
  balance: { type: 'balance', exchange: 'okx', asset: 'BTC', free: null, atMs: 1 },
  identity: { type: 'identity', verdict: 'deny', asset: 'NEIRO', exchanges: ['gate', 'okx'], evidence: 'x', atMs: 1 },
  tick: { type: 'tick', nowMs: 1, loopDelayMs: 0, queueMs: 0 },
  ownership: { type: 'ownership', assets: ['BTC'], atMs: 1 },
  due: { type: 'due', atMs: 1 },
};

describe('inputFault', () => {
  it.each(Object.values(VALID))('takes $type as it came, and after JSON', (input) => {
    expect(inputFault(input)).toBeNull();
    expect(inputFault(JSON.parse(JSON.stringify(input)))).toBeNull();
  });

  it.each(Object.values(VALID))('refuses $type without any one of its fields', (input) => {
    for (const field of Object.keys(input)) {
      const rest = Object.fromEntries(Object.entries(input).filter(([name]) => name !== field));
      expect(inputFault(rest)).toContain(field === 'type' ? 'type must be book' : `${field} must be`);
    }
  });

  it.each([
    [
      'levels that are text',
      { ...VALID.book, update: { ...update, bids: ['1', '2'] } },
      'update.bids must hold numbers',
    ],
    [
      'a price without a size',
      { ...VALID.book, update: { ...update, asks: [1] } },
      'update.asks must be a list of price',
    ],
    ['another version', { ...VALID.book, update: { ...update, v: 2 } }, 'update.v must be "1"'],
    ['an unknown state', { ...VALID.bookState, state: 'gone' }, 'state must be "live" or "resyncing"'],
    ['a symbol that is none', { ...VALID.alive, symbols: [7] }, 'symbols[0] must be a text'],
    ['half a network', { ...VALID.asset, networks: [network, {}] }, 'networks[1].network must be a text'],
    ['one exchange', { ...VALID.identity, exchanges: ['okx'] }, 'exchanges must hold two exchanges'],
    ['what is not a number', { ...VALID.tick, nowMs: NaN }, 'nowMs must be a number'],
    ['nothing', null, 'an entry must be an object'],
  ])('refuses %s', (_, value, message) => {
    expect(inputFault(value)).toContain(message);
  });
});
