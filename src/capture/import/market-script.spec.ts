import { describe, expect, it } from '@jest/globals';
import type { DetectionInput } from '../../core/input/market-event.js';
import { MarketScript, type ScriptOptions } from './market-script.js';

const instrument = { exchange: 'okx', symbol: 'BTC/USDT' };

function script(options: Partial<ScriptOptions> = {}): { script: MarketScript; told: DetectionInput[] } {
  const told: DetectionInput[] = [];
  const all = { feeBps: () => 12, tickMs: null, pars: [], ...options };
  return { script: new MarketScript((input) => told.push(input), all), told };
}

const types = (told: readonly DetectionInput[]): string[] => told.map(({ type }) => type);

describe('MarketScript', () => {
  it('introduces an instrument with its fee and its exchange before the first book, and as live after it', () => {
    const { script: market, told } = script();
    market.top(instrument, [1, 2, 3, 4], null, 50);
    market.top(instrument, [1, 2, 3, 5], [1, 2, 3, 4], 60);
    expect(types(told)).toEqual(['fee', 'exchange', 'book', 'bookState', 'book']);
    expect(told[0]).toMatchObject({ takerFeeBps: 12, source: 'default', atMs: 50 });
    expect(told[2]).toMatchObject({ update: { kind: 'snapshot', bids: [1, 2], asks: [3, 4], receivedAtMs: 50 } });
  });

  it('takes a top that did not change for proof of life alone', () => {
    const { script: market, told } = script();
    market.top(instrument, [1, 2, 3, 4], [1, 2, 3, 4], 60);
    expect(told).toEqual([{ type: 'alive', exchange: 'okx', symbols: ['BTC/USDT'], atMs: 60 }]);
  });

  it('tells the clock at its period, never late, and once at the end', () => {
    const { script: market, told } = script({ tickMs: 100 });
    for (const atMs of [1_000, 1_050, 1_340]) market.passTo(atMs);
    market.finish();
    market.finish();
    expect(told).toEqual(
      [1_100, 1_200, 1_300, 1_340].map((nowMs) => ({ type: 'tick', nowMs, loopDelayMs: 0, queueMs: 0 })),
    );
    expect(market.endedAtMs).toBe(1_340);
  });

  it("tells the offset of an exchange's clock when it moved by more than a millisecond", () => {
    const { script: market, told } = script();
    const frame = (receivedAtMs: number, exchangeTimeMs: number): void => {
      const sides = { bids: [1, 1], asks: [2, 1], sequence: 1 };
      market.book({ v: 1, instrument, kind: 'snapshot', ...sides, receivedAtMs, exchangeTimeMs });
    };
    frame(1_000, 2_270);
    frame(1_100, 2_370.5);
    frame(1_200, 2_475);
    const offsets = told.flatMap((input) => (input.type === 'exchange' ? [input.clockOffsetMs] : []));
    expect(offsets).toEqual([-1_270, -1_275]);
  });

  it('keeps an assumed book alive without a fee, on an exchange that does not exist', () => {
    const { script: market, told } = script({ pars: ['USDT/USD'], feeBps: () => 99 });
    for (const atMs of [0, 500, 1_000, 1_999, 2_500]) market.passTo(atMs);
    const books = told.flatMap((input) => (input.type === 'book' ? [input.update] : []));
    expect(books.map(({ receivedAtMs }) => receivedAtMs)).toEqual([0, 1_000, 2_500]);
    expect(books[0]).toMatchObject({ instrument: { exchange: 'assumed', symbol: 'USDT/USD' }, bids: [1, 1e9] });
    expect(told.find(({ type }) => type === 'fee')).toMatchObject({ takerFeeBps: 0 });
    expect(market.instruments).toEqual([]);
  });
});
