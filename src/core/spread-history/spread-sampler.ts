import { BPS } from '../money/bps.js';
import type { Route } from '../market/route.js';
import type { SpreadCandle } from './spread-candle.js';

const SECOND_MS = 1_000;

/** The tops of one route as a sample sees them, both in the buying quote per unit of the asset. */
export interface SpreadSample {
  readonly route: Route;
  readonly ask: number;
  readonly bid: number;
  readonly buyTakerFeeBps: number;
  readonly sellTakerFeeBps: number;
}

interface Running {
  readonly route: Route;
  readonly asset: string;
  openBps: number;
  highBps: number;
  lowBps: number;
  closeBps: number;
  grossBps: number;
  samples: number;
  aboveMs: number;
}

/**
 * Gathers samples of the net spread of every route into candles of a second, and keeps the best routes of each asset.
 * Bounded: rows by assets × `routes` a second, cost by how often it is sampled and never by how many updates come.
 */
export class SpreadSampler {
  private readonly running = new Map<Route, Running>();
  private secondMs = NaN;
  private sampledAtMs = NaN;
  private spokenForMs = 0;

  /**
   * @param routes - Routes of each asset that are told.
   * @param minNetBps - What `aboveMs` is measured against.
   * @param tell - Takes the candles of each second that is over.
   */
  constructor(
    private readonly routes: number,
    private readonly minNetBps: number,
    private readonly tell: (candles: readonly SpreadCandle[]) => void,
  ) {}

  /**
   * Begins a round of samples; tells of the second that is over.
   *
   * @param nowMs - Our clock.
   */
  begin(nowMs: number): void {
    const secondMs = nowMs - (nowMs % SECOND_MS);
    if (secondMs !== this.secondMs) {
      this.end();
      this.secondMs = secondMs;
    }
    // A sample speaks for the time since the one before, but not for time in which nobody looked.
    this.spokenForMs = Number.isNaN(this.sampledAtMs) ? 0 : Math.min(nowMs - this.sampledAtMs, SECOND_MS);
    this.sampledAtMs = nowMs;
  }

  /**
   * Takes a sample of one route.
   *
   * @param asset - Whose routes it is compared with.
   * @param sample - The tops.
   */
  take(asset: string, { route, ask, bid, buyTakerFeeBps, sellTakerFeeBps }: SpreadSample): void {
    const ratio = bid / ask;
    const netBps = (ratio - 1) * BPS - ratio * sellTakerFeeBps - buyTakerFeeBps;
    if (Number.isNaN(netBps)) return;
    let running = this.running.get(route);
    if (!running) {
      running = {
        ...{ route, asset, openBps: netBps, highBps: netBps, lowBps: netBps, closeBps: netBps },
        ...{ grossBps: 0, samples: 0, aboveMs: 0 },
      };
      this.running.set(route, running);
    }
    if (netBps > running.highBps) running.highBps = netBps;
    if (netBps < running.lowBps) running.lowBps = netBps;
    running.closeBps = netBps;
    running.grossBps = (ratio - 1) * BPS;
    running.samples += 1;
    if (netBps >= this.minNetBps) running.aboveMs += this.spokenForMs;
  }

  /** Tells of the second that runs, as far as it came. */
  end(): void {
    if (this.running.size === 0) return;
    const byAsset = new Map<string, Running[]>();
    for (const each of this.running.values()) {
      const best = byAsset.get(each.asset);
      if (best) keepBest(best, each, this.routes);
      else byAsset.set(each.asset, [each]);
    }
    const candles = [...byAsset.values()].flatMap((best) => best.map((each) => this.candle(each)));
    this.running.clear();
    this.tell(candles);
  }

  private candle({ route, openBps, highBps, lowBps, closeBps, grossBps, samples, aboveMs }: Running): SpreadCandle {
    return {
      v: 1,
      startMs: this.secondMs,
      routeId: route.id,
      symbol: route.buy.symbol,
      buyExchange: route.buy.exchange,
      sellExchange: route.sell.exchange,
      ...{ openBps, highBps, lowBps, closeBps, grossBps, samples, aboveMs },
    };
  }
}

// Insertion into a short sorted list: sorting all routes of all assets each second would cost more than the samples.
function keepBest(best: Running[], each: Running, most: number): void {
  let at = best.length;
  while (at > 0 && (best[at - 1] as Running).highBps < each.highBps) at -= 1;
  if (at >= most) return;
  best.splice(at, 0, each);
  if (best.length > most) best.pop();
}
