import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BookUpdate } from '../order-book/book-update.js';
import { isSound } from './board-member.js';
import { BoardRig } from './market-board-rig.js';

const instrument = { exchange: 'okx', symbol: 'BTC/USDT' };
let rig: BoardRig;
const member = () => rig.member('okx', 'BTC/USDT');
const state = (to: 'live' | 'resyncing' | 'unavailable', reason: string | null = null): void => {
  if (to !== 'live') rig.books.open(instrument).discard();
  rig.board.takeBookState({ type: 'bookState', instrument, state: to, reason, atMs: rig.nowMs });
};
const delta = (part: Partial<BookUpdate>): void => {
  const times = { sequence: 2, exchangeTimeMs: null, receivedAtMs: rig.nowMs };
  const update: BookUpdate = { v: 1, instrument, kind: 'delta', bids: [], asks: [], ...times, ...part };
  rig.books.open(instrument).apply(update);
  rig.board.takeBook(update);
};

beforeEach(() => {
  rig = new BoardRig().list('okx', 'BTC/USDT', 99, 100);
});

describe('MarketBoard', () => {
  it('tells a proof of life from a change', () => {
    rig.nowMs += 500;
    delta({});
    expect(member()).toMatchObject({ aliveAtMs: 1_000_500, changedAtMs: 1_000_000 });
    rig.nowMs += 500;
    delta({ bids: [98, 1] });
    expect(member().changedAtMs).toBe(1_001_000);
    rig.nowMs += 500;
    delta({ asks: [101, 1] });
    expect(member().changedAtMs).toBe(1_001_500);
  });

  it('knows how long a frame was under way, where both clocks are known', () => {
    const transit = (exchangeTimeMs: number | null, clockOffsetMs: number | null): number => {
      rig.board.takeExchange({ type: 'exchange', exchange: 'okx', state: 'live', clockOffsetMs, atMs: rig.nowMs });
      delta({ exchangeTimeMs });
      return member().transitMs;
    };
    expect(transit(rig.nowMs - 900, 200)).toBe(700);
    expect(transit(rig.nowMs - 900, -1_200)).toBe(2_100);
    expect(transit(rig.nowMs - 100, 200)).toBe(0);
    expect(transit(null, 200)).toBe(0);
    expect(transit(rig.nowMs - 900, null)).toBe(0);
  });

  it('keeps the last tops of a side or a book that is lost, and not of one that cannot be traded', () => {
    delta({ bids: [99, 0] });
    expect(member()).toMatchObject({ lastBid: 99, lastAsk: 100, isWhole: false });
    delta({ bids: [98, 1], asks: [100, 0] });
    expect(member()).toMatchObject({ lastBid: 98, lastAsk: 100, isWhole: false });
    state('resyncing', 'checksum');
    expect(member()).toMatchObject({ lastBid: 98, lastAsk: 100, bookState: 'resyncing', doubt: 'checksum' });
    delta({ bids: [1, 1] });
    expect(member().lastBid).toBe(98);
    state('unavailable', 'not_listed');
    expect(member()).toMatchObject({ lastBid: NaN, lastAsk: NaN });
  });

  it('leans on a book that is connected, whole and young, and on no other', () => {
    const sound = (): boolean => isSound(member(), rig.nowMs, 3_000);
    expect(sound()).toBe(true);
    for (const to of ['down', 'connecting'] as const) expect([rig.state('okx', to), sound()][1]).toBe(false);
    for (const to of ['degraded', 'live'] as const) expect([rig.state('okx', to), sound()][1]).toBe(true);
    rig.nowMs += 3_000;
    expect(sound()).toBe(true);
    rig.nowMs += 1;
    expect(sound()).toBe(false);
    delta({ exchangeTimeMs: rig.nowMs - 3_000 });
    expect(sound()).toBe(true);
    delta({ exchangeTimeMs: rig.nowMs - 3_001 });
    expect(sound()).toBe(false);
    delta({ bids: [100.5, 1] });
    expect(sound()).toBe(false);
    delta({ bids: [100.5, 0] });
    expect(sound()).toBe(true);
  });

  it('leans on no book that was lost, until it has a snapshot again', () => {
    for (const lost of ['resyncing', 'unavailable'] as const) {
      state(lost, 'disconnected');
      expect(isSound(member(), rig.nowMs, 3_000)).toBe(false);
      state('live');
      expect(isSound(member(), rig.nowMs, 3_000)).toBe(false);
      rig.list('okx', 'BTC/USDT', 99, 100);
      expect(isSound(member(), rig.nowMs, 3_000)).toBe(true);
    }
  });

  it('takes proofs of life of what it knows, never back in time', () => {
    const alive = (exchange: string, symbols: string[], atMs: number): number => {
      rig.board.takeAlive({ type: 'alive', exchange, symbols, atMs });
      return member().aliveAtMs;
    };
    expect(alive('okx', ['ETH/USDT', 'BTC/USDT'], 1_000_700)).toBe(1_000_700);
    expect(alive('okx', ['BTC/USDT'], 1_000_300)).toBe(1_000_700);
    expect(alive('kraken', ['BTC/USDT'], 1_009_000)).toBe(1_000_700);
  });

  it('finds every instrument of a symbol and of an asset, until it is forgotten', () => {
    rig.list('gate', 'BTC/USDT', 1, 2).list('bybit', 'BTC/USDC', 1, 2).list('gate', 'ETH/USDT', 1, 2);
    const named = (members: Iterable<{ instrument: { exchange: string } }>): string[] =>
      [...members].map((each) => each.instrument.exchange);
    const groups = (): [string, string[]][] => rig.board.groups().map(({ asset, members }) => [asset, named(members)]);
    expect(named(rig.board.listed('BTC/USDT'))).toEqual(['okx', 'gate']);
    expect(rig.board.listed('DOGE/USDT')).toEqual([]);
    expect(groups()).toEqual([
      ['BTC', ['okx', 'gate', 'bybit']],
      ['ETH', ['gate']],
    ]);
    expect(rig.board.groups()).toBe(rig.board.groups());
    const [gate, bybit] = [rig.member('gate', 'BTC/USDT'), rig.member('bybit', 'BTC/USDC')];
    rig.board.forget(member());
    expect(rig.board.find(instrument)).toBeUndefined();
    expect(named(rig.board.listed('BTC/USDT'))).toEqual(['gate']);
    expect(groups()[0]).toEqual(['BTC', ['gate', 'bybit']]);
    expect(gate.links.map(({ other }) => other)).toEqual([bybit]);
    expect(bybit.links.map(({ other }) => other)).toEqual([gate]);
    rig.board.forget(rig.member('gate', 'ETH/USDT'));
    expect(groups()).toHaveLength(1);
    expect(rig.board.listed('ETH/USDT')).toEqual([]);
  });

  it('joins instruments of two exchanges both ways, seen alike from either', () => {
    rig.list('gate', 'BTC/USDC', 101, 102).list('okx', 'BTC/USDC', 1, 2).list('gate', 'BTC/USDC:USDC-261225', 1, 2);
    const gate = rig.member('gate', 'BTC/USDC');
    const [link] = member().links;
    const back = gate.links.find(({ other }) => other === member());
    expect(member().links).toHaveLength(1);
    expect(link).toMatchObject({ other: gate, hasTwoQuotes: true, route: link?.buying.route });
    expect(link?.buying).toMatchObject({ buy: member(), sell: gate });
    expect(link?.buying).toBe(back?.selling);
    expect(link?.selling).toBe(back?.buying);
    expect(link?.buying.isCrossed).toBe(false);
    expect(rig.member('gate', 'BTC/USDC:USDC-261225').links).toEqual([]);
  });

  it('takes a text that is no symbol for one of its own', () => {
    rig.list('gate', 'what is this', 1, 2);
    expect(rig.member('gate', 'what is this')).toMatchObject({ base: 'what is this', quote: '', product: 'spot' });
  });

  it('knows nothing of a new instrument, not even its fee', () => {
    rig.board.takeFee({ type: 'fee', instrument, takerFeeBps: 7, source: 'account', atMs: 1 });
    expect(member()).toMatchObject({ takerFeeBps: 7, feeSource: 'account' });
    rig.board.takeBookState({
      type: 'bookState',
      instrument: { ...instrument, exchange: 'x' },
      state: 'live',
      reason: null,
      atMs: 1,
    });
    const fresh = rig.member('x', 'BTC/USDT');
    expect(fresh).toMatchObject({ takerFeeBps: NaN, feeSource: 'default', isWhole: false, lastBid: NaN, lastAsk: NaN });
    expect(fresh).toMatchObject({
      aliveAtMs: 0,
      transitMs: 0,
      doubt: null,
      exchange: { state: 'connecting', clockOffsetMs: null },
    });
  });

  it('is quiet exactly while no tops of one quote are crossed and no route is followed', () => {
    const top = fc.option(fc.integer({ min: 95, max: 105 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(top, top), { minLength: 1, maxLength: 20 }), (tops) => {
        rig = new BoardRig();
        for (const [index, [bid, ask]] of tops.entries()) rig.list(`x${index}`, 'BTC/USDT', bid, ask);
        const mine = rig.member('x0', 'BTC/USDT');
        const isCrossed = mine.links.some(({ buying, selling }) => buying.isCrossed || selling.isCrossed);
        const isSelfCrossed = mine.lastBid > mine.lastAsk;
        expect(mine.isQuiet).toBe(!isCrossed && !isSelfCrossed);
        mine.activeRoutes = 1;
        expect(mine.isQuiet).toBe(false);
      }),
    );
  });

  it('compares a new instrument with nothing of one that was forgotten', () => {
    rig.list('gate', 'BTC/USDT', 150, 151);
    expect(member().isQuiet).toBe(false);
    rig.board.forget(rig.member('gate', 'BTC/USDT'));
    expect(member().isQuiet).toBe(true);
    rig.list('bybit', 'BTC/USDT', null, null);
    expect(member().isQuiet).toBe(true);
    rig.list('bybit', 'BTC/USDT', 101, 102);
    expect(member().isQuiet).toBe(false);
  });

  it('keeps links over two quotes apart, for their rates may move while their tops do not', () => {
    rig.list('bybit', 'BTC/USDC', 1, 2).list('gate', 'BTC/USDT', 99, 100);
    expect(member().isQuiet).toBe(true);
    expect(member().convertedLinks.map(({ other }) => other.quote)).toEqual(['USDC']);
    rig.board.forget(rig.member('bybit', 'BTC/USDC'));
    expect(member().convertedLinks).toEqual([]);
  });
});
