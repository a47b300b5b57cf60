import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { firstValueFrom } from 'rxjs';
import type { SignedCall } from '../../exchanges/index.js';
import { SystemClock } from '../../platform/clock/index.js';
import { Log, openLog } from '../../platform/logging/index.js';
import type { SignedCallsRepository } from './signed-calls.repository.js';
import { UsageLog, type UsageLogOptions } from './usage-log.js';

/** A table that can be away. */
class Table implements Pick<SignedCallsRepository, 'insert' | 'deleteBefore' | 'isUsedBetween'> {
  readonly rows: SignedCall[] = [];
  readonly batches: number[] = [];
  isAway = false;
  attempts = 0;

  deleteBefore(): Promise<number> {
    return Promise.resolve(0);
  }

  isUsedBetween(keyId: string, fromMs: number, toMs: number): Promise<boolean> {
    return Promise.resolve(this.rows.some((row) => row.keyId === keyId && row.atMs >= fromMs && row.atMs <= toMs));
  }

  insert(calls: readonly SignedCall[]): Promise<void> {
    this.attempts += 1;
    if (this.isAway) return Promise.reject(new Error('the database is away'));
    this.rows.push(...calls);
    this.batches.push(calls.length);
    return Promise.resolve();
  }
}

const OPTIONS: UsageLogOptions = {
  flushMs: 5,
  batchRows: 10,
  queueRows: 25,
  retentionMs: 1_000,
  retentionIntervalMs: 1_000,
};

const call = (n: number): SignedCall => ({
  keyId: 'k',
  exchange: 'okx',
  method: 'GET',
  path: `/call/${n}?signature=planted#planted`,
  outcome: 'ok',
  durationMs: 1,
  atMs: n,
});
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('UsageLog', () => {
  it('stores calls in order, in bounded batches, without what follows the path', async () => {
    const table = new Table();
    const usage = new UsageLog(table, new SystemClock(), openLog('silent'), OPTIONS);
    for (const n of numbers(0, 23)) usage.record(call(n));
    await usage.flush();
    expect(table.batches).toEqual([10, 10, 3]);
    expect(table.rows.map(({ path }) => path)).toEqual(numbers(0, 23).map((n) => `/call/${n}`));
    expect(JSON.stringify(table.rows)).not.toContain('planted');
  });

  it('knows a call of ours that is stored, and one that waits for the database', async () => {
    const table = new Table();
    const usage = new UsageLog(table, new SystemClock(), openLog('silent'), OPTIONS);
    usage.record(call(1_000));
    expect(await usage.isUsedBetween('k', 900, 1_100)).toBe(true);
    table.isAway = true;
    usage.record(call(2_000));
    expect(await usage.isUsedBetween('k', 2_001, 2_100)).toBe(true); // It lasted a millisecond.
    expect(await usage.isUsedBetween('k', 1_500, 1_900)).toBe(false);
    expect(await usage.isUsedBetween('other', 900, 2_100)).toBe(false);
    table.isAway = false;
    await usage.beforeApplicationShutdown();
  });

  it('stores by itself after a while, and what is left when the service stops', async () => {
    const table = new Table();
    const usage = new UsageLog(table, new SystemClock(), openLog('silent'), OPTIONS);
    const stored = firstValueFrom(usage.stored$, { defaultValue: [] });
    usage.record(call(0));
    expect(await stored).toHaveLength(1);
    usage.record(call(1));
    await usage.beforeApplicationShutdown();
    expect(table.rows.map(({ atMs }) => atMs)).toEqual([0, 1]);
  });

  it('keeps the newest calls while the database is away, says so once, and stores them when it is back', async () => {
    const table = new Table();
    table.isAway = true;
    const lines: string[] = [];
    const log = new Log(pino({ level: 'debug' }, { write: (line: string) => lines.push(line) }));
    const usage = new UsageLog(table, new SystemClock(), log, OPTIONS);
    for (const n of numbers(0, 40)) {
      usage.record(call(n));
      if (n % 10 === 0) await usage.flush();
    }
    expect(table.attempts).toBeGreaterThan(1);
    expect(lines.filter((line) => line.includes('retrying'))).toHaveLength(1);
    table.isAway = false;
    await usage.flush();
    expect(table.rows.map(({ atMs }) => atMs)).toEqual(numbers(15, 40));
    await usage.beforeApplicationShutdown();
  });
});
