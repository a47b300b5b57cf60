import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import ccxt from 'ccxt';
import type { Subscription } from 'rxjs';
import { openLog } from '../../../platform/logging/index.js';
import {
  guardRejections,
  isStrayRejection,
  type RejectionGuard,
  type StrayFault,
  strayFaults$,
} from './rejection-guard.js';

describe('guardRejections', () => {
  let guard: RejectionGuard;
  let warned: ReturnType<typeof jest.spyOn>;
  let told: StrayFault[];
  let listening: Subscription;
  let reject: (reason: unknown) => void;

  beforeEach(() => {
    const log = openLog('silent');
    warned = jest.spyOn(log, 'warn');
    told = [];
    listening = strayFaults$.subscribe({
      next: (fault) => told.push(fault),
      error: (error: unknown) => {
        throw error;
      },
    });
    guard = guardRejections(log);
    reject = process.listeners('unhandledRejection').at(-1)! as (reason: unknown) => void;
  });

  afterEach(() => {
    guard.remove();
    listening.unsubscribe();
    expect(process.listeners('unhandledRejection')).not.toContain(reject);
  });

  /** What ccxt's own code throws on a frame that it does not expect. */
  function faultInCcxt(): unknown {
    const exchange = new ccxt.pro.okx() as unknown as { handleTrades(client: null, frame: unknown): void };
    try {
      exchange.handleTrades(null, { arg: { channel: 'trades', instId: 'BTC-USDT' }, data: [{}] });
    } catch (error) {
      return error;
    }
    throw new Error('ccxt took a frame that it should not take');
  }

  it('knows ccxt, its code and a closed socket from everything else', () => {
    expect(isStrayRejection(new ccxt.NetworkError('closed'))).toBe(true);
    expect(isStrayRejection(new ccxt.ExchangeClosedByUser('closed'))).toBe(true);
    expect(isStrayRejection(new Error('WebSocket is not open: readyState 3 (CLOSED)'))).toBe(true);
    expect(isStrayRejection(faultInCcxt())).toBe(true);
    expect(isStrayRejection(new TypeError('x is undefined'))).toBe(false);
    expect(isStrayRejection('WebSocket is not open')).toBe(false);
  });

  it('tells the exchange by the file that threw, or by the message', () => {
    reject(faultInCcxt());
    reject(new ccxt.NetworkError('kraken GET https://api.kraken.com failed'));
    expect(told.map(({ exchange }) => exchange)).toEqual(['okx', 'kraken']);
    expect(told[1]!.message).toContain('api.kraken.com');
  });

  it('counts each, and names each kind once in the log', () => {
    for (let port = 0; port < 5; port++) reject(new ccxt.NetworkError(`closed on port ${port}`));
    for (let kind = 0; kind < 100; kind++) reject(new ccxt.NetworkError(`kind ${'x'.repeat(kind)}`));
    expect(guard.count).toBe(105);
    expect(warned).toHaveBeenCalledTimes(50);
    expect(told).toEqual([]);
  });

  it('lets a fault of our own code end the process', () => {
    expect(() => {
      reject(new TypeError('a bug of ours'));
    }).toThrow('a bug of ours');
    expect(guard.count).toBe(0);
  });
});
