import { describe, expect, it } from '@jest/globals';
import { around, codes, judge, NOW, refused, told } from './judged-rig.js';
import type { KeyProbeResult } from '../../exchanges/index.js';
import { acknowledge } from './judge-key.js';

describe('a change of what the exchange tells', () => {
  const bound = (...ipList: string[]): KeyProbeResult => told({}, { ipRestricted: true, ipList });
  const open = told({}, { ipRestricted: false, ipList: [] });
  const drift = (before: KeyProbeResult, now: KeyProbeResult): string[] =>
    codes(judge(now, { previous: judge(before) })).filter((code) => code.includes('CHANGED'));

  it.each<[string, KeyProbeResult, KeyProbeResult, string[]]>([
    ['nothing', told(), told(), []],
    ['a wider right', told(), told({ trade: true }), ['PERMISSIONS_CHANGED critical']],
    ['a narrower right', told({ trade: true }), told(), ['PERMISSIONS_CHANGED info']],
    ['a wider and a narrower one', told({ trade: true }), told({ transfer: true }), ['PERMISSIONS_CHANGED critical']],
    ['a right no longer told', told(), told({ trade: null }), []],
    ['a right told for the first time', told({ trade: null }), told({ trade: true }), []],
    ['one more address', bound('1.1.1.1'), bound('1.1.1.1', '2.2.2.2'), ['IP_LIST_CHANGED critical']],
    ['another address', bound('1.1.1.1'), bound('2.2.2.2'), ['IP_LIST_CHANGED critical']],
    ['one address less', bound('1.1.1.1', '2.2.2.2'), bound('2.2.2.2'), ['IP_LIST_CHANGED info']],
    ['another order of addresses', bound('1.1.1.1', '2.2.2.2'), bound('2.2.2.2', '1.1.1.1'), []],
    ['addresses taken off', bound('1.1.1.1'), open, ['IP_LIST_CHANGED critical']],
    ['addresses put on', open, bound('1.1.1.1'), ['IP_LIST_CHANGED info']],
    ['addresses no longer told', bound('1.1.1.1'), told({}, { ipRestricted: null, ipList: null }), []],
    [
      'a binding whose addresses are not told',
      told({}, { ipRestricted: true, ipList: null }),
      told({}, { ipRestricted: false, ipList: null }),
      ['IP_LIST_CHANGED critical'],
    ],
  ])('by %s is weighed', (_name, before, now, findings) => {
    expect(drift(before, now)).toEqual(findings);
  });

  it('stays since it was seen, until the exchange tells the old state again', () => {
    const first = judge(told());
    const changed = judge(told({ trade: true }), { previous: first, nowMs: NOW + 1 });
    const later = judge(told({ trade: true }), { previous: changed, nowMs: NOW + 2 });
    const [finding] = later.findings;
    expect(finding).toMatchObject({ code: 'PERMISSIONS_CHANGED', sinceMs: NOW + 1 });
    expect(finding?.seen).toBe('trade: false before, true now');
    const outage = judge(refused('exchange_down'), { previous: later, nowMs: NOW + 3 });
    expect(codes(outage)).toContain('PERMISSIONS_CHANGED critical');
    const unknown = judge(told({ trade: null }), { previous: outage, nowMs: NOW + 4 });
    expect(codes(unknown)).toEqual([]);
    expect(codes(judge(told({ trade: true }), { previous: unknown }))).toContain('PERMISSIONS_CHANGED critical');
    expect(judge(told(), { previous: outage, nowMs: NOW + 5 })).toMatchObject({ health: 'healthy', findings: [] });
  });

  it('is over when its owner acknowledges it, and the accepted state is the measure from then on', () => {
    const changed = judge(told({ trade: true }), { previous: judge(told()) });
    const accepted = acknowledge(changed, NOW + 1);
    expect(accepted).toMatchObject({ health: 'warning', accepted: { atMs: NOW + 1, scopes: { trade: true } } });
    expect(codes(accepted!)).toEqual(['TRADE_ENABLED warning']);
    expect(codes(judge(told({ trade: true }), { previous: accepted }))).toEqual(['TRADE_ENABLED warning']);
    expect(codes(judge(told(), { previous: accepted }))).toEqual(['PERMISSIONS_CHANGED info']);
    expect(acknowledge(accepted!, NOW + 2)).toBeNull();
  });

  it('is noticed against what a check told that was stored before there was a baseline', () => {
    const { health, findings, facts, checkedAtMs } = judge(told());
    const previous = { health, findings, facts, checkedAtMs };
    const check = judge(told({ withdraw: true }), { previous, nowMs: NOW + 1 });
    expect(codes(check)).toEqual(['WITHDRAW_ENABLED critical', 'PERMISSIONS_CHANGED critical']);
    expect(check.idleSinceMs).toBe(NOW + 1);
  });
});

