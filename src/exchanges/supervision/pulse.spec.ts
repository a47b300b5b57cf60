import { describe, expect, it } from '@jest/globals';
import { Pulse } from './pulse.js';

function beating(everyMs: number, beats: number): { pulse: Pulse; lastMs: number } {
  const pulse = new Pulse();
  for (let beat = 1; beat <= beats; beat++) pulse.beat(beat * everyMs);
  return { pulse, lastMs: everyMs * beats };
}

describe('Pulse', () => {
  it('finds a silence unusual that is far longer than the gaps before it', () => {
    const { pulse, lastMs } = beating(100, 200);
    expect(pulse.isSilent(lastMs + 4_900, 1_000)).toBe(false);
    expect(pulse.isSilent(lastMs + 5_100, 1_000)).toBe(true);
    expect(pulse.isSilent(lastMs + 5_100, 6_000)).toBe(false);
  });

  it('lets a quiet market be quiet', () => {
    const { pulse, lastMs } = beating(20_000, 100);
    expect(pulse.isSilent(lastMs + 600_000, 6_000)).toBe(false);
  });

  it('says nothing before it has learnt', () => {
    const { pulse, lastMs } = beating(10, 20);
    expect(pulse.isSilent(lastMs + 3_600_000, 1_000)).toBe(false);
  });

  it('counts silence from a reconnect on, and not the outage as a gap', () => {
    const { pulse, lastMs } = beating(100, 200);
    pulse.rest(lastMs + 3_600_000);
    expect(pulse.isSilent(lastMs + 3_604_000, 1_000)).toBe(false);
    expect(pulse.isSilent(lastMs + 3_606_000, 1_000)).toBe(true);
  });

  it('does not learn from how long the first change after a rest took', () => {
    const { pulse, lastMs } = beating(100, 200);
    pulse.rest(lastMs);
    pulse.beat(lastMs + 60_000);
    expect(pulse.isSilent(lastMs + 60_000 + 5_100, 1_000)).toBe(true);
  });

  it('holds a feed to the cadence that it promises, from the first beat on', () => {
    const pulse = new Pulse(500);
    pulse.beat(1_000);
    expect(pulse.isSilent(6_000, 1_000)).toBe(false);
    expect(pulse.isSilent(6_001, 1_000)).toBe(true);
    expect(pulse.isSilent(6_001, 6_000)).toBe(false);
  });
});
