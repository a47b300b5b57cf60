import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Opportunity } from '../../src/core/opportunity/opportunity.js';
import { openDuring, testDatabases } from '../support/databases.js';
import { type HistoryParts, historyOf } from './history-parts.js';
import { BOOKS, DrivenFeed, GATES, OPENED_AT_MS, opportunity, withoutDetails } from '../support/opportunities.js';

const databases = await testDatabases();

describe.each(databases)('the list of opportunities ($kind)', (target) => {
  const opened = openDuring(target);
  let history: HistoryParts;

  beforeEach(async () => {
    await opened.database.query('TRUNCATE opportunities');
    history = historyOf(opened.database, new DrivenFeed());
  });

  const save = (...all: Partial<Opportunity>[]): Promise<void> => history.repository.save(all.map(opportunity));
  const ids = async (query: Record<string, string>): Promise<string[]> =>
    (await history.controller.list(query)).data.map((one) => one.id);

  it('filters by what was asked', async () => {
    const legs = opportunity().legs;
    const elsewhere = legs.map((leg) => ({ ...leg, exchange: leg.side === 'buy' ? 'bybit' : 'okx' }));
    await save(
      { id: 'a', netBps: 5, notional: 50 },
      { id: 'b', symbol: 'ETH/USDT', legs: elsewhere, openedAtMs: OPENED_AT_MS + 1_000 },
      { id: 'c', state: 'closed', closeReason: 'stale', closedAtMs: OPENED_AT_MS + 40, notional: 1e6 },
    );
    expect(await ids({})).toEqual(['b', 'c', 'a']);
    expect(await ids({ sort: 'openedAt' })).toEqual(['a', 'c', 'b']);
    expect(await ids({ symbol: 'ETH/USDT' })).toEqual(['b']);
    expect(await ids({ base: 'BTC' })).toEqual(['c', 'a']);
    expect(await ids({ exchange: 'okx' })).toEqual(['b', 'c', 'a']);
    expect(await ids({ buyExchange: 'okx' })).toEqual(['c', 'a']);
    expect(await ids({ sellExchange: 'okx' })).toEqual(['b']);
    expect(await ids({ minNetBps: '5.0001' })).toEqual(['b', 'c']);
    expect(await ids({ minNotional: '1000000' })).toEqual(['c']);
    expect(await ids({ state: 'closed' })).toEqual(['c']);
    expect(await ids({ state: 'open', base: 'BTC' })).toEqual(['a']);
    expect(await ids({ closeReason: 'stale' })).toEqual(['c']);
    expect(await ids({ symbol: 'DOGE/USDT' })).toEqual([]);
  });

  it('counts those still open as lasting until now', async () => {
    const nowMs = Date.now();
    await save(
      { id: 'short', openedAtMs: nowMs - 60_000, state: 'closed', closedAtMs: nowMs - 59_000 },
      { id: 'open', openedAtMs: nowMs - 60_000 },
    );
    expect(await ids({ minDurationMs: '2000' })).toEqual(['open']);
    expect(await ids({ minDurationMs: '1000' })).toEqual(['short', 'open']);
  });

  it('takes a range as half-open, to the fraction of a millisecond', async () => {
    await save({ id: 'a', openedAtMs: OPENED_AT_MS }, { id: 'b', openedAtMs: OPENED_AT_MS + 0.5 });
    const at = String(OPENED_AT_MS);
    expect(await ids({ from: at })).toEqual(['b', 'a']);
    expect(await ids({ to: at })).toEqual([]);
    expect(await ids({ from: at, to: String(OPENED_AT_MS + 0.5) })).toEqual(['a']);
    expect(await ids({ from: at, to: at })).toEqual([]);
    expect(await ids({ from: new Date(OPENED_AT_MS - 1).toISOString(), to: '2100-01-01' })).toEqual(['b', 'a']);
  });

  it('shows each row as the stream showed it', async () => {
    const one = opportunity({ notionalUsd: 19_204.123456789, peakNetBps: -0.000001, gates: GATES, books: BOOKS });
    await history.repository.save([one]);
    expect((await history.controller.list({})).data).toEqual([withoutDetails(one)]);
    const { series, ...shown } = await history.controller.one(one.id);
    expect(shown).toEqual(one);
    expect(series).toMatchObject({ points: [] });
  });

  it('says that there is no such opportunity, whatever is asked', async () => {
    for (const id of ['nothing', 'a b', '\u0000', "'; DROP TABLE opportunities; --", 'x'.repeat(10_000)]) {
      await expect(history.controller.one(id)).rejects.toMatchObject({ status: 404, code: 'no_such_opportunity' });
    }
    expect(await ids({})).toEqual([]);
  });

  it('pages through every row exactly once, in order, while others are inserted', async () => {
    const run = fc.record({
      offsets: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 25 }),
      inserted: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 6 }),
      limit: fc.integer({ min: 1, max: 7 }),
      sort: fc.constantFrom('openedAt', '-openedAt'),
    });
    await fc.assert(
      fc.asyncProperty(run, async ({ offsets, inserted, limit, sort }) => {
        await opened.database.query('TRUNCATE opportunities');
        const at = (offset: number): number => OPENED_AT_MS + offset / 4;
        const first = offsets.map((offset, i) => ({ id: `row-${i}`, openedAtMs: at(offset) }));
        await save(...first);
        const seen: { readonly id: string; readonly openedAtMs: number }[] = [];
        const late = [...inserted];
        let cursor: string | null = null;
        do {
          const page = await history.controller.list({ limit: String(limit), sort, ...(cursor ? { cursor } : {}) });
          seen.push(...page.data);
          expect(page.hasMore).toBe(page.nextCursor !== null);
          expect(page.data.length).toBeLessThanOrEqual(limit);
          cursor = page.nextCursor;
          const offset = late.pop();
          if (offset !== undefined) await save({ id: `late-${late.length}`, openedAtMs: at(offset) });
        } while (cursor !== null);

        const sign = sort === 'openedAt' ? 1 : -1;
        const before = (a: (typeof seen)[0], b: (typeof seen)[0]): boolean =>
          (a.openedAtMs - b.openedAtMs || (a.id < b.id ? -1 : 1)) * sign < 0;
        seen.slice(1).forEach((one, i) => {
          expect(before(seen[i]!, one)).toBe(true);
        });
        const rows = seen.map((one) => one.id).filter((id) => id.startsWith('row-'));
        expect(new Set(rows).size).toBe(rows.length);
        expect(rows.length).toBe(first.length);
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
