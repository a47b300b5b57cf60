import { describe, expect, it } from '@jest/globals';
import { TokenGuesses } from './token-guesses.js';

describe('TokenGuesses', () => {
  const guess = (guesses: TokenGuesses, address: string, times: number, nowMs = 0): void => {
    for (let i = 0; i < times; i += 1) guesses.note(address, nowMs);
  };

  it('lets an address guess sixty times a minute, and others meanwhile', () => {
    const guesses = new TokenGuesses();
    guess(guesses, '10.0.0.1', 59);
    expect(guesses.waitMs('10.0.0.1', 0)).toBe(0);
    guess(guesses, '10.0.0.1', 1, 20_000);
    expect(guesses.waitMs('10.0.0.1', 20_000)).toBe(40_000);
    expect(guesses.waitMs('10.0.0.2', 20_000)).toBe(0);
  });

  it('begins anew once the minute is over', () => {
    const guesses = new TokenGuesses();
    guess(guesses, '10.0.0.1', 60);
    expect(guesses.waitMs('10.0.0.1', 60_000)).toBe(0);
    guess(guesses, '10.0.0.1', 1, 60_000);
    expect(guesses.waitMs('10.0.0.1', 60_000)).toBe(0);
  });

  it('remembers so many addresses and no more', () => {
    const guesses = new TokenGuesses();
    guess(guesses, 'first', 60);
    guess(guesses, 'second', 60);
    for (let i = 0; i < 9_999; i += 1) guesses.note(`address ${i}`, 1);
    expect([guesses.waitMs('first', 1), guesses.waitMs('second', 1) > 0]).toEqual([0, true]);
  });
});
