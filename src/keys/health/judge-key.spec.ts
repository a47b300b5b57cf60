import { describe, expect, it } from '@jest/globals';
import { codes, DAY_MS, facts, judge, judged, NOW, refused, told } from './judged-rig.js';
import type { KeyProbeFailureCode, KeyProbeResult } from '../../exchanges/index.js';
import type { KeyHealth } from '../key-health.js';
import type { KeyCheck } from '../stored-key.js';
import { judgeBrokenSeal } from './judge-key.js';

describe('judgeKey', () => {
  it.each<[string, KeyProbeResult, KeyHealth, string[]]>([
    ['reads only, from one address', told(), 'healthy', []],
    ['may withdraw', told({ withdraw: true }), 'critical', ['WITHDRAW_ENABLED critical']],
    ['may trade', told({ trade: true }), 'warning', ['TRADE_ENABLED warning']],
    ['may transfer', told({ transfer: true }), 'warning', ['TRANSFER_ENABLED warning']],
    ['works from anywhere', told({}, { ipRestricted: false }), 'warning', ['NO_IP_RESTRICTION warning']],
    [
      'may trade from anywhere',
      told({ trade: true }, { ipRestricted: false }),
      'critical',
      ['NO_IP_RESTRICTION critical', 'TRADE_ENABLED warning'],
    ],
    [
      'may withdraw from anywhere',
      told({ withdraw: true }, { ipRestricted: false }),
      'critical',
      ['WITHDRAW_ENABLED critical', 'NO_IP_RESTRICTION critical'],
    ],
    ['may not read', told({ read: false }), 'warning', ['SCOPE_MISSING warning']],
    ['does not tell of withdrawals', told({ withdraw: null }), 'unknown', []],
    ['does not tell of trades', told({ trade: null }), 'unknown', []],
    ['does not tell of addresses', told({}, { ipRestricted: null }), 'healthy', []],
    ['ends in 31 days', told({}, { expiresAtMs: NOW + 31 * DAY_MS }), 'healthy', []],
    ['ends in 30 days', told({}, { expiresAtMs: NOW + 30 * DAY_MS }), 'healthy', ['EXPIRES_SOON info']],
    ['ends in 14 days', told({}, { expiresAtMs: NOW + 14 * DAY_MS }), 'warning', ['EXPIRES_SOON warning']],
    ['ends in 7 days', told({}, { expiresAtMs: NOW + 7 * DAY_MS }), 'warning', ['EXPIRES_SOON warning']],
    ['ends tomorrow', told({}, { expiresAtMs: NOW + DAY_MS }), 'critical', ['EXPIRES_SOON critical']],
    ['has ended', told({}, { expiresAtMs: NOW }), 'critical', ['KEY_EXPIRED critical']],
    [
      'is of an exchange that does not tell',
      { ok: true, unsupported: true, facts: facts({ trade: null, withdraw: null, transfer: null }) },
      'unknown',
      ['INTROSPECTION_UNSUPPORTED info'],
    ],
    ['is revoked', refused('revoked'), 'critical', ['AUTH_FAILED critical']],
    ['has a wrong secret', refused('wrong_secret'), 'critical', ['AUTH_FAILED critical']],
    ['has a wrong passphrase', refused('wrong_passphrase'), 'critical', ['AUTH_FAILED critical']],
    ['is suspended', refused('suspended'), 'critical', ['AUTH_FAILED critical']],
    ['is of the test network', refused('wrong_environment'), 'critical', ['AUTH_FAILED critical']],
    ['has expired there', refused('expired'), 'critical', ['KEY_EXPIRED critical']],
    ['comes from a wrong address', refused('ip_refused'), 'critical', ['IP_NOT_ALLOWED critical']],
    ['lacks a right', refused('missing_permission'), 'warning', ['SCOPE_MISSING warning']],
    ['is refused for an unknown reason', refused('unknown'), 'unknown', ['UNKNOWN_REFUSAL warning']],
    ['meets a dead exchange first', refused('exchange_down'), 'unknown', ['EXCHANGE_UNREACHABLE info']],
    ['meets a rate limit first', refused('rate_limited'), 'unknown', ['RATE_LIMITED info']],
    ['meets a wrong clock first', refused('clock_skew'), 'unknown', ['CLOCK_SKEW warning']],
  ])('of a key that %s', (_name, outcome, health, findings) => {
    const check = judge(outcome);
    expect(check.health).toBe(health);
    expect(codes(check)).toEqual(findings);
  });

  const NETWORK_FAULTS: KeyProbeFailureCode[] = ['exchange_down', 'rate_limited', 'clock_skew'];

  it.each(NETWORK_FAULTS)('never turns a key red for %s, whatever was known of it', (code) => {
    for (const before of [null, judge(told()), judge(told({ trade: true })), judge(refused('unknown'))]) {
      const check = judge(refused(code), { previous: before });
      expect(check.health).not.toBe('critical');
      expect(check.checkedAtMs).toBe(before?.checkedAtMs ?? null);
      expect(check.facts).toEqual(before?.facts ?? null);
    }
  });

  it.each(NETWORK_FAULTS)('keeps a red key red through %s', (code) => {
    for (const before of [judge(told({ withdraw: true })), judge(refused('revoked'))]) {
      const check = judge(refused(code), { previous: before, nowMs: NOW + 5 });
      expect(check.health).toBe('critical');
      expect(check.findings).toEqual(expect.arrayContaining([...before.findings]));
    }
  });

  it('keeps the verdict through an outage and drops the outage when the exchange is back', () => {
    const healthy = judge(told());
    const during = judge(refused('exchange_down'), { previous: healthy });
    expect([during.health, codes(during)]).toEqual(['healthy', ['EXCHANGE_UNREACHABLE info']]);
    const longer = judge(refused('rate_limited'), { previous: during });
    expect(codes(longer)).toEqual(['RATE_LIMITED info']);
    expect(judge(told(), { previous: longer })).toEqual(healthy);
  });

  it('dates a finding from its first sight, and anew after it was gone', () => {
    const since = (check: KeyCheck): number | undefined => check.findings[0]?.sinceMs;
    const ending = told({}, { expiresAtMs: NOW + 5 * DAY_MS });
    const first = judge(ending);
    const second = judge(ending, { previous: first, nowMs: NOW + 1_000 });
    const gone = judge(told(), { previous: second, nowMs: NOW + 2_000 });
    const back = judge(ending, { previous: gone, nowMs: NOW + 3_000 });
    expect([first, second, back].map(since)).toEqual([NOW, NOW, NOW + 3_000]);
    expect([first, second, back].map(({ checkedAtMs }) => checkedAtMs)).toEqual([NOW, NOW + 1_000, NOW + 3_000]);
  });

  it('keeps what is known of the rights beside a refused address, and not after a revocation', () => {
    const previous = judge(told({ withdraw: true }));
    expect(codes(judge(refused('ip_refused'), { previous }))).toEqual([
      'WITHDRAW_ENABLED critical',
      'IP_NOT_ALLOWED critical',
    ]);
    expect(codes(judge(refused('revoked'), { previous }))).toEqual(['AUTH_FAILED critical']);
  });

  it('does not let an unknown refusal hide a right that was seen', () => {
    expect(judge(refused('unknown'), { previous: judge(told({ withdraw: true })) }).health).toBe('critical');
    expect(judge(refused('unknown'), { previous: judge(told({ trade: true })) }).health).toBe('unknown');
  });

  it('tells what was seen in the words of the exchange, what to do, and where', () => {
    const outcome = told({ withdraw: true }, { evidence: { withdraw: 'enableWithdrawals: true' } });
    expect(judge(outcome).findings).toEqual([
      {
        code: 'WITHDRAW_ENABLED',
        severity: 'critical',
        seen: 'enableWithdrawals: true',
        sinceMs: NOW,
        remedy: expect.stringContaining('withdrawal right off') as unknown as string,
        url: 'https://www.binance.com/en/my/settings/api-management',
        guide: 'docs/keys/binance.md',
      },
    ]);
    expect(judge(refused('revoked')).findings[0]).toMatchObject({ seen: '-1: no' });
    expect(judge(refused('revoked'), { exchange: 'elsewhere' }).findings[0]?.url).toBeNull();
  });

  it('keeps what is known of a key whose row was altered', () => {
    const previous = judge(told({ trade: true }));
    const check = judgeBrokenSeal(judged({ exchange: 'okx', previous }), 'altered');
    expect(check.health).toBe('critical');
    expect(codes(check)).toEqual(['SEAL_BROKEN critical', 'TRADE_ENABLED warning']);
    expect(codes(judge(told({ trade: true }), { previous: check }))).toEqual(['TRADE_ENABLED warning']);
  });
});
