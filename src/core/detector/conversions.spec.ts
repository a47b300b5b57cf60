import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BoardRig } from './market-board-rig.js';
import type { Conversion } from '../market/conversion.js';
import { Conversions } from './conversions.js';

const limits = { maxAgeMs: 3_000, maxQuietMs: 60_000, depegBandBps: 50 };
let rig: BoardRig;
let conversions: Conversions;

/** What is found for buying in USDT on okx and selling in USDC on gate. */
function found(buy = 'BTC/USDT', sell = 'BTC/USDC'): Conversion | null {
  // As the detector does with every tick: the rig changes books behind its back.
  conversions.noteTime();
  return conversions.find(rig.route(['okx', buy], ['gate', sell]), rig.nowMs);
}
const through = (): string | undefined =>
  found()
    ?.steps.map(({ exchange, symbol }) => `${exchange} ${symbol}`)
    .join(', ');

beforeEach(() => {
  rig = new BoardRig().list('okx', 'BTC/USDT', 99, 100).list('gate', 'BTC/USDC', 101, 102);
  conversions = new Conversions(rig.board, limits);
});

describe('Conversions', () => {
  it('joins nothing without a live book, and never takes two dollars for equal', () => {
    expect(found()).toBeNull();
    rig.list('gate', 'USDC/EUR', 1, 1.1).list('gate', 'ETH/USDC', 1, 1.1);
    expect(found()).toBeNull();
  });

  it('sells what it has at the bid, and pays the fee', () => {
    rig.list('gate', 'USDC/USDT', 0.998, 1.002, 10);
    expect(found()).toEqual({
      ...{ from: 'USDC', to: 'USDT', rate: 0.998 * 0.999, maxAmount: 100 * (0.998 * 0.999), depegBps: null },
      steps: [{ exchange: 'gate', symbol: 'USDC/USDT', side: 'sell', price: 0.998, takerFeeBps: 10 }],
    });
  });

  it('turns no more than the thinner of two best prices holds', () => {
    rig.list('kraken', 'USDC/USD', 0.99, 1).list('kraken', 'USDT/USD', 0.98, 1.01);
    expect(found()?.maxAmount).toBeCloseTo((100 * 0.99) / 1.01, 9);
    rig.list('kraken', 'USDC/USD', 1.04, 1.05);
    expect(found()?.maxAmount).toBe(100);
  });

  it('buys what it wants at the ask, and pays the fee', () => {
    rig.list('gate', 'USDT/USDC', 0.998, 1.002, 10);
    expect(found()).toEqual({
      ...{ from: 'USDC', to: 'USDT', rate: 1 / (1.002 * 1.001), maxAmount: 100, depegBps: null },
      steps: [{ exchange: 'gate', symbol: 'USDT/USDC', side: 'buy', price: 1.002, takerFeeBps: 10 }],
    });
  });

  it('prefers the selling exchange, then the buying one, then whichever gives most', () => {
    rig.list('kraken', 'USDC/USDT', 1.001, 1.002).list('bybit', 'USDC/USDT', 1.003, 1.004);
    rig.list('bitget', 'USDC/USDT', 1.002, 1.003);
    expect(through()).toBe('bybit USDC/USDT');
    rig.list('okx', 'USDC/USDT', 0.999, 1);
    expect(through()).toBe('okx USDC/USDT');
    rig.list('gate', 'USDT/USDC', 1.003, 1.004);
    expect(through()).toBe('gate USDT/USDC');
    rig.list('gate', 'USDC/USDT', 0.99, 1.004);
    expect(through()).toBe('gate USDT/USDC');
    rig.list('gate', 'USDC/USDT', 0.999, 1.004);
    expect(through()).toBe('gate USDC/USDT');
  });

  it('goes through one asset more where no book joins both, USD before others', () => {
    rig
      .list('gate', 'BTC/USDT', 50_000, 50_100)
      .list('kraken', 'USDC/USD', 0.99, 1)
      .list('kraken', 'USDT/USD', 1.01, 1.02, 10);
    const twice = found();
    expect(twice?.steps).toEqual([
      { exchange: 'kraken', symbol: 'USDC/USD', side: 'sell', price: 0.99, takerFeeBps: 0 },
      { exchange: 'kraken', symbol: 'USDT/USD', side: 'buy', price: 1.02, takerFeeBps: 10 },
    ]);
    expect(twice?.rate).toBeCloseTo(0.99 / (1.02 * 1.001), 12);
    expect(twice?.depegBps).toBeCloseTo((1 - 0.99 / 1.02) * 10_000, 9);
    rig.list('kraken', 'USDC/USDT', 0.98, 1);
    expect(found()?.steps).toHaveLength(1);
  });

  it('goes no further than two steps, and through nothing but dollars', () => {
    rig.list('okx', 'ETH/KRW', 99, 100).list('gate', 'ETH/EUR', 101, 102).list('gate', 'BTC/EUR', 90_000, 90_010);
    rig.list('okx', 'USDT/KRW', 1_400, 1_401).list('okx', 'BTC/KRW', 150_000_000, 150_000_001);
    expect(found('ETH/KRW', 'ETH/EUR')).toBeNull();
    rig.list('gate', 'USDC/EUR', 0.9, 0.91).list('gate', 'USDC/USDT', 0.99, 1);
    expect(found('ETH/KRW', 'ETH/EUR')).toBeNull();
    rig.list('gate', 'USDT/EUR', 0.9, 0.91);
    const steps = found('ETH/KRW', 'ETH/EUR')?.steps;
    expect(steps?.map(({ symbol, side }) => `${side} ${symbol}`)).toEqual(['buy USDT/EUR', 'sell USDT/KRW']);
  });

  it.each<[string, () => unknown]>([
    ['is older than it may be', () => (rig.nowMs += 3_001)],
    ['is crossed in itself', () => rig.list('gate', 'USDC/USDT', 1.01, 1)],
    ['has no bid', () => rig.list('gate', 'USDC/USDT', null, 1)],
    ['has no ask', () => rig.list('gate', 'USDC/USDT', 1, null)],
    ['has a fee that nobody told', () => rig.list('gate', 'USDC/USDT', 1, 1.001, NaN)],
    ['is of an exchange that is down', () => rig.state('gate', 'down')],
    ['is of an exchange that connects', () => rig.state('gate', 'connecting')],
  ])('does not lean on a book that %s', (_, spoil) => {
    rig.list('gate', 'USDC/USDT', 1, 1.001);
    expect(found()).not.toBeNull();
    spoil();
    expect(found()).toBeNull();
  });

  it('does not lean on a book that waits for a snapshot, nor on one that has not moved for too long', () => {
    rig.list('gate', 'USDC/USDT', 1, 1.001);
    const instrument = { exchange: 'gate', symbol: 'USDC/USDT' };
    rig.nowMs += 60_000;
    rig.board.takeAlive({ type: 'alive', exchange: 'gate', symbols: ['USDC/USDT'], atMs: rig.nowMs });
    expect(found()).not.toBeNull();
    rig.nowMs += 1;
    expect(found()).toBeNull();
    rig.list('gate', 'USDC/USDT', 1, 1.001);
    expect(found()).not.toBeNull();
    const state = { type: 'bookState', instrument, atMs: rig.nowMs } as const;
    rig.board.takeBookState({ ...state, state: 'resyncing', reason: 'sequence_gap' });
    expect(found()).toBeNull();
  });

  it('does not go through the asset that is traded, which would be the trade itself, turned round', () => {
    rig.list('okx', 'USDT/KRW', 1_400, 1_401).list('gate', 'USDT/EUR', 0.9, 0.91);
    expect(found('USDT/KRW', 'USDT/EUR')).toBeNull();
    rig.list('okx', 'ETH/KRW', 99, 100).list('gate', 'ETH/EUR', 101, 102);
    expect(found('ETH/KRW', 'ETH/EUR')?.steps).toHaveLength(2);
  });

  it('leans on spot alone', () => {
    rig.list('gate', 'USDC/USDT:USDT', 1, 1.001);
    expect(found()).toBeNull();
  });

  it('tells how far a stablecoin is from parity, beyond its band and only between dollars', () => {
    rig.list('gate', 'USDC/USDT', 0.9951, 1.002, 10);
    expect(found()?.depegBps).toBeNull();
    rig.list('gate', 'USDC/USDT', 0.9949, 1.002, 10);
    expect(found()?.depegBps).toBeCloseTo(51, 6);
    rig.list('gate', 'USDC/USDT', 1.0052, 1.006);
    expect(found()?.depegBps).toBeCloseTo(52, 6);
    rig.list('gate', 'USDT/USDC', 0.5, 0.8).list('gate', 'USDC/USDT', null, null);
    expect(found()?.depegBps).toBeCloseTo(2_500, 6);
    rig.list('gate', 'BTC/EUR', 101, 102).list('gate', 'EUR/USDT', 1.1, 1.2);
    expect(found('BTC/USDT', 'BTC/EUR')).toMatchObject({ rate: 1.1, depegBps: null });
    rig.list('okx', 'BTC/USD', 99, 100).list('gate', 'USDC/USD', 0.9, 0.91);
    expect(found('BTC/USD')?.depegBps).toBeCloseTo(1_000, 6);
  });

  it('never gives more than the best bid and ask of any book would, and less with every fee', () => {
    const quote = fc.tuple(
      fc.integer({ min: 900, max: 1_100 }),
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 0, max: 90 }),
    );
    fc.assert(
      fc.property(quote, quote, ([bid, width, fee], [inverse, gap, other]) => {
        rig.list('kraken', 'USDC/USDT', bid / 1_000, (bid + width) / 1_000, fee);
        rig.list('bybit', 'USDT/USDC', inverse / 1_000, (inverse + gap) / 1_000, other);
        const best = Math.max(
          (bid / 1_000) * (1 - fee / 10_000),
          1 / (((inverse + gap) / 1_000) * (1 + other / 10_000)),
        );
        expect(found()?.rate).toBeCloseTo(best, 12);
      }),
    );
  });
});

