import { describe, expect, it } from '@jest/globals';
import { MAX_OVER_RATE, MESSAGE_BURST, MESSAGES_PER_SECOND } from './feed-limits.js';
import { RequestAllowance } from './request-allowance.js';

/** What a client gets that sends `count` messages, `everyMs` apart. */
function verdicts(allowance: RequestAllowance, count: number, everyMs: number, fromMs = 0): string[] {
  return Array.from({ length: count }, (_, i) => allowance.take(fromMs + i * everyMs));
}

describe('RequestAllowance', () => {
  it('lets a client send its burst at once, and its rate for ever', () => {
    expect(verdicts(new RequestAllowance(0), MESSAGE_BURST, 0)).not.toContain('warn');
    expect(new Set(verdicts(new RequestAllowance(0), 2_000, 1_000 / MESSAGES_PER_SECOND))).toEqual(new Set(['ok']));
  });

  it.each([0, 1, 10, 25])('warns once and then closes a client that sends every %i ms', (everyMs) => {
    const told = verdicts(new RequestAllowance(0), 2_000, everyMs);
    const end = told.indexOf('close');
    expect(end).toBeGreaterThan(MESSAGE_BURST + MAX_OVER_RATE - 1);
    expect(told.slice(0, end).filter((verdict) => verdict === 'warn')).toHaveLength(1);
    expect(told.slice(0, end).filter((verdict) => verdict !== 'ok')).toHaveLength(MAX_OVER_RATE);
  });

  it('forgets what was over the rate after a pause', () => {
    const allowance = new RequestAllowance(0);
    verdicts(allowance, MESSAGE_BURST + MAX_OVER_RATE, 0);
    const pauseMs = (MESSAGE_BURST / 2 / MESSAGES_PER_SECOND) * 1_000;
    const told = verdicts(allowance, MESSAGE_BURST, 0, pauseMs);
    expect(told.filter((verdict) => verdict === 'ok')).toHaveLength(MESSAGE_BURST / 2);
    expect(told[MESSAGE_BURST / 2]).toBe('warn');
    expect(told).not.toContain('close');
  });
});
