import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CodecRig } from './codec-rig.js';
import { DigitCrc } from './crc32.js';
import { krakenCodec } from './kraken.codec.js';

const market = { exchange: 'kraken', symbol: 'BTC/USD', id: 'BTC/USD', decimals: [1, 8] as [number, number] };
type Level = readonly [number, number];

/** The exchange's recipe over texts, as its guide describes it; written apart from the code under test. */
function documented(asks: readonly Level[], bids: readonly Level[]): number {
  const strip = (text: string): string => text.replace('.', '').replace(/^0+/, '');
  const text = [...asks.slice(0, 10), ...bids.slice(0, 10)]
    .map(([p, q]) => strip(p.toFixed(1)) + strip(q.toFixed(8)))
    .join('');
  return crc32(text);
}
const rows = (levels: readonly Level[]): object[] => levels.map(([price, qty]) => ({ price, qty }));
const frame = (type: string, bids: readonly Level[], asks: readonly Level[], checksum?: number): object => ({
  channel: 'book',
  type,
  data: [{ symbol: 'BTC/USD', bids: rows(bids), asks: rows(asks), checksum, timestamp: '2026-01-02T03:04:05.678901Z' }],
});
const side = (from: number, step: number, length: number): Level[] =>
  Array.from({ length }, (_, rank) => [from + rank * step, 0.001 + rank / 8] as const);
const bids = side(64_000, -0.5, 100);
const asks = side(64_000.5, 0.5, 100);

describe('kraken codec', () => {
  it('proves snapshot and deltas by their checksum', () => {
    const rig = new CodecRig(krakenCodec, market);
    rig.receive(frame('snapshot', bids, asks, documented(asks, bids)));
    const changed: Level[] = [[64_000.5, 0.25], ...asks.slice(1)];
    rig.receive(frame('update', [], [[64_000.5, 0.25]], documented(changed, bids)));
    expect(rig.states).toEqual(['connecting', 'live']);
    expect(rig.book.asks.size(0)).toBe(0.25);
    expect(rig.book.exchangeTimeMs).toBe(Date.parse('2026-01-02T03:04:05.678Z'));
  });

  it('throws the book away when the checksum differs, and tells nothing of that frame', () => {
    const rig = new CodecRig(krakenCodec, market);
    rig.receive(frame('snapshot', bids, asks, documented(asks, bids)));
    rig.receive(frame('update', [[64_000, 3]], [], documented(asks, bids)));
    expect(rig.states.at(-1)).toBe('checksum');
    expect(rig.events.filter((event) => event.type === 'book')).toHaveLength(1);
    rig.receive(frame('update', [[64_000, 4]], [], 1));
    expect(rig.book.isUsable).toBe(false);
  });

  it('cuts levels that are pushed out, which the exchange does not delete', () => {
    const rig = new CodecRig(krakenCodec, market);
    rig.receive(frame('snapshot', bids, asks, documented(asks, bids)));
    const better: Level[] = [[64_000.1, 1.5], ...bids];
    rig.receive(frame('update', [[64_000.1, 1.5]], [], documented(asks, better)));
    expect(rig.book.bids.length).toBe(100);
    expect(rig.book.bids.price(99)).toBe(bids[98]![0]);
    const told = rig.events.flatMap((event) => (event.type === 'book' ? [event.update.bids] : [])).at(-1);
    expect(told).toEqual([64_000.1, 1.5, bids[99]![0], 0]);
  });

  it('takes a thin snapshot that comes without a checksum', () => {
    const rig = new CodecRig(krakenCodec, market);
    rig.receive(frame('snapshot', bids.slice(0, 2), asks.slice(0, 2)));
    expect(rig.states).toEqual(['connecting', 'live']);
  });

  it('names the market whose subscription is refused', () => {
    const rig = new CodecRig(krakenCodec, market);
    rig.receive({ method: 'subscribe', success: false, error: 'Already subscribed', symbol: 'BTC/USD', time_in: '' });
    expect(rig.refused).toEqual(['BTC/USD Already subscribed']);
  });

  it('leaves heartbeats, status and pongs to others', () => {
    const rig = new CodecRig(krakenCodec, market);
    for (const other of [{ channel: 'heartbeat' }, { channel: 'status', data: [] }, { method: 'pong' }]) {
      expect(rig.receive(other)).toBe(false);
    }
  });
});

describe('DigitCrc', () => {
  it('equals the CRC-32 of the digits for any number', () => {
    const value = fc.tuple(fc.integer({ min: 1, max: 2 ** 40 }), fc.integer({ min: 0, max: 8 }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), (values) => {
        const crc = new DigitCrc();
        crc.reset();
        for (const [digits, decimals] of values) crc.add(digits / 10 ** decimals, 10 ** decimals);
        expect(crc.value).toBe(crc32(values.map(([digits]) => String(digits)).join('')));
      }),
    );
  });

  it('takes sizes beyond the integers that a double holds', () => {
    const crc = new DigitCrc();
    crc.reset();
    crc.add(123_456_789_012, 1e8);
    expect(crc.value).toBe(crc32('12345678901200000000'));
  });
});
