import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { binanceCodec } from './binance.codec.js';
import { BothWays, type RigMarket } from './both-ways-rig.js';
import { bybitCodec } from './bybit.codec.js';
import type { CodecKind } from './codec.js';
import { gateCodec } from './gate.codec.js';
import { krakenCodec } from './kraken.codec.js';
import { okxCodec } from './okx.codec.js';

/** A JSON text to be written: raw text, an object as its entries, or a list. */
type Tree = string | readonly (readonly [key: string, value: Tree])[] | { readonly list: readonly Tree[] };

/** What is told of one change. */
interface Change {
  readonly first: number;
  readonly last: number;
  readonly bids: Tree;
  readonly asks: Tree;
}

interface Wire {
  readonly kind: CodecKind;
  readonly market: RigMarket;
  /** Makes the book live with one bid of 100 and one ask of 200, sequence 10. */
  readonly begin: (both: BothWays) => void;
  readonly change: (change: Change) => Tree;
  readonly row: (price: string, size: string) => Tree;
}

const raw = (value: unknown): string => JSON.stringify(value);
const pair = (price: string, size: string): Tree => ({ list: [price, size] });
const send = (both: BothWays, frame: object): void => {
  both.receive(Buffer.from(raw(frame)));
};
const market = (exchange: string, id: string, decimals: [number, number] = [0, 0]): RigMarket => ({
  ...{ exchange, symbol: 'BTC/USDT', id, decimals },
});
const SIDES = { b: [['100', '1']], a: [['200', '1']] };

const WIRES: Record<string, Wire> = {
  binance: {
    kind: binanceCodec,
    market: market('binance', 'BTCUSDT'),
    begin: (both) => {
      for (const rig of [both.bytes, both.parsed]) {
        rig.codec.resubscribe('BTCUSDT');
        rig.codec.offerSnapshot?.('BTCUSDT', { bids: SIDES.b, asks: SIDES.a, sequence: 10 }, 1_000);
      }
    },
    change: ({ first, last, bids, asks }) => [
      ...([
        ['e', '"depthUpdate"'],
        ['E', '1700000000000'],
        ['s', '"BTCUSDT"'],
        ['U', raw(first)],
      ] as const),
      ...([
        ['u', raw(last)],
        ['b', bids],
        ['a', asks],
      ] as const),
    ],
    row: pair,
  },
  okx: {
    kind: okxCodec,
    market: market('okx', 'BTC-USDT'),
    begin: (both) => {
      const row = { bids: SIDES.b, asks: SIDES.a, ts: '1700000000000', prevSeqId: -1, seqId: 10 };
      send(both, { arg: { channel: 'books', instId: 'BTC-USDT' }, action: 'snapshot', data: [row] });
    },
    change: ({ first, last, bids, asks }) => [
      [
        'arg',
        [
          ['channel', '"books"'],
          ['instId', '"BTC-USDT"'],
        ],
      ],
      ['action', '"update"'],
      [
        'data',
        {
          list: [
            [
              ...([
                ['asks', asks],
                ['bids', bids],
                ['ts', '"1700000000000"'],
                ['checksum', '-855196043'],
              ] as const),
              ...([
                ['prevSeqId', raw(first - 1)],
                ['seqId', raw(last)],
              ] as const),
            ],
          ],
        },
      ],
    ],
    row: (price, size) => ({ list: [price, size, '"0"', '"4"'] }),
  },
  bybit: {
    kind: bybitCodec,
    market: market('bybit', 'BTCUSDT'),
    begin: (both) => {
      send(both, {
        topic: 'orderbook.50.BTCUSDT',
        type: 'snapshot',
        ts: 1,
        data: { s: 'BTCUSDT', ...SIDES, u: 10 },
        cts: 1,
      });
    },
    change: ({ last, bids, asks }) => [
      ...([
        ['topic', '"orderbook.50.BTCUSDT"'],
        ['type', '"delta"'],
        ['ts', '1700000000001'],
      ] as const),
      [
        'data',
        [
          ['s', '"BTCUSDT"'],
          ['b', bids],
          ['a', asks],
          ['u', raw(last)],
          ['seq', '7961638724'],
        ],
      ],
      ['cts', '1700000000000'],
    ],
    row: pair,
  },
  gate: {
    kind: gateCodec,
    market: market('gate', 'BTC_USDT'),
    begin: (both) => {
      const result = { t: 1, full: true, s: 'ob.BTC_USDT.50', u: 10, ...SIDES };
      send(both, { channel: 'spot.obu', result, time_ms: 1, event: 'update' });
    },
    change: ({ first, last, bids, asks }) => [
      ['channel', '"spot.obu"'],
      [
        'result',
        [
          ...([
            ['t', '1700000000000'],
            ['s', '"ob.BTC_USDT.50"'],
            ['u', raw(last)],
            ['U', raw(first)],
          ] as const),
          ...([
            ['b', bids],
            ['a', asks],
          ] as const),
        ],
      ],
      ...([
        ['time_ms', '1700000000001'],
        ['event', '"update"'],
      ] as const),
    ],
    row: pair,
  },
  kraken: {
    kind: krakenCodec,
    market: market('kraken', 'BTC/USDT', [1, 3]),
    begin: (both) => {
      const side = (price: number) => [{ price, qty: 1 }];
      // A snapshot of a thin book may come without a checksum.
      const data = [{ symbol: 'BTC/USDT', bids: side(100), asks: side(200), timestamp: '2026-08-12T19:28:09.140448Z' }];
      send(both, { channel: 'book', type: 'snapshot', data });
    },
    change: ({ last, bids, asks }) => [
      ...([
        ['channel', '"book"'],
        ['type', '"update"'],
      ] as const),
      [
        'data',
        {
          list: [
            [
              ...([
                ['symbol', '"BTC/USDT"'],
                ['bids', bids],
                ['asks', asks],
                ['checksum', raw(last)],
              ] as const),
              ['timestamp', '"2026-08-12T19:28:09.140448Z"'],
            ],
          ],
        },
      ],
    ],
    row: (price, size) => [
      ['price', price],
      ['qty', size],
    ],
  },
};

