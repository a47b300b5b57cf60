import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ProblemError } from '../platform/http/index.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { parseOpportunityQuery } from './opportunity-query.js';

function problem(raw: Record<string, unknown>): ProblemError {
  try {
    parseOpportunityQuery(raw);
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('parseOpportunityQuery', () => {
  it('asks for the hundred newest when nothing is asked', () => {
    expect(parseOpportunityQuery({})).toEqual({ limit: 100, sort: '-openedAt' });
  });

  it('reads every parameter', () => {
    const cursor = encodeCursor({ sort: 'openedAt', openedAtMs: 5.5, id: 'a-1' });
    const raw = {
      symbol: 'BTC/USDT:USDT',
      base: 'BTC',
      exchange: 'okx',
      buyExchange: 'okx',
      sellExchange: 'kraken',
      minNetBps: '-1.5e1',
      minNotional: '100',
      minDurationMs: '0.5',
      state: 'closed',
      closeReason: 'too_thin',
      from: '1795000000000.25',
      to: '2026-11-22T10:00:00+01:00',
      limit: '1000',
      sort: 'openedAt',
      cursor,
    };
    expect(parseOpportunityQuery(raw)).toEqual({
      ...raw,
      minNetBps: -15,
      minNotional: 100,
      minDurationMs: 0.5,
      from: 1_795_000_000_000.25,
      to: Date.UTC(2026, 10, 22, 9),
      limit: 1000,
      cursor: { sort: 'openedAt', openedAtMs: 5.5, id: 'a-1' },
    });
  });

  it.each([
    ['limit', '0'],
    ['limit', '1001'],
    ['limit', '1e2'],
    ['limit', ''],
    ['minNetBps', 'x'],
    ['minNetBps', 'Infinity'],
    ['minNetBps', '1e999'],
    ['minNotional', '-1'],
    ['minDurationMs', ' '],
    ['state', 'opened'],
    ['closeReason', 'bored'],
    ['symbol', 'btc-usdt'],
    ['symbol', `${'A'.repeat(5_000)}/B`],
    ['exchange', "okx' OR 1=1"],
    ['base', '\u0000'],
    ['from', 'yesterday'],
    ['to', '2026-02-30'],
    ['sort', 'netBps'],
    ['cursor', 'bm9uZQ'],
    ['cursor', 'x'.repeat(10_000)],
  ])('refuses %s=%j by its name and value, in bounded words', (field, value) => {
    const { status, code, detail, field: named } = problem({ [field]: value });
    expect({ status, code, named }).toEqual({ status: 400, code: 'bad_query', named: field });
    expect(detail).toContain(field);
    expect(detail).toContain(JSON.stringify(value).slice(0, 40));
    expect(detail.length).toBeLessThan(300);
  });

  it('refuses a repeated and an unknown parameter', () => {
    expect(problem({ symbol: ['BTC/USDT', 'ETH/USDT'] }).detail).toBe('symbol was given more than once; give it once');
    const unknown = problem({ minNetBsp: '5' });
    expect(unknown.field).toBe('minNetBsp');
    expect(unknown.detail).toContain('minNetBps');
  });

  it('refuses a range that ends before it begins, and a cursor of another order', () => {
    expect(problem({ from: '2', to: '1' }).field).toBe('from');
    const cursor = encodeCursor({ sort: 'openedAt', openedAtMs: 1, id: 'a' });
    expect(problem({ cursor }).field).toBe('cursor');
  });
});

describe('a cursor', () => {
  it('comes back as it was given', () => {
    const ids = fc.stringMatching(/^[\x21-\x7e]{1,200}$/);
    const times = fc.double({ min: 0, max: 8.64e15, noNaN: true });
    fc.assert(
      fc.property(ids, times, fc.constantFrom('openedAt' as const, '-openedAt' as const), (id, openedAtMs, sort) => {
        expect(decodeCursor(encodeCursor({ sort, openedAtMs, id }))).toEqual({ sort, openedAtMs: openedAtMs + 0, id });
      }),
    );
  });

  it('is nothing else than ours', () => {
    const wrong: unknown[] = [[], {}, 1, [2, 'openedAt', 1, 'a'], [1, 'x', 1, 'a'], [1, 'openedAt', '1', 'a']];
    wrong.push([1, 'openedAt', -1, 'a'], [1, 'openedAt', 1, ''], [1, 'openedAt', 1, 'a b'], [1, 'openedAt', 1, 'a', 2]);
    for (const value of wrong) {
      expect(decodeCursor(Buffer.from(JSON.stringify(value)).toString('base64url'))).toBeNull();
    }
    fc.assert(fc.property(fc.string(), (text) => decodeCursor(text) === null));
  });
});
