import { describe, expect, it } from '@jest/globals';
import { type BookStateEvent, type DetectionInput, NOT_WATCHED } from '../input/market-event.js';
import { detectorSettings } from '../detector/detector-rig.js';
import type { DetectorSettings } from '../detector/detector-settings.js';
import type { OpportunityEvent } from '../opportunity/opportunity.js';
import { CaptureError } from './capture.error.js';
import { Replay } from './replay.js';

const SETTINGS: DetectorSettings = {
  ...detectorSettings,
  epoch: 'run',
  hysteresisBps: 0,
  limits: { ...detectorSettings.limits, minNotionalUsd: 0, maxNetBps: 1_000, maxNetworkAgeMs: 21_600_000 },
  identity: { allow: ['BTC', 'USDT'], ratioHoldMs: 600_000, ratioToleranceBps: 200 },
  lifecycle: { ...detectorSettings.lifecycle, graceMs: 0 },
};

const symbol = 'BTC/USDT';

function snapshot(exchange: string, bid: number, ask: number, atMs: number): DetectionInput {
  const instrument = { exchange, symbol };
  const levels = { bids: [bid, 2], asks: [ask, 2] };
  const update = { v: 1, instrument, kind: 'snapshot', ...levels, sequence: 1, exchangeTimeMs: null } as const;
  return { type: 'book', update: { ...update, receivedAtMs: atMs } };
}

function state(exchange: string, told: BookStateEvent['state'], reason: string | null, atMs: number): BookStateEvent {
  return { type: 'bookState', instrument: { exchange, symbol }, state: told, reason, atMs };
}

function start(exchange: string, bid: number, ask: number): DetectionInput[] {
  const instrument = { exchange, symbol };
  return [
    { type: 'exchange', exchange, state: 'live', clockOffsetMs: null, atMs: 1_000 },
    { type: 'fee', instrument, takerFeeBps: 10, source: 'default', atMs: 1_000 },
    snapshot(exchange, bid, ask, 1_000),
    state(exchange, 'live', null, 1_000),
  ];
}

const LOG = [...start('okx', 99, 100), ...start('kraken', 101, 102)];

function replay(entries: readonly DetectionInput[], settings = SETTINGS): { run: Replay; events: OpportunityEvent[] } {
  const events: OpportunityEvent[] = [];
  const ignore = (): void => undefined;
  const run = new Replay(settings, 900, {
    opportunity: (event) => events.push(event),
    refusals: ignore,
    spreads: ignore,
  });
  for (const entry of entries) run.take(entry);
  return { run, events };
}

describe('Replay', () => {
  it('applies each update before it is judged, and ends as the run did', () => {
    const { run, events } = replay(LOG);
    run.end(1_500);
    expect(events.map(({ event }) => event)).toEqual(['opened', 'closed']);
    expect(events[0]?.opportunity).toMatchObject({ epoch: 'run', openedAtMs: 1_000, size: 2 });
    expect(events[1]?.opportunity).toMatchObject({ closeReason: 'shutdown', updatedAtMs: 1_500 });
    expect([run.entries, run.updates]).toEqual([8, 2]);
  });

  it('ends with the time of the last entry where the end of the run is not known', () => {
    const { run, events } = replay([...LOG, { type: 'tick', nowMs: 1_200, loopDelayMs: 0, queueMs: 0 }]);
    run.end(null);
    expect(events.at(-1)?.opportunity.updatedAtMs).toBe(1_200);
  });

  it('empties a book that is distrusted, before that is judged', () => {
    const { run, events } = replay([...LOG, state('kraken', 'resyncing', 'checksum', 1_100)]);
    const book = run.books.get('kraken:BTC/USDT');
    expect([book?.isUsable, book?.bids.length]).toEqual([false, 0]);
    expect(events.at(-1)?.opportunity.closeReason).toBe('out_of_sync');
  });

  it('forgets a book that is not watched any more', () => {
    const { run, events } = replay([...LOG, state('okx', 'unavailable', NOT_WATCHED, 1_100)]);
    expect(run.books.get('okx:BTC/USDT')).toBeUndefined();
    expect(events.at(-1)?.opportunity.closeReason).toBe('removed');
  });

  it('gives the same events for the same entries, and others for other settings', () => {
    const [first, second] = [replay(LOG), replay(LOG)];
    expect(JSON.stringify(second.events)).toBe(JSON.stringify(first.events));
    expect(replay(LOG, { ...SETTINGS, minNetBps: 90 }).events).toEqual([]);
  });

  it('names the entry whose levels no book can take', () => {
    expect(() => replay([...LOG, snapshot('okx', -1, 100, 1_100)])).toThrow(CaptureError);
    expect(() => replay([...LOG, snapshot('okx', -1, 100, 1_100)])).toThrow(
      'entry 9, okx BTC/USDT: a price level must',
    );
  });
});
