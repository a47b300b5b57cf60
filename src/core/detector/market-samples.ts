import type { IdentityEntry } from '../market/identity-entry.js';
import { SpreadSampler } from '../spread-history/spread-sampler.js';
import type { SpreadCandle } from '../spread-history/spread-candle.js';
import { type Link, type Member, type WatchedRoute, isSound } from './board-member.js';
import type { MarketBoard } from './market-board.js';
import { type CaseContext, tickerOf } from './route-case.js';

const RATIO_EVERY_MS = 1_000;
/** Routes looked at in one round; with more, assets take turns, so that a round never holds up the books for long. */
const MAX_ROUTES_A_ROUND = 20_000;

/** Looks at all routes a few times a second, crossed or not: their spreads for history, their price ratios for identity. */
export class MarketSamples {
  private readonly sampler: SpreadSampler;
  private ratiosAtMs = -Infinity;
  /** Where the next round begins, among the assets. */
  private turn = 0;

  /**
   * @param board - The markets.
   * @param context - Settings, conversions and identity.
   * @param tell - Takes the candles of each second that is over.
   */
  constructor(
    private readonly board: MarketBoard,
    private readonly context: CaseContext,
    tell: (candles: readonly SpreadCandle[]) => void,
  ) {
    const { spreadRoutes, minNetBps } = context.settings;
    this.sampler = new SpreadSampler(spreadRoutes, minNetBps, tell);
  }

  /**
   * Takes a round of samples.
   *
   * @param nowMs - Our clock.
   */
  take(nowMs: number): void {
    this.sampler.begin(nowMs);
    const wantsRatios = nowMs - this.ratiosAtMs >= RATIO_EVERY_MS;
    if (wantsRatios) this.ratiosAtMs = nowMs;
    const groups = this.board.groups();
    let left = MAX_ROUTES_A_ROUND;
    let at = 0;
    for (; at < groups.length && left > 0; at++) {
      const { asset, members } = groups[(this.turn + at) % groups.length] as (typeof groups)[number];
      const sound = members.filter((member) => isSound(member, nowMs, this.context.settings.limits.maxAgeMs));
      for (const member of sound) {
        left -= member.links.length;
        for (const link of member.links) {
          if (!sound.includes(link.other)) continue;
          this.sampleSpread(asset, link.buying, nowMs);
          if (wantsRatios && member.exchange.id < link.other.exchange.id) this.sampleRatio(member, link, nowMs);
        }
      }
    }
    this.turn = groups.length === 0 ? 0 : (this.turn + at) % groups.length;
  }

  /** Tells of the second that is not over. */
  end(): void {
    this.sampler.end();
  }

  /** @returns What was learnt of tickers that are listed on two exchanges. */
  learnt(): IdentityEntry[] {
    const entries = new Map<string, IdentityEntry>();
    for (const { members } of this.board.groups()) {
      for (const member of members) {
        for (const { other } of member.links) {
          if (other.exchange.id < member.exchange.id) continue;
          const entry = this.context.identity.learnt(tickerOf(member), tickerOf(other));
          if (entry)
            entries.set(`${entry.asset} ${member.base} ${other.base} ${entry.exchanges?.join(' ') ?? ''}`, entry);
        }
      }
    }
    return [...entries.values()];
  }

  private sampleSpread(asset: string, watched: WatchedRoute, nowMs: number): void {
    this.context.conversions.refresh(watched, nowMs);
    const { route, buy, sell, rate } = watched;
    this.sampler.take(asset, {
      route,
      ask: buy.lastAsk,
      bid: sell.lastBid * rate,
      buyTakerFeeBps: buy.takerFeeBps,
      sellTakerFeeBps: sell.takerFeeBps,
    });
  }

  private sampleRatio(member: Member, { other, buying }: Link, nowMs: number): void {
    const { identity } = this.context;
    const [a, b] = [tickerOf(member), tickerOf(other)];
    if (!identity.wantsRatio(a, b)) return;
    const ratio = middle(member) / (middle(other) * buying.rate);
    if (Number.isFinite(ratio)) identity.sample(a, b, ratio, nowMs);
  }
}

function middle({ lastBid, lastAsk }: Member): number {
  return (lastBid + lastAsk) / 2;
}
