import { describe, expect, it } from '@jest/globals';
import ccxt from 'ccxt';
import { openLog } from '../../../platform/logging/index.js';
import { guardRejections, isStraySocketRejection } from './rejection-guard.js';

describe('guardRejections', () => {
  it('knows ccxt and a closed socket from everything else', () => {
    expect(isStraySocketRejection(new ccxt.NetworkError('closed'))).toBe(true);
    expect(isStraySocketRejection(new ccxt.ExchangeClosedByUser('closed'))).toBe(true);
    expect(isStraySocketRejection(new Error('WebSocket is not open: readyState 3 (CLOSED)'))).toBe(true);
    expect(isStraySocketRejection(new TypeError('x is undefined'))).toBe(false);
    expect(isStraySocketRejection('WebSocket is not open')).toBe(false);
  });

  it('counts what it lets pass, throws the rest, and is taken off', () => {
    const before = process.listeners('unhandledRejection').length;
    const guard = guardRejections(openLog('silent'));
    const listener = process.listeners('unhandledRejection').at(-1)! as (reason: unknown) => void;
    listener(new ccxt.NetworkError('closed'));
    expect(guard.count).toBe(1);
    expect(() => {
      listener(new TypeError('a bug of ours'));
    }).toThrow('a bug of ours');
    guard.remove();
    expect(process.listeners('unhandledRejection')).toHaveLength(before);
  });
});
