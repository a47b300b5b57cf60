import type { RefusalMinute } from '../gates/refusal-reason.js';
import type { DetectionInput } from '../input/market-event.js';
import type { OpportunityEvent } from '../opportunity/opportunity.js';
import { BookRegistry } from '../order-book/book-registry.js';
import type { SpreadCandle } from '../spread-history/spread-candle.js';
import { Detector } from './detector.js';
import type { DetectorSettings } from './detector-settings.js';

/** Settings under which nothing but the books decides. */
export const detectorSettings: DetectorSettings = {
  epoch: 'e',
  minNetBps: 5,
  hysteresisBps: 1,
  minDwellMs: 0,
  maxNotionalUsd: null,
  capByBalance: false,
  depegBandBps: 50,
  spreadRoutes: 3,
  tickMs: 100,
  limits: {
    maxAgeMs: 3_000,
    maxQuietMs: 60_000,
    maxSkewMs: 2_000,
    maxLateMs: 250,
    minNotionalUsd: 100,
    maxNetBps: 1_000_000,
    requireTransfer: false,
    maxNetworkAgeMs: 3_600_000,
  },
  identity: { allow: ['BTC', 'KRW', 'USDT', 'USDC', 'PEPE'], ratioHoldMs: 10_000, ratioToleranceBps: 200 },
  lifecycle: { graceMs: 300, standingAfterMs: 600_000, maxOpenMs: 86_400_000, updateEveryMs: 100 },
};

/** A detector with its books, driven by hand: the owner of the books and the log in one. */
export class DetectorRig {
  readonly events: OpportunityEvent[] = [];
  readonly minutes: RefusalMinute[] = [];
  readonly candles: SpreadCandle[] = [];
  readonly log: DetectionInput[] = [];
  readonly books = new BookRegistry(200);
  readonly detector: Detector;
  nowMs = 1_000_000;

  constructor(settings: DetectorSettings = detectorSettings) {
    this.detector = new Detector(settings, this.books, {
      opportunity: (event) => this.events.push(event),
      refusals: (minutes) => this.minutes.push(...minutes),
      spreads: (candles) => this.candles.push(...candles),
    });
  }

  /** Gives the detector an input, having done to the books what their owner would have done. */
  feed(input: DetectionInput): void {
    if (input.type === 'book') this.books.open(input.update.instrument).apply(input.update);
    if (input.type === 'bookState' && input.state !== 'live') this.books.open(input.instrument).discard();
    this.log.push(input);
    this.detector.accept(input);
  }

  /** An exchange that is live, with a fee for a symbol. */
  exchange(exchange: string, symbol = 'BTC/USDT', takerFeeBps = 10): this {
    this.feed({ type: 'exchange', exchange, state: 'live', clockOffsetMs: 0, atMs: this.nowMs });
    this.feed({ type: 'fee', instrument: { exchange, symbol }, takerFeeBps, source: 'account', atMs: this.nowMs });
    this.feed({ type: 'bookState', instrument: { exchange, symbol }, state: 'live', reason: null, atMs: this.nowMs });
    return this;
  }

  /** A snapshot; `bids` and `asks` are flat. */
  book(exchange: string, bids: number[], asks: number[], symbol = 'BTC/USDT', exchangeTimeMs = this.nowMs): this {
    this.feed({
      type: 'book',
      update: {
        v: 1,
        instrument: { exchange, symbol },
        kind: 'snapshot',
        bids,
        asks,
        sequence: 1,
        exchangeTimeMs,
        receivedAtMs: this.nowMs,
      },
    });
    return this;
  }

  /** Time passes; the clock ticks once at the end of it. */
  wait(ms: number): this {
    this.nowMs += ms;
    this.feed({ type: 'tick', nowMs: this.nowMs, loopDelayMs: 0, queueMs: 0 });
    return this;
  }

  /** Entries into refusal reasons, by reason. */
  refused(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { reason, entries } of this.detector.refusals()) counts[reason] = (counts[reason] ?? 0) + entries;
    return counts;
  }
}

/** Two exchanges that pay 30 bps net: buy on okx at 100, sell on binance at 100.5. */
export function paying(settings: DetectorSettings = detectorSettings): DetectorRig {
  return new DetectorRig(settings)
    .exchange('okx')
    .exchange('binance')
    .book('okx', [99.9, 50], [100, 50])
    .book('binance', [100.5, 40], [100.6, 40]);
}
