import { beforeEach, describe, expect, it } from '@jest/globals';
import type { MarketEvent } from '../../core/input/market-event.js';
import type { AssetNetwork } from '../../core/market/asset-network.js';
import { BalanceDesk } from './balance-desk.js';
import { NetworkDesk } from './network-desk.js';

const ERC20: AssetNetwork = {
  ...{ network: 'ERC20', contract: '0xabc', deposit: true, withdraw: true, withdrawFee: 1, withdrawMin: 2 },
};
let nowMs = 0;
const events: MarketEvent[] = [];
const told = (): string[] =>
  events.splice(0).map((event) => {
    if (event.type === 'asset') return `${event.asset} ${event.networks.length} @${event.atMs}`;
    return event.type === 'balance' ? `${event.asset} ${String(event.free)} @${event.atMs}` : event.type;
  });

beforeEach(() => {
  nowMs = 1;
  events.length = 0;
});

describe('NetworkDesk', () => {
  const desk = (): NetworkDesk =>
    new NetworkDesk(
      'okx',
      (event) => events.push(event),
      () => nowMs,
    );

  it('tells after every reading, with its own time', () => {
    const networks = desk();
    networks.take(new Map([['USDT', [ERC20]]]));
    nowMs = 2;
    networks.take(new Map([['USDT', [ERC20]]]));
    expect(told()).toEqual(['USDT 1 @1', 'USDT 1 @2']);
  });

  it('tells that the last network went, and nothing of what never had one', () => {
    const networks = desk();
    networks.take(
      new Map([
        ['USDT', [ERC20]],
        ['USD', []],
      ]),
    );
    networks.take(
      new Map([
        ['USDT', []],
        ['USD', []],
      ]),
    );
    expect(told()).toEqual(['USDT 1 @1', 'USDT 0 @1']);
  });

  it('forgets an asset that is watched no more', () => {
    const networks = desk();
    networks.take(new Map([['USDT', [ERC20]]]));
    networks.take(new Map());
    networks.take(new Map([['USDT', []]]));
    expect(told()).toEqual(['USDT 1 @1']);
  });
});

describe('BalanceDesk', () => {
  const desk = (): BalanceDesk =>
    new BalanceDesk(
      'okx',
      (event) => events.push(event),
      () => nowMs,
    );

  it('tells after every reading, and takes back what is watched no more', () => {
    const balances = desk();
    balances.take(
      new Map([
        ['BTC', 1],
        ['SOL', 0],
      ]),
    );
    nowMs = 2;
    balances.take(new Map([['BTC', 1]]));
    expect(told()).toEqual(['BTC 1 @1', 'SOL 0 @1', 'SOL null @2', 'BTC 1 @2']);
  });

  it('takes everything back once when the key goes', () => {
    const balances = desk();
    balances.lose();
    balances.take(new Map([['BTC', 1]]));
    balances.lose();
    balances.lose();
    expect(told()).toEqual(['BTC 1 @1', 'BTC null @1']);
  });

  it('does not tell what it was never told', () => {
    const balances = desk();
    balances.take(new Map([['BTC', null]]));
    balances.take(new Map([['BTC', 3]]));
    balances.take(new Map([['BTC', null]]));
    expect(told()).toEqual(['BTC 3 @1', 'BTC null @1']);
  });
});
