import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ExchangeStatus, SymbolStatus } from '../market/exchange-status.js';
import type { AssetBalance } from './account-reading.js';
import { LiveQuotes } from './live-quotes.js';
import type { AccountBalanceSheet, Portfolio, ValuedAsset } from './portfolio.js';
import { valuePortfolio } from './value-portfolio.js';

type Top = readonly [symbol: string, bid: number | null, ask: number | null, state?: SymbolStatus['state']];

function exchange(id: string, tops: readonly Top[], status: ExchangeStatus['status'] = 'live'): ExchangeStatus {
  const counts = { messages: 1, updates: 1, resyncs: 0, reconnects: 0, sequenceBreaks: 0, strayFaults: 0 };
  return {
    ...{ id, status, integrity: 'verified', clockOffsetMs: 0, messagesPerSecond: 1, lastError: null, ...counts },
    symbols: tops.map(([symbol, bestBid, bestAsk, state = 'live']) => {
      return { symbol, state, bestBid, bestAsk, ageMs: 1, quietMs: 1, sequence: 1 };
    }),
  };
}

function holding(asset: string, total: string | null, free = total): AssetBalance {
  return { asset, free, locked: null, total };
}

function sheet(
  id: string,
  assets: readonly AssetBalance[],
  state: AccountBalanceSheet['state'] = 'fresh',
): AccountBalanceSheet {
  const names = { exchange: id, account: 'main', label: 'read', keyId: `${id}-key` };
  return { ...names, state, reason: null, asOfMs: 1, ageMs: 2, assets };
}

function value(
  sheets: AccountBalanceSheet[],
  statuses: ExchangeStatus[],
  same = ['BTC', 'ETH', 'USDT', 'USDC'],
): Portfolio {
  return valuePortfolio(sheets, { quotes: new LiveQuotes(statuses), sameEverywhere: new Set(same) }, 'add a key');
}

/** One holding at okx, valued. */
function one(asset: string, statuses: ExchangeStatus[]): ValuedAsset {
  return value([sheet('okx', [holding(asset, '2')])], statuses).accounts[0]?.assets[0] as ValuedAsset;
}

const DOLLARS = exchange('kraken', [['USDT/USD', 0.999, 1.001]]);

describe('the value of a holding', () => {
  it('is taken at the best bid of all live books, straight in USD where that can be', () => {
    const books = [
      exchange('kraken', [['BTC/USD', 60_000, 60_010]]),
      exchange('coinbase', [['BTC/USD', 60_005, 60_020]]),
      exchange('okx', [['BTC/USDT', 61_000, 61_001]]),
      DOLLARS,
    ];
    expect(one('BTC', books)).toMatchObject({
      ...{ valueUsd: 120_010, priceUsd: 60_005, valuedBy: 'BTC/USD bid at coinbase', reason: null },
    });
  });

  it('passes through a stablecoin by that coin’s own book: one at 0.97 is worth 0.97', () => {
    const books = [exchange('okx', [['BTC/USDT', 60_000, 60_001]]), exchange('kraken', [['USDT/USD', 0.97, 0.971]])];
    expect(one('USDT', books)).toMatchObject({ valueUsd: 1.94, valuedBy: 'USDT/USD bid at kraken' });
    const { valueUsd, valuedBy } = one('BTC', books);
    expect(valueUsd).toBeCloseTo(2 * 60_000 * 0.97, 6);
    expect(valuedBy).toBe('BTC/USDT bid at okx × USDT/USD bid at kraken');
  });

  it('never takes USDC for USDT or either for USD', () => {
    const books = [exchange('okx', [['USDC/USDT', 0.9, 0.91]]), exchange('kraken', [['USDT/USD', 0.9, 0.91]])];
    expect(one('USDC', books).valueUsd).toBeCloseTo(2 * 0.81, 12);
    expect(one('USDC', [books[0] as ExchangeStatus])).toMatchObject({
      valueUsd: null,
      reason: { code: 'no_usd_rate', message: expect.stringContaining('no live book of USDT/USD') },
    });
    expect(one('USD', [])).toMatchObject({ valueUsd: 2, priceUsd: 1, valuedBy: 'USD itself' });
  });

  it('pays the ask where only the symbol the other way round is traded', () => {
    const books = [exchange('okx', [['USD/EUR', 0.79, 0.8]]), exchange('kraken', [['USD/EUR', 0.8, 0.81]])];
    expect(one('EUR', books)).toMatchObject({ valueUsd: 2.5, valuedBy: 'USD/EUR ask at okx' });
    expect(value([sheet('okx', [holding('EUR', '2')])], books, ['EUR']).accounts[0]?.assets[0]).toMatchObject({
      valuedBy: 'USD/EUR ask at okx',
    });
  });

  it('comes from the account’s own exchange where a ticker may mean two assets', () => {
    const elsewhere = exchange('gate', [['NEIRO/USD', 5, 6]]);
    expect(one('NEIRO', [elsewhere])).toMatchObject({
      valueUsd: null,
      reason: { code: 'not_watched', message: expect.stringContaining('on okx (elsewhere') },
    });
    expect(one('NEIRO', [elsewhere, exchange('okx', [['NEIRO/USDT', 0.5, 0.6]]), DOLLARS])).toMatchObject({
      valuedBy: 'NEIRO/USDT bid at okx × USDT/USD bid at kraken',
    });
  });

  it.each([
    ['a stale book', exchange('kraken', [['BTC/USD', 1, 2, 'stale']])],
    ['a book out of sync', exchange('kraken', [['BTC/USD', 1, 2, 'resyncing']])],
    ['a one-sided book', exchange('kraken', [['BTC/USD', 1, null]])],
    ['a book without bids', exchange('kraken', [['BTC/USD', null, 1]])],
    ['a crossed book', exchange('kraken', [['BTC/USD', 3, 2]])],
    ['an exchange that is down', exchange('kraken', [['BTC/USD', 1, 2]], 'down')],
    ['an exchange that connects', exchange('kraken', [['BTC/USD', 1, 2]], 'connecting')],
  ])('is not known from %s', (_, book) => {
    expect(one('BTC', [book])).toMatchObject({
      ...{ valueUsd: null, priceUsd: null, valuedBy: null },
      reason: { code: 'not_live', message: 'no book of BTC/USD is live now' },
    });
  });

  it('is not known where nothing is listed, or no amount is told', () => {
    expect(one('BTC', [exchange('kraken', [['BTC/USD', null, null, 'unavailable']])]).reason?.code).toBe('not_watched');
    const [account] = value([sheet('okx', [holding('BTC', null)])], [exchange('kraken', [['BTC/USD', 1, 2]])]).accounts;
    expect(account?.assets[0]?.reason?.code).toBe('no_amount');
  });

  it('is that of the free amount where no total is told', () => {
    const books = [exchange('kraken', [['BTC/USD', 10, 11]])];
    expect(value([sheet('okx', [holding('BTC', null, '3')])], books).total.valueUsd).toBe(30);
  });
});

