import { describe, expect, it } from '@jest/globals';
import { around, codes, DAY_MS, judge, judged, NOW, refused, told } from './judged-rig.js';
import type { KeyProbeResult } from '../../exchanges/index.js';
import type { KeyCheck } from '../stored-key.js';
import { nextChangeMs } from './age-findings.js';
import type { Circumstances } from './circumstances.js';
import { acknowledge, judgeDuplicate, rejudgeKey } from './judge-key.js';

describe('time', () => {
  const made = NOW - 80 * DAY_MS;
  const steady = told({}, { createdAtMs: made });

  it.each<[string, Partial<Circumstances>, KeyProbeResult, number, string[]]>([
    ['of a young key', {}, steady, NOW, []],
    ['of an old key', {}, steady, made + 90 * DAY_MS, ['ROTATION_DUE warning']],
    [
      'of a key that is here for long',
      { addedAtMs: NOW - 90 * DAY_MS, workedAtMs: NOW },
      told(),
      NOW,
      ['ROTATION_DUE warning'],
    ],
    ['of an idle key', { addedAtMs: NOW - 30 * DAY_MS }, steady, NOW, ['NEVER_USED info']],
    ['of a key that works', { addedAtMs: NOW - 30 * DAY_MS, workedAtMs: NOW - DAY_MS }, steady, NOW, []],
    ['of a master key', { masterKeyCreatedAtMs: NOW - 364 * DAY_MS }, steady, NOW, []],
    ['of an old master key', { masterKeyCreatedAtMs: NOW - 365 * DAY_MS }, steady, NOW, ['MASTER_KEY_OLD info']],
    ['of a very old one', { masterKeyCreatedAtMs: NOW - 730 * DAY_MS }, steady, NOW, ['MASTER_KEY_OLD warning']],
  ])('%s is judged', (_name, rest, outcome, nowMs, findings) => {
    expect(codes(judge(outcome, around(rest, nowMs)))).toEqual(findings);
  });

  it('reminds step by step without asking the exchange, each step at its time', () => {
    const ending = judge(told({}, { expiresAtMs: NOW + 40 * DAY_MS }), around({ workedAtMs: NOW + 40 * DAY_MS }));
    const seen: string[] = [];
    let check = ending;
    for (const days of [31, 30, 14, 7, 1, 0]) {
      const nowMs = NOW + (40 - days) * DAY_MS;
      check = rejudgeKey(judged({ previous: check, ...around({ workedAtMs: nowMs }, nowMs) }))!;
      seen.push(`${days}: ${codes(check).join() || 'none'}`);
      expect(check.checkedAtMs).toBe(NOW);
    }
    expect(seen).toEqual([
      '31: none',
      '30: EXPIRES_SOON info',
      '14: EXPIRES_SOON warning',
      '7: EXPIRES_SOON warning',
      '1: EXPIRES_SOON critical',
      '0: KEY_EXPIRED critical',
    ]);
  });

  it('says when it changes a verdict next', () => {
    const next = (check: KeyCheck, nowMs: number, rest: Partial<Circumstances> = {}): number =>
      (nextChangeMs(check, judged({ previous: check, ...around({ workedAtMs: nowMs, ...rest }, nowMs) })) - NOW) /
      DAY_MS;
    const ending = judge(told({}, { expiresAtMs: NOW + 20 * DAY_MS }));
    expect([0, 6, 13, 19, 20].map((day) => next(ending, NOW + day * DAY_MS))).toEqual([6, 13, 19, 20, 50]);
    expect(next(judge(steady), NOW)).toBe(10); // Its rotation is due.
    expect(next(judge(steady), NOW + 11 * DAY_MS)).toBe(41); // It is idle then.
    const duplicate = judgeDuplicate(judged({ previous: judge(told()) }), 'again');
    expect(next(duplicate, NOW)).toBe(1);
  });

  it('ends the mark of a key that was offered twice after a day, or when it is acknowledged', () => {
    const marked = judgeDuplicate(judged({ previous: judge(told()) }), 'offered again');
    expect(codes(marked)).toEqual(['DUPLICATE_KEY info']);
    const next = judge(told(), { previous: marked, nowMs: NOW + DAY_MS - 1 });
    expect(next.findings[0]).toMatchObject({ code: 'DUPLICATE_KEY', seen: 'offered again', sinceMs: NOW });
    expect(codes(judge(told(), { previous: next, nowMs: NOW + DAY_MS }))).toEqual([]);
    expect(codes(rejudgeKey(judged({ previous: next, nowMs: NOW + DAY_MS }))!)).toEqual([]);
    expect(codes(acknowledge(next, NOW + 1)!)).toEqual([]);
  });

  it('does not turn a key yellow that its exchange never spoke of, and reminds of nothing at a dead one', () => {
    const old = around({ addedAtMs: NOW - 100 * DAY_MS, workedAtMs: NOW });
    const unseen = judge(refused('exchange_down'), old);
    expect([unseen.health, codes(unseen)]).toEqual(['unknown', ['ROTATION_DUE warning', 'EXCHANGE_UNREACHABLE info']]);
    const dead = judge(refused('revoked'), old);
    expect(codes(rejudgeKey(judged({ previous: dead, ...old }))!)).toEqual(['AUTH_FAILED critical']);
    expect(rejudgeKey(judged())).toBeNull();
  });
});

describe('a key that waits for its deletion', () => {
  it('is not in trouble when the exchange knows it no more, and is in want of no rotation', () => {
    const state = 'awaiting_deletion' as const;
    const old = { state, ...around({ addedAtMs: NOW - 100 * DAY_MS }) };
    expect(codes(judge(told(), old))).toEqual([]);
    expect(codes(judge(refused('revoked'), old))).toEqual(['AUTH_FAILED info']);
    expect(codes(judge(refused('ip_refused'), old))).toEqual(['IP_NOT_ALLOWED critical']);
  });
});
