import { beforeEach, describe, expect, it } from '@jest/globals';
import { Clock } from '../../platform/clock/index.js';
import { type Hold, RestGate } from './rest-gate.js';

class SetClock extends Clock {
  atMs = 1_000_000;

  override nowMs(): number {
    return this.atMs;
  }
}

describe('RestGate', () => {
  let clock: SetClock;
  let told: Hold[];
  let gate: RestGate;

  beforeEach(() => {
    clock = new SetClock();
    told = [];
    gate = new RestGate(clock, (hold) => told.push(hold));
  });

  it('keeps calls back until the time that was told and not a millisecond longer', () => {
    gate.refused('rate_limited', 'too many', clock.atMs + 7_000);
    expect(gate.current).toEqual({ code: 'rate_limited', message: 'too many', untilMs: 1_007_000 });
    clock.atMs += 6_999;
    expect(gate.current?.code).toBe('rate_limited');
    clock.atMs += 1;
    expect(gate.current).toBeNull();
    expect(gate.waitMs(40)).toBe(40);
  });

  it('lets those who wait leave one after another, the first as a probe', () => {
    gate.refused('rate_limited', 'too many', clock.atMs + 2_000);
    expect([gate.waitMs(0), gate.waitMs(0), gate.waitMs(0)]).toEqual([2_000, 2_100, 2_200]);
    expect(gate.waitMs(60_000)).toBe(60_000);
  });

  it('takes refusals that came together for one, and grows with those that come in a row', () => {
    for (let call = 0; call < 5; call++) gate.refused('rate_limited', 'too many', null);
    expect(told).toHaveLength(1);
    const waits: number[] = [];
    for (let round = 0; round < 12; round++) {
      const hold = gate.current!;
      waits.push(hold.untilMs - clock.atMs);
      clock.atMs = hold.untilMs;
      gate.refused('rate_limited', 'still too many', null);
    }
    expect(waits[0]).toBeGreaterThanOrEqual(2_500);
    expect(waits[0]).toBeLessThanOrEqual(5_000);
    expect(waits[3]).toBeGreaterThanOrEqual(20_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(300_000);
  });

  it('begins anew once calls have been answered for a while', () => {
    const holdMs = (): number => gate.current!.untilMs - clock.atMs;
    for (let round = 0; round < 6; round++) {
      gate.refused('rate_limited', 'too many', null);
      clock.atMs = gate.current!.untilMs;
    }
    gate.answered();
    clock.atMs += 120_000;
    gate.refused('rate_limited', 'too many', null);
    expect(holdMs()).toBeLessThanOrEqual(5_000);
  });

  it('is lengthened by a ban, never shortened by a later and shorter word', () => {
    gate.refused('rate_limited', 'too many', clock.atMs + 60_000);
    gate.refused('banned', 'banned', clock.atMs + 600_000);
    gate.refused('rate_limited', 'too many', clock.atMs + 5_000);
    expect(gate.current).toMatchObject({ code: 'banned', untilMs: 1_600_000 });
  });

  it('believes no time beyond three days', () => {
    gate.refused('banned', 'for ever', clock.atMs + 1e12);
    expect(gate.current!.untilMs - clock.atMs).toBe(3 * 86_400_000);
  });

  it('looks for the end of a maintenance at least twice a minute', () => {
    for (let round = 0; round < 10; round++) {
      gate.refused('maintenance', 'upgrade', null);
      expect(gate.current!.untilMs - clock.atMs).toBeLessThanOrEqual(30_000);
      clock.atMs = gate.current!.untilMs;
    }
  });
});
