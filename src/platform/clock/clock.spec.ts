import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SystemClock } from './clock.js';

const HOUR_MS = 3_600_000;

describe('SystemClock', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  /** Reads the clock every tenth of a second and returns the steps that it took. */
  function steps(clock: SystemClock, seconds: number): number[] {
    let last = clock.nowMs();
    return Array.from({ length: seconds * 10 }, () => {
      jest.advanceTimersByTime(100);
      const step = clock.nowMs() - last;
      last += step;
      return step;
    });
  }

  it('follows the wall clock forward', () => {
    const clock = new SystemClock();
    steps(clock, 2);
    jest.setSystemTime(Date.now() + HOUR_MS);
    steps(clock, 2);
    expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThan(5);
  });

  it('never goes back and never stands still for long when the wall clock is set back', () => {
    const clock = new SystemClock();
    steps(clock, 2);
    jest.setSystemTime(Date.now() - HOUR_MS);
    const taken = steps(clock, 60);
    expect(Math.min(...taken)).toBeGreaterThanOrEqual(0);
    const passed = taken.reduce((sum, step) => sum + step, 0);
    expect(passed).toBeGreaterThan(25_000);
    expect(passed).toBeLessThan(35_000);
  });

  it('has caught up with a wall clock that was set back after twice the time', () => {
    const clock = new SystemClock();
    steps(clock, 2);
    jest.setSystemTime(Date.now() - 5_000);
    steps(clock, 12);
    expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThan(5);
  });
});