const plain = fc.tuple(fc.nat(300), fc.nat(999)).map(([whole, part]) => `${whole}.${part}`);
const odd = fc.oneof(
  fc.bigInt(2n ** 53n - 5n, 2n ** 53n + 5n).map(String),
  fc.stringMatching(/^[0-9]{1,25}\.[0-9]{1,25}$/),
  fc.constantFrom('1e2', '1E-7', '-1', '-0', '01', '.5', '5.', '', '0', '0.0', 'Infinity', 'null', '1\\u0030', '１'),
);
const written = fc
  .tuple(fc.oneof({ weight: 12, arbitrary: plain }, odd), fc.boolean())
  .map(([text, isBare]) => (isBare ? text : `"${text}"`));
const quoted = plain.map((text) => `"${text}"`);

/** How a frame is written otherwise than exchanges do. */
const manner = fc.record({
  turn: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(6)),
  space: fc.constantFrom('', '', '', ' ', '\n'),
  extra: fc.constantFrom<string | null>(null, null, '"é"', '1e9', '-0.5', 'true', '[]', '{}', '"\\u0041"', '"x"'),
  twice: fc.constantFrom(false, false, false, true),
  dropped: fc.option(fc.nat(12), { freq: 8 }),
  damage: fc.option(fc.record({ at: fc.nat(), byte: fc.nat(255), kind: fc.constantFrom('cut', 'set', 'add') }), {
    freq: 3,
  }),
});
const USUAL: Manner = { turn: 0, space: '', extra: null, twice: false, dropped: null, damage: null };
type Manner = typeof manner extends fc.Arbitrary<infer Value> ? Value : never;

const frameOf = (text: fc.Arbitrary<string>, how: fc.Arbitrary<Manner>) => {
  const rows = fc.array(fc.tuple(text, text), { maxLength: 4 });
  return fc.record({ bids: rows, asks: rows, step: fc.constantFrom(1, 1, 1, 2), how });
};
const frames = fc.array(fc.oneof(frameOf(quoted, fc.constant(USUAL)), frameOf(written, manner)), {
  ...{ minLength: 1, maxLength: 6 },
});

function write(tree: Tree, how: Manner): string {
  if (typeof tree === 'string') return tree;
  if ('list' in tree) return `[${tree.list.map((item) => write(item, how)).join(`,${how.space}`)}]`;
  const turned = [...tree.slice(how.turn % tree.length), ...tree.slice(0, how.turn % tree.length)];
  const kept = turned.filter((_, index) => index !== how.dropped);
  if (how.extra !== null) kept.push(['extra', how.extra]);
  if (how.twice) kept.push(kept[0]!);
  return `{${kept.map(([key, value]) => `"${key}":${how.space}${write(value, how)}`).join(',')}}`;
}

function damaged(text: string, { damage }: Manner): Buffer {
  const bytes = Buffer.from(text);
  if (damage === null) return bytes;
  const at = damage.at % bytes.length;
  if (damage.kind === 'cut') return bytes.subarray(0, at);
  if (damage.kind === 'add') return Buffer.concat([bytes, Buffer.of(damage.byte)]);
  bytes[at] = damage.byte;
  return bytes;
}

describe.each(Object.keys(WIRES))('a frame of %s read from its bytes', (name) => {
  const { kind, market: rigMarket, begin, change, row } = WIRES[name]!;
  const tree = (list: readonly [string, string][]): Tree => ({ list: list.map((each) => row(...each)) });

  it('tells exactly what it tells parsed, however it is written or damaged', () => {
    let fromBytes = 0;
    fc.assert(
      fc.property(frames, (sent) => {
        const both = new BothWays(kind, rigMarket);
        begin(both);
        let last = 10;
        for (const { bids, asks, step, how } of sent) {
          const first = last + step;
          last = first;
          const text = write(change({ first, last, bids: tree(bids), asks: tree(asks) }), how);
          const { bytes, parsed } = both.receive(damaged(text, how));
          expect(bytes).toEqual(parsed);
        }
        fromBytes += both.fromBytes;
      }),
      { numRuns: 300 },
    );
    expect(fromBytes).toBeGreaterThan(300);
  });
});