describe('the totals', () => {
  it('say which accounts are stale or missing, and what is not in the sum', () => {
    const books = [exchange('kraken', [['BTC/USD', 10, 11]])];
    const { accounts, total, hint } = value(
      [
        sheet('okx', [holding('BTC', '1'), holding('XYZ', '5')]),
        sheet('bybit', [holding('BTC', '2')], 'stale'),
        sheet('gate', [], 'lost'),
        sheet('kraken', [], 'pending'),
      ],
      books,
    );
    expect(accounts[0]?.total).toEqual({ valueUsd: 10, unvalued: ['XYZ'] });
    expect(total).toEqual({
      ...{ valueUsd: 30, stale: ['bybit'], missing: ['gate', 'kraken'] },
      unvalued: [{ exchange: 'okx', asset: 'XYZ' }],
    });
    expect(hint).toBeNull();
  });

  it('are nothing, with a hint, without accounts', () => {
    expect(value([], [])).toEqual({
      ...{ accounts: [], hint: 'add a key' },
      total: { valueUsd: 0, unvalued: [], stale: [], missing: [] },
    });
  });

  const assets = ['BTC', 'ETH', 'USDT', 'USDC', 'USD', 'XYZ'];
  const ids = ['okx', 'kraken', 'gate'];
  const price = fc.double({ min: 0.01, max: 1e5, noNaN: true });
  const state = fc.constantFrom<SymbolStatus['state']>('live', 'live', 'stale', 'resyncing');
  const top = fc
    .tuple(fc.constantFrom(...assets), fc.constantFrom('USD', 'USDT', 'USDC'), price, state)
    .map(([base, quote, bid, now]): Top => [`${base}/${quote}`, bid, bid * 1.001, now]);
  const statuses = fc.tuple(...ids.map((id) => fc.array(top, { maxLength: 8 }).map((tops) => exchange(id, tops))));
  const amount = fc.nat(10_000_000).map((units) => String(units / 1_000));
  const sheets = fc.tuple(
    ...ids.map((id) =>
      fc.uniqueArray(fc.tuple(fc.constantFrom(...assets), amount), { selector: ([asset]) => asset }).map((held) =>
        sheet(
          id,
          held.map(([asset, units]) => holding(asset, units)),
        ),
      ),
    ),
  );

  it('are the sum of their parts, and each part is valued through live books or told as not', () => {
    fc.assert(
      fc.property(sheets, statuses, (held, markets) => {
        const { accounts, total } = value([...held], [...markets]);
        const parts = accounts.flatMap((account) =>
          account.assets.map((part) => ({ ...part, exchange: account.exchange })),
        );
        const valued = parts.filter(({ valueUsd }) => valueUsd !== null);
        const sum = valued.reduce((before, { valueUsd }) => before + (valueUsd ?? 0), 0);
        // Added up in another order, so but for the last digits.
        expect(Math.abs(total.valueUsd - sum)).toBeLessThanOrEqual(sum * 1e-12);
        expect(total.valueUsd).toBe(accounts.reduce((sum, account) => sum + account.total.valueUsd, 0));
        const left = parts.filter(({ valueUsd }) => valueUsd === null);
        expect(total.unvalued).toEqual(left.map(({ exchange: id, asset }) => ({ exchange: id, asset })));
        for (const part of left) expect(part.reason).not.toBeNull();
        for (const { valuedBy } of valued) {
          for (const [, symbol, id] of (valuedBy ?? '').matchAll(/(\S+) bid at (\w+)/g)) {
            const books = markets.find((market) => market.id === id)?.symbols ?? [];
            expect(books.some((book) => book.symbol === symbol && book.state === 'live')).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
