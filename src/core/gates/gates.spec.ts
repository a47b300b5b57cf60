import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SomeFacts, anyCandidate, candidate } from './candidate-rig.js';
import { GATES, judge } from './gates.js';
import { REFUSAL_REASONS } from './refusal-reason.js';

describe('gates', () => {
  it('have one reason each, in the order in which reasons are listed', () => {
    expect(GATES.map(({ reason }) => reason)).toEqual(REFUSAL_REASONS);
  });

  it('accept together what has nothing wrong with it', () => {
    expect(judge(candidate())).toBeNull();
  });

  it('refuse with the first that does, and with none when none does', () => {
    fc.assert(
      fc.property(anyCandidate, (any) => {
        const first = GATES.find((gate) => gate.refuses(any)) ?? null;
        expect(judge(any)).toBe(first);
      }),
    );
  });

  it('measure numbers, words and nothing else, each name ending in what it is', () => {
    fc.assert(
      fc.property(anyCandidate, (any) => {
        for (const gate of GATES) {
          for (const [name, value] of Object.entries(gate.measure(any))) {
            expect(value === null || ['number', 'string'].includes(typeof value)).toBe(true);
            expect(name).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
          }
        }
      }),
    );
  });

  it.each<[string, SomeFacts]>([
    ['exchange_down', { buy: { exchangeState: 'down', book: 'none', asOfMs: 0 } }],
    ['out_of_sync', { buy: { book: 'waiting', asOfMs: 0 }, lateMs: 999 }],
    ['one_sided', { buy: { bid: null }, sell: { bid: 103, ask: 102 } }],
    ['crossed_book', { sell: { bid: 103, ask: 102, asOfMs: 0 } }],
    ['stale', { buy: { asOfMs: 0 }, lateMs: 999 }],
    ['skewed', { buy: { asOfMs: 997_000 }, sell: { asOfMs: 999_999 }, lateMs: 999 }],
    ['late', { lateMs: 999, identity: { proof: null, reason: '' } }],
    ['identity', { identity: { proof: null, reason: '' }, hasTwoQuotes: true }],
    ['quote', { hasTwoQuotes: true, walk: { size: 0, notional: 0, netBps: NaN } }],
    ['below_threshold', { walk: { size: 0, notional: 0, netBps: NaN } }],
    ['too_thin', { walk: { size: 1, notional: 1, netBps: 9_999 } }],
    ['too_good', { walk: { size: 1, notional: 500, netBps: 9_999 }, requireTransfer: true, transfer: null }],
    ['not_transferable', { requireTransfer: true, transfer: null, minDwellMs: 9 }],
    ['flicker', { minDwellMs: 9 }],
  ])('tell %s though later gates would refuse as well', (reason, facts) => {
    expect(judge(candidate(facts))?.reason).toBe(reason);
  });
});
