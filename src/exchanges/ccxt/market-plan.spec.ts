import { beforeAll, describe, expect, it } from '@jest/globals';
import type { MarketEvent } from '../../core/input/market-event.js';
import { BookRegistry } from '../../core/order-book/book-registry.js';
import { BookDesk } from '../books/book-desk.js';
import { CODECS } from './codecs/codecs.js';
import type { CcxtMarket } from './instance/ccxt-instance.js';
import { createInstance } from './instance/create-instance.js';
import { planMarkets } from './market-plan.js';

/** Instruments as okx lists them: https://www.okx.com/docs-v5/en/#public-data-rest-api-get-instruments */
const ROWS = [
  { instType: 'SPOT', instId: 'BTC-USDT', baseCcy: 'BTC', quoteCcy: 'USDT', ctVal: '', settleCcy: '', uly: '' },
  { instType: 'SWAP', instId: 'BTC-USDT-SWAP', ctType: 'linear', ctVal: '0.01', settleCcy: 'USDT', uly: 'BTC-USDT' },
  { instType: 'SWAP', instId: 'BTC-USD-SWAP', ctType: 'inverse', ctVal: '100', settleCcy: 'BTC', uly: 'BTC-USD' },
  {
    ...{ instType: 'FUTURES', instId: 'BTC-USD-261225', ctType: 'inverse', ctVal: '100', settleCcy: 'BTC' },
    ...{ uly: 'BTC-USD', expTime: '1798185600000' },
  },
  {
    ...{ instType: 'OPTION', instId: 'BTC-USD-261225-90000-C', ctVal: '0.01', settleCcy: 'BTC', uly: 'BTC-USD' },
    ...{ expTime: '1798185600000', stk: '90000', optType: 'C' },
  },
].map((row) => ({ ...row, state: 'live', tickSz: '0.1', lotSz: '1', minSz: '1', ctMult: '1', lever: '10' }));

describe('planMarkets', () => {
  let markets: Record<string, CcxtMarket>;

  beforeAll(() => {
    const okx = createInstance({ exchange: 'okx', gateway: undefined, keepAliveMs: 5_000 });
    const reader = okx as unknown as { parseMarkets(rows: readonly object[]): CcxtMarket[] };
    markets = Object.fromEntries(reader.parseMarkets(ROWS).map((market) => [market.symbol, market]));
  });

  it('sorts what an exchange lists by how its books are taken, with the unit of their sizes', () => {
    const events: MarketEvent[] = [];
    const desk = new BookDesk('okx', new BookRegistry(40), 10, (event) => events.push(event));
    const wanted = [...Object.keys(markets), 'PEPE/USDT'];
    expect(wanted).toHaveLength(ROWS.length + 1);
    const { proven, generic } = planMarkets(wanted, markets, CODECS['okx'], desk, 5);
    expect(proven.map(({ id }) => id)).toEqual(['BTC-USDT']);
    expect(generic.map(({ market, unit }) => [market.symbol, unit])).toEqual([
      ['BTC/USDT:USDT', { factor: 0.01, isInverse: false }],
      ['BTC/USD:BTC', { factor: 100, isInverse: true }],
      ['BTC/USD:BTC-261225', { factor: 100, isInverse: true }],
    ]);
    const unavailable = events.flatMap((event) =>
      event.type === 'bookState' && event.state === 'unavailable' ? [[event.instrument.symbol, event.reason]] : [],
    );
    expect(unavailable).toEqual([
      ['BTC/USD:BTC-261225-90000-C', 'not_tradable'],
      ['PEPE/USDT', 'not_listed'],
    ]);
  });
});