describe('a use that was not ours', () => {
  const foreign = around({ foreignUses: [{ atMs: NOW, seen: 'withdrawal at noon' }] });

  it('stays until its owner acknowledges it, also through a revocation', () => {
    const used = judge(told(), { previous: judge(told()), ...foreign });
    expect(codes(used)).toEqual(['UNEXPECTED_USE critical']);
    const next = judge(told(), { previous: used, nowMs: NOW + 1 });
    expect(next.findings[0]).toMatchObject({ code: 'UNEXPECTED_USE', seen: 'withdrawal at noon', sinceMs: NOW });
    const revoked = judge(refused('revoked'), { previous: next });
    expect(codes(revoked)).toEqual(['AUTH_FAILED critical', 'UNEXPECTED_USE critical']);
    expect(acknowledge(next, NOW + 2)).toMatchObject({ health: 'healthy', findings: [] });
  });
});

describe('an address of ours', () => {
  const bound = (...ipList: string[]): KeyProbeResult => told({}, { ipRestricted: true, ipList });

  it.each<[string, KeyProbeResult, string[], string[]]>([
    ['is on the list', bound('203.0.113.7'), ['203.0.113.7'], []],
    ['is in a network on the list', bound('198.51.100.1', '203.0.113.0/24'), ['203.0.113.7'], []],
    ['of two is not on the list', bound('203.0.113.7'), ['203.0.113.7', '198.51.100.1'], ['IP_NOT_ALLOWED warning']],
    ['is of another family', bound('2001:db8::/32'), ['203.0.113.7'], ['IP_NOT_ALLOWED warning']],
    ['meets a list that we cannot read', bound('203.0.113.1-203.0.113.9'), ['198.51.100.1'], []],
    ['meets an empty list', bound(), ['198.51.100.1'], []],
    ['is not known', bound('203.0.113.7'), [], []],
  ])('that %s', (_name, outcome, egressAddresses, findings) => {
    const check = judge(outcome, around({ egressAddresses }));
    expect(codes(check)).toEqual(findings);
  });

  it('is named by what a finding on addresses shows and advises', () => {
    const open = judge(told({}, { ipRestricted: false }), around({ egressAddresses: ['203.0.113.7'] }));
    expect(open.findings[0]?.seen).toContain('this machine is seen as 203.0.113.7');
    expect(open.findings[0]?.remedy).toContain('203.0.113.7');
    const outcome = { ...refused('ip_refused'), seenAddress: '198.51.100.9' };
    const check = judge(outcome, { previous: judge(bound('203.0.113.7')), ...around({}) });
    expect(codes(check)).toEqual(['IP_NOT_ALLOWED critical']);
    expect(check.findings[0]?.seen).toContain('198.51.100.9');
  });

  const ambiguous = (seenAddress: string | null): KeyProbeResult => ({
    ...refused('revoked'),
    ...{ rawCode: '-2015', seenAddress },
  });
  const open = told({}, { ipRestricted: false, ipList: null });
  const restricted = told({}, { ipRestricted: true, ipList: null });

  it.each<[string, KeyProbeResult | null, string | null, string, RegExp]>([
    ['never bound', open, '198.51.100.9', 'AUTH_FAILED critical', /bound to no address/],
    ['bound, and moved', restricted, '198.51.100.9', 'IP_NOT_ALLOWED critical', /came from 203/],
    ['bound, not moved', restricted, '203.0.113.7', 'AUTH_FAILED critical', /as before/],
    ['bound, nothing known', restricted, null, 'AUTH_FAILED critical', /^-2015: no$/],
    ['never seen', null, '198.51.100.9', 'AUTH_FAILED critical', /^-2015: no$/],
  ])('tells the meanings of −2015 apart for a key that was %s', (_name, before, seen, code, words) => {
    const previous = before && judge(before);
    const check = judge(ambiguous(seen), { previous, ...around({ egressAddresses: ['203.0.113.7'] }) });
    expect(codes(check)[0]).toBe(code);
    expect(check.findings[0]?.seen).toMatch(words);
  });
});
