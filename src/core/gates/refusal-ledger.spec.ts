import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crossRoute } from '../market/route.js';
import { RefusalLedger } from './refusal-ledger.js';
import { REFUSAL_REASONS, type RefusalMinute, type RefusalReason } from './refusal-reason.js';

const MINUTE = 60_000;
const routeTo = (exchange: string): ReturnType<typeof crossRoute> =>
  crossRoute({ exchange: 'okx', symbol: 'BTC/USDT' }, { exchange, symbol: 'BTC/USDC' });
const route = routeTo('binance');
const measure = (): Record<string, number> => ({ lateMs: 1 });

function ledger(): { minutes: RefusalMinute[][]; ledger: RefusalLedger } {
  const minutes: RefusalMinute[][] = [];
  return { minutes, ledger: new RefusalLedger('e1', (rows) => minutes.push([...rows])) };
}

describe('RefusalLedger', () => {
  it('counts an entry once, and all the time that was spent in it', () => {
    const { ledger: made } = ledger();
    made.advance(1_000);
    for (const nowMs of [1_000, 1_100, 1_200]) made.note(route, 'stale', nowMs, measure);
    expect(made.counts(1_500)).toEqual([
      {
        ...{ routeId: route.id, symbol: 'BTC/USDT', buyExchange: 'okx', sellExchange: 'binance' },
        ...{ reason: 'stale', entries: 1, durationMs: 500, lastAtMs: 1_500, measured: { lateMs: 1 } },
      },
    ]);
    made.note(route, null, 1_700, measure);
    made.note(route, null, 1_800, measure);
    expect(made.counts(9_000)).toMatchObject([{ entries: 1, durationMs: 700, lastAtMs: 1_700 }]);
  });

  it('goes from one reason to another at once, and counts a second entry into the first', () => {
    const { ledger: made } = ledger();
    made.note(route, 'stale', 0, measure);
    made.note(route, 'late', 100, measure);
    made.note(route, 'stale', 250, () => ({ lateMs: 7 }));
    expect(made.counts(300)).toMatchObject([
      { reason: 'stale', entries: 2, durationMs: 150, lastAtMs: 300, measured: { lateMs: 7 } },
      { reason: 'late', entries: 1, durationMs: 150, lastAtMs: 250 },
    ]);
  });

  it('tells each entry once to who asks, the reason that was entered longest ago first', () => {
    const { ledger: made } = ledger();
    made.note(route, 'stale', 0, measure);
    made.note(route, 'late', 100, measure);
    expect(made.takeEntered(150)).toMatchObject([
      { entered: 1, refusal: { reason: 'stale', entries: 1, durationMs: 100 } },
      { entered: 1, refusal: { reason: 'late', entries: 1, durationMs: 50 } },
    ]);
    expect(made.takeEntered(200)).toEqual([]);
    for (const nowMs of [300, 500]) {
      made.note(route, null, nowMs - 50);
      made.note(route, 'late', nowMs, measure);
    }
    expect(made.takeEntered(600)).toMatchObject([{ entered: 2, refusal: { reason: 'late', entries: 3 } }]);
  });

  it('counts the entries into each reason over all routes, those of every minute together', () => {
    const { ledger: made } = ledger();
    expect([...made.totals()]).toEqual(REFUSAL_REASONS.map((reason) => [reason, 0]));
    const other = routeTo('kraken');
    made.note(route, 'stale', 0, measure);
    made.note(other, 'stale', 0, measure);
    made.note(route, 'stale', 5, measure);
    made.note(route, 'late', 10, measure);
    made.advance(2 * MINUTE);
    made.note(route, null, 2 * MINUTE);
    made.note(route, 'late', 2 * MINUTE + 1, measure);
    made.noteSpell(route, 'flicker', 0, 5, {});
    const entered = [...made.totals()].filter(([, entries]) => entries > 0);
    expect(Object.fromEntries(entered)).toEqual({ stale: 2, late: 2, flicker: 1 });
  });

  it('shows the minute that is not over as it stands, and tells it whole once it is', () => {
    const { minutes, ledger: made } = ledger();
    made.advance(10 * MINUTE);
    made.note(route, 'stale', 10 * MINUTE + 1_000, measure);
    expect(made.minute(10 * MINUTE + 1_500)).toMatchObject([
      { minuteMs: 10 * MINUTE, reason: 'stale', entries: 1, durationMs: 500 },
    ]);
    made.advance(11 * MINUTE);
    expect(minutes).toMatchObject([[{ entries: 1, durationMs: 59_000 }]]);
    expect(made.minute(11 * MINUTE)).toEqual([]);
    expect(made.minute(11 * MINUTE + 7)).toMatchObject([{ minuteMs: 11 * MINUTE, entries: 0, durationMs: 7 }]);
  });

  it('asks what was measured once an entry', () => {
    const { ledger: made } = ledger();
    let asked = 0;
    const asking = (): Record<string, number> => ({ asked: (asked += 1) });
    for (const nowMs of [1, 2, 3]) made.note(route, 'late', nowMs, asking);
    made.note(route, null, 4, asking);
    expect(asked).toBe(1);
  });

  it('tells a minute once it is over, and one that goes on as no entry of the next', () => {
    const { minutes, ledger: made } = ledger();
    made.advance(10 * MINUTE + 59_000);
    made.note(route, 'quote', 10 * MINUTE + 59_000, measure);
    made.advance(11 * MINUTE - 1);
    expect(minutes).toEqual([]);
    made.advance(11 * MINUTE);
    const row = { routeId: route.id, symbol: 'BTC/USDT', buyExchange: 'okx', sellExchange: 'binance' };
    expect(minutes).toEqual([
      [{ v: 1, epoch: 'e1', minuteMs: 10 * MINUTE, ...row, reason: 'quote', entries: 1, durationMs: 1_000 }],
    ]);
    made.note(route, null, 11 * MINUTE + 500, measure);
    made.advance(12 * MINUTE + 1);
    expect(minutes[1]).toMatchObject([{ minuteMs: 11 * MINUTE, entries: 0, durationMs: 500 }]);
    made.advance(13 * MINUTE);
    expect(minutes).toHaveLength(2);
  });

  it('tells each minute of a spell that nobody looked at for hours', () => {
    const { minutes, ledger: made } = ledger();
    made.advance(30_000);
    made.note(route, 'stale', 30_000, measure);
    made.advance(3 * 60 * MINUTE + 5);
    expect(minutes).toHaveLength(180);
    expect(minutes.map(([row]) => row?.minuteMs)).toEqual(minutes.map((_, index) => index * MINUTE));
    expect(minutes.flat().map(({ durationMs }) => durationMs)).toEqual([
      30_000,
      ...new Array<number>(179).fill(MINUTE),
    ]);
  });

  it('passes over hours in which nothing stood at once', () => {
    const { minutes, ledger: made } = ledger();
    made.advance(0);
    made.note(route, 'stale', 0, measure);
    made.note(route, null, 10, measure);
    const awakeMs = 100_000_000 * MINUTE;
    made.advance(awakeMs + 30_000);
    made.note(route, 'stale', awakeMs + 30_000, measure);
    made.end(awakeMs + 30_100);
    expect(minutes.flat()).toMatchObject([
      { minuteMs: 0, entries: 1, durationMs: 10 },
      { minuteMs: awakeMs, entries: 1, durationMs: 100 },
    ]);
  });

  it('takes a refusal that is over already', () => {
    const { minutes, ledger: made } = ledger();
    made.advance(1_000);
    made.noteSpell(route, 'flicker', 1_000, 1_070, { passedForMs: 70 });
    expect(made.counts(5_000)).toMatchObject([
      { reason: 'flicker', entries: 1, durationMs: 70, lastAtMs: 1_070, measured: { passedForMs: 70 } },
    ]);
    made.end(5_000);
    expect(minutes.flat()).toMatchObject([{ reason: 'flicker', entries: 1, durationMs: 70 }]);
  });

  it('goes on counting a route that was forgotten and is back', () => {
    const { ledger: made } = ledger();
    made.note(route, 'late', 0, measure);
    made.note(route, null, 10, measure);
    made.note(routeTo('binance'), 'late', 100, measure);
    expect(made.counts(150)).toMatchObject([{ entries: 2, durationMs: 60, lastAtMs: 150 }]);
  });

  it('ends every spell at the end', () => {
    const { minutes, ledger: made } = ledger();
    made.advance(0);
    made.note(route, 'late', 0, measure);
    made.end(40);
    expect(made.counts(90)).toMatchObject([{ durationMs: 40 }]);
    made.end(80);
    expect(minutes.flat()).toMatchObject([{ durationMs: 40 }]);
  });

  it('has in its minutes what it has in all, no minute longer than one, whatever comes', () => {
    const routes = ['binance', 'kraken'].map(routeTo);
    const reason = fc.constantFrom<RefusalReason | null>('stale', 'late', 'quote', null);
    const move = fc.tuple(fc.nat({ max: 90_000 }), fc.nat({ max: 1 }), reason);
    fc.assert(
      fc.property(fc.array(move, { minLength: 1, maxLength: 60 }), (moves) => {
        const { minutes, ledger: made } = ledger();
        const spent = new Map<string, number>();
        const standing = new Map<string, RefusalReason | null>();
        let nowMs = 5_000;
        for (const [passed, which, next] of moves) {
          for (const [id, why] of standing) spent.set(`${id} ${why}`, (spent.get(`${id} ${why}`) ?? 0) + passed);
          nowMs += passed;
          made.advance(nowMs);
          const moved = routes[which] as (typeof routes)[number];
          made.note(moved, next, nowMs, measure);
          standing.set(moved.id, next);
        }
        made.end(nowMs);
        const rows = minutes.flat();
        for (const { routeId, reason: why, entries, durationMs } of made.counts(nowMs)) {
          const own = rows.filter((row) => row.routeId === routeId && row.reason === why);
          expect(own.reduce((sum, row) => sum + row.durationMs, 0)).toBe(durationMs);
          expect(own.reduce((sum, row) => sum + row.entries, 0)).toBe(entries);
          expect(durationMs).toBe(spent.get(`${routeId} ${why}`) ?? 0);
        }
        const keys = rows.map((row) => `${row.routeId} ${row.reason} ${row.minuteMs}`);
        expect(new Set(keys).size).toBe(keys.length);
        expect(Math.max(0, ...rows.map(({ durationMs }) => durationMs))).toBeLessThanOrEqual(MINUTE);
        expect(rows.every(({ minuteMs }) => minuteMs % MINUTE === 0)).toBe(true);
      }),
    );
  });
});