describe('Conversions.refresh', () => {
  const refreshed = (): number => {
    const route = rig.route(['okx', 'BTC/USDT'], ['gate', 'BTC/USDC']);
    conversions.refresh(route, rig.nowMs);
    return route.rate;
  };

  it('takes two dollars that nothing ever joined for equal, so that their route is refused and not forgotten', () => {
    expect(refreshed()).toBe(1);
    rig.list('okx', 'BTC/EUR', 1, 2);
    const route = rig.route(['okx', 'BTC/EUR'], ['gate', 'BTC/USDC']);
    conversions.refresh(route, rig.nowMs);
    expect(route.rate).toBeNaN();
  });

  it('looks again only when a book of money changed or time passed', () => {
    rig.list('gate', 'USDC/USDT', 0.99, 1);
    expect(refreshed()).toBe(0.99);
    rig.list('gate', 'USDC/USDT', 0.98, 1);
    expect(refreshed()).toBe(0.99);
    expect(conversions.noteChange(rig.member('gate', 'USDC/USDT'))).toBe(true);
    expect(refreshed()).toBe(0.98);
    rig.list('gate', 'USDC/USDT', 0.97, 1);
    conversions.noteTime();
    expect(refreshed()).toBe(0.97);
  });

  it('keeps the last known rate where no book joins the quotes any more', () => {
    rig.list('gate', 'USDC/USDT', 0.99, 1);
    expect(refreshed()).toBe(0.99);
    rig.state('gate', 'down');
    conversions.noteTime();
    expect(refreshed()).toBe(0.99);
  });

  it.each(['USD', 'USDT', 'DAI', 'EUR', 'GBP', 'JPY', 'KRW', 'TRY', 'BRL', 'AUD', 'CHF'])(
    'takes %s for money',
    (asset) => {
      rig.list('kraken', `${asset}/XYZ`, 1, 2);
      expect(conversions.noteChange(rig.member('kraken', `${asset}/XYZ`))).toBe(true);
    },
  );

  it('takes no notice of books that convert nothing', () => {
    rig.list('kraken', 'BTC/USDT', 1, 2).list('gate', 'USDC/USDT', 0.99, 1);
    expect(refreshed()).toBe(0.99);
    rig.list('gate', 'USDC/USDT', 0.98, 1);
    expect(conversions.noteChange(rig.member('kraken', 'BTC/USDT'))).toBe(false);
    expect(refreshed()).toBe(0.99);
  });

  it('leaves routes of one quote alone', () => {
    rig.list('gate', 'BTC/USDT', 1, 2);
    const route = rig.route(['okx', 'BTC/USDT'], ['gate', 'BTC/USDT']);
    conversions.refresh(route, rig.nowMs);
    expect(route).toMatchObject({ rate: 1, rateVersion: -1 });
  });
});
