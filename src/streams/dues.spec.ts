import { describe, expect, it } from '@jest/globals';
import { map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { dues } from './dues.js';

describe('dues', () => {
  const run = (marbles: string, at: Record<string, number>, expected: string, told: Record<string, number>): void => {
    const scheduler = new TestScheduler((actual, wanted) => {
      expect(actual).toEqual(wanted);
    });
    scheduler.run(({ cold, expectObservable }) => {
      const source = dues(cold(marbles, at), () => scheduler.now(), scheduler);
      expectObservable(source.pipe(map(({ atMs }) => atMs))).toBe(expected, told);
    });
  };

  it('tells a time once it has come, never before', () => {
    run('a', { a: 5 }, '6ms x', { x: 6 });
    run('a', { a: 4.2 }, '6ms x', { x: 6 });
  });

  it('tells at once what is over already', () => {
    run('5ms a', { a: 2 }, '6ms x', { x: 6 });
  });

  it('follows the newest time only, and nothing while there is none', () => {
    run('a-b', { a: 5, b: 9 }, '10ms x', { x: 10 });
    run('a-b-c', { a: 8, b: Infinity, c: 6 }, '7ms x', { x: 7 });
  });
});
