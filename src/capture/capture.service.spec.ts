import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NEVER, Subject } from 'rxjs';
import type { DetectionInput } from '../core/input/market-event.js';
import { CaptureReader } from '../core/replay/capture-reader.js';
import { OpportunityFeed } from '../detection/index.js';
import { SystemClock } from '../platform/clock/index.js';
import { loadSettings, StartupError } from '../platform/config/index.js';
import { openLog } from '../platform/logging/index.js';
import { CaptureService } from './capture.service.js';
import { readLines } from './read-lines.js';

/** A detection that only tells what it is given. */
class TellingFeed extends OpportunityFeed {
  private readonly told = new Subject<DetectionInput>();
  override readonly epoch = 'run-1';
  override readonly inputs$ = this.told.asObservable();
  override readonly events$ = NEVER;
  override readonly refusalMinutes$ = NEVER;
  override readonly spreads$ = NEVER;
  override endedAtMs: number | null = null;
  override open = (): [] => [];
  override find = (): undefined => undefined;
  override refusals = (): [] => [];
  override takeEnteredRefusals = (): [] => [];
  override refusalMinute = (): [] => [];
  override explain = (): Promise<null> => Promise.resolve(null);
  override identities = (): Promise<[]> => Promise.resolve([]);
  override decideIdentity = (): undefined => undefined;

  /** Ends as the service does. */
  end(atMs: number): void {
    this.endedAtMs = atMs;
    this.told.complete();
  }

  ticks(from: number, count: number): void {
    for (let n = 0; n < count; n++)
      this.told.next({ type: 'tick', nowMs: from + n, loopDelayMs: 0, queueMs: Math.random() });
  }
}

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'crossbook-service-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function service(name: string, more: Record<string, string> = {}): { feed: TellingFeed; capture: CaptureService } {
  const file = name === '' ? '' : path.join(folder, name);
  const settings = loadSettings({ CROSSBOOK_CAPTURE_FILE: file, ...more }, folder);
  const feed = new TellingFeed();
  return { feed, capture: new CaptureService(feed, new SystemClock(), settings, openLog('silent')) };
}

async function read(name: string): Promise<{ entries: number; isWhole: boolean; last: unknown }> {
  const reader = new CaptureReader();
  let last: unknown;
  for await (const lines of readLines(path.join(folder, name), { mayBeCut: true })) {
    for (const line of lines) last = reader.take(line);
  }
  return { entries: reader.entries, isWhole: reader.isWhole, last };
}

describe('CaptureService', () => {
  it('writes nothing where no file is named', async () => {
    const { feed, capture } = service('');
    capture.onModuleInit();
    feed.ticks(0, 10);
    await capture.onApplicationShutdown();
    expect([capture.entries, capture.bytes, readdirSync(folder)]).toEqual([0, 0, []]);
  });

  it('takes every input from the first on, and the moment at which all was closed', async () => {
    const { feed, capture } = service('{epoch}.cap.gz');
    capture.onModuleInit();
    feed.ticks(100, 10);
    feed.end(250);
    await capture.onApplicationShutdown();
    const end = { end: true, entries: 10, endedAtMs: 250 };
    expect(await read('run-1.cap.gz')).toEqual({ entries: 10, isWhole: true, last: { kind: 'end', end } });
  });

  it('refuses to start over a file that is there, and names the setting and the remedy', async () => {
    const first = service('a.cap.gz');
    first.capture.onModuleInit();
    const second = service('a.cap.gz');
    expect(() => {
      second.capture.onModuleInit();
    }).toThrow(StartupError);
    expect(() => {
      second.capture.onModuleInit();
    }).toThrow(/^capture\.file: .*a\.cap\.gz exists already; .*; "\{epoch\}" in the name makes it new at each start$/);
    await first.capture.onApplicationShutdown();
  });

  it('ends whole once the file is as large as it may be, while detection goes on', async () => {
    const { feed, capture } = service('small.cap.gz', { CROSSBOOK_CAPTURE_MAX_MB: '1' });
    capture.onModuleInit();
    const endings: string[] = [];
    void capture.endedEarly.then(({ reason }) => endings.push(reason));
    let given = 0;
    for (; endings.length === 0 && given < 5_000_000; given += 2_000) {
      feed.ticks(given, 2_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    feed.ticks(given, 100);
    await capture.onApplicationShutdown();
    expect(endings).toEqual(['full']);
    const { entries, isWhole } = await read('small.cap.gz');
    expect(isWhole).toBe(true);
    expect(entries).toBe(capture.entries);
    expect(entries).toBeLessThanOrEqual(given);
    expect(capture.bytes).toBeGreaterThan(1_000_000);
    expect(existsSync(path.join(folder, 'small.cap.gz'))).toBe(true);
  });
});
