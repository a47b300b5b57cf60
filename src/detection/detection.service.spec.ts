import { describe, expect, it } from '@jest/globals';
import { NEVER, type Observable, Subject, filter, firstValueFrom, toArray } from 'rxjs';
import type { MarketEvent } from '../core/input/market-event.js';
import { BookRegistry } from '../core/order-book/book-registry.js';
import { MarketSource } from '../exchanges/index.js';
import { SystemClock } from '../platform/clock/index.js';
import { loadSettings } from '../platform/config/index.js';
import { openLog } from '../platform/logging/index.js';
import { DetectionService } from './detection.service.js';

/** Markets driven by hand: applies to its books what it tells, before it tells it. */
class HandMarkets extends MarketSource {
  private readonly told$ = new Subject<MarketEvent>();
  override readonly books = new BookRegistry(200);
  override readonly events$: Observable<MarketEvent> = this.told$;
  override readonly statuses$ = NEVER;

  override statuses(): [] {
    return [];
  }

  live(exchange: string, bid: number, ask: number): void {
    const instrument = { exchange, symbol: 'BTC/USDT' };
    const atMs = Date.now();
    this.told$.next({ type: 'exchange', exchange, state: 'live', clockOffsetMs: 0, atMs });
    this.told$.next({ type: 'fee', instrument, takerFeeBps: 10, source: 'default', atMs });
    this.told$.next({ type: 'bookState', instrument, state: 'live', reason: null, atMs });
    const update = {
      v: 1,
      instrument,
      kind: 'snapshot',
      bids: [bid, 50],
      asks: [ask, 50],
      sequence: 1,
      exchangeTimeMs: atMs,
      receivedAtMs: atMs,
    } as const;
    this.books.open(instrument).apply(update);
    this.told$.next({ type: 'book', update });
  }
}

function service(): { markets: HandMarkets; detection: DetectionService } {
  const markets = new HandMarkets();
  const settings = loadSettings(
    { CROSSBOOK_DETECTION_MAX_AGE_MS: '200', CROSSBOOK_DETECTION_TICK_MS: '10' },
    '/nowhere',
  );
  return { markets, detection: new DetectionService(markets, new SystemClock(), settings, openLog('silent')) };
}

describe('DetectionService', () => {
  it('takes nothing before it is started, and everything after', () => {
    const { markets, detection } = service();
    markets.live('okx', 99, 100);
    expect(detection.isRunning).toBe(false);
    detection.onApplicationBootstrap();
    markets.live('okx', 99, 100);
    markets.live('kraken', 101, 102);
    const [open] = detection.open();
    expect(open).toMatchObject({
      state: 'open',
      epoch: detection.epoch,
      routeId: 'cross:okx:BTC/USDT>kraken:BTC/USDT',
    });
    expect(open).not.toHaveProperty('books');
    expect(detection.find(open?.id ?? '')?.books?.opening).toHaveLength(2);
    detection.stop();
  });

  it('judges silence by its own ticks', async () => {
    const { markets, detection } = service();
    detection.onApplicationBootstrap();
    const closed = firstValueFrom(detection.events$.pipe(filter(({ event }) => event === 'closed')), {
      defaultValue: null,
    });
    markets.live('okx', 99, 100);
    markets.live('kraken', 101, 102);
    expect((await closed)?.opportunity.closeReason).toBe('stale');
    expect(detection.refusals()).toMatchObject([{ reason: 'stale', entries: 1 }]);
    detection.stop();
  });

  it('closes what is open with shutdown, then ends its stream', async () => {
    const { markets, detection } = service();
    detection.onApplicationBootstrap();
    markets.live('okx', 99, 100);
    const all = firstValueFrom(detection.events$.pipe(toArray()), { defaultValue: [] });
    markets.live('kraken', 101, 102);
    detection.onModuleDestroy();
    detection.stop();
    expect((await all).map(({ event, opportunity }) => [event, opportunity.closeReason])).toEqual([
      ['opened', null],
      ['closed', 'shutdown'],
    ]);
    expect(detection.isRunning).toBe(false);
  });

  it('names each run anew', () => {
    expect(service().detection.epoch).not.toBe(service().detection.epoch);
  });
});
