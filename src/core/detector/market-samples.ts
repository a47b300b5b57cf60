import type { IdentityEntry } from '../market/identity-entry.js';
import { SpreadSampler } from '../spread-history/spread-sampler.js';
import type { SpreadCandle } from '../spread-history/spread-candle.js';
import { type Link, type Member, type WatchedRoute, isSound } from './board-member.js';
import type { AssetGroup, MarketBoard } from './market-board.js';
import type { CaseContext } from './route-case.js';

/** A sample speaks for the time since the one before, but not for time in which nobody looked. */
const SAMPLE_SPEAKS_MS = 1_000;
const RATIO_EVERY_MS = 1_000;
/**
 * Routes looked at in one round, about half a millisecond of work; with more, assets take turns, so that a round never
 * holds up the books for long. Ten exchanges with fifty symbols fit into one.
 */
const MAX_ROUTES_A_ROUND = 5_000;

/** What the samples need beside the markets. */
export interface SamplesAround {
  /** Whether the routes of an asset are looked at here. */
  owns(asset: string): boolean;
  tell(candles: readonly SpreadCandle[]): void;
}

/** Looks at all routes a few times a second, crossed or not: their spreads for history, their price ratios for identity. */
export class MarketSamples {
  private readonly sampler: SpreadSampler;
  /** Where the next round begins, among the assets. */
  private turn = 0;
  /** Rounds so far. */
  private round = 0;
  private readonly found: WatchedRoute[] = [];
  /** Filled in again for each route. */
  private readonly sample = { ask: NaN, bid: NaN, buyTakerFeeBps: NaN, sellTakerFeeBps: NaN, spokenForMs: 0 };

  /**
   * @param board - The markets.
   * @param context - Settings, conversions and identity.
   * @param around - Says whose routes are looked at, and takes the candles of each second that is over.
   */
  constructor(
    private readonly board: MarketBoard,
    private readonly context: CaseContext,
    private readonly around: SamplesAround,
  ) {
    const { spreadRoutes, minNetBps } = context.settings;
    this.sampler = new SpreadSampler(spreadRoutes, minNetBps, (candles) => {
      around.tell(candles);
    });
  }

  /**
   * Takes a round of samples.
   *
   * @param nowMs - Our clock.
   * @returns Routes of two quotes that turn out to be crossed and that nobody judges yet.
   */
  take(nowMs: number): WatchedRoute[] {
    this.sampler.begin(nowMs);
    this.round += 1;
    const groups = this.board.groups();
    let left = MAX_ROUTES_A_ROUND;
    let at = 0;
    for (; at < groups.length && left > 0; at++) {
      const group = groups[(this.turn + at) % groups.length] as AssetGroup;
      if (this.around.owns(group.asset)) left -= this.takeGroup(group, nowMs);
    }
    this.turn = groups.length === 0 ? 0 : (this.turn + at) % groups.length;
    return this.found.splice(0);
  }

  /** Tells of the second that is not over. */
  end(): void {
    this.sampler.end();
  }

  /** @returns What was learnt of tickers that are listed on two exchanges. */
  learnt(): IdentityEntry[] {
    const entries = new Map<string, IdentityEntry>();
    for (const { asset, members } of this.board.groups()) {
      if (!this.around.owns(asset)) continue;
      for (const member of members) {
        for (const { other } of member.links) {
          if (other.exchange.id < member.exchange.id) continue;
          const entry = this.context.identity.learnt(member.ticker, other.ticker);
          if (entry)
            entries.set(`${entry.asset} ${member.base} ${other.base} ${entry.exchanges?.join(' ') ?? ''}`, entry);
        }
      }
    }
    return [...entries.values()];
  }

  // Returns how many routes were looked at.
  private takeGroup(group: AssetGroup, nowMs: number): number {
    const { members } = group;
    const { maxAgeMs } = this.context.settings.limits;
    const isFirst = group.sampledAtMs === -Infinity;
    const spokenForMs = isFirst ? 0 : Math.min(nowMs - group.sampledAtMs, SAMPLE_SPEAKS_MS);
    const wantsRatios = nowMs - group.ratiosAtMs >= RATIO_EVERY_MS;
    let looked = 0;
    for (const member of members) if (isSound(member, nowMs, maxAgeMs)) member.soundInRound = this.round;
    for (const member of members) {
      if (member.soundInRound !== this.round) continue;
      looked += member.others.length;
      this.takeMember(member, spokenForMs, nowMs);
      if (wantsRatios) this.sampleRatios(member, nowMs);
    }
    group.sampledAtMs = nowMs;
    if (wantsRatios) group.ratiosAtMs = nowMs;
    return looked;
  }

  // Tens of thousands of routes: what is not of one quote with its neighbours is the only thing looked up one by one.
  private takeMember(member: Member, spokenForMs: number, nowMs: number): void {
    const { others, spreads } = member;
    const { sample } = this;
    sample.ask = member.lastAsk;
    sample.buyTakerFeeBps = member.takerFeeBps;
    sample.spokenForMs = spokenForMs;
    for (let at = 0; at < others.length; at++) {
      const other = others[at] as Member;
      if (other.soundInRound !== this.round) continue;
      sample.bid = other.quote === member.quote ? other.lastBid : this.converted(member.links[at] as Link, nowMs);
      sample.sellTakerFeeBps = other.takerFeeBps;
      this.sampler.take(spreads, at, sample);
    }
  }

  private converted({ other, buying }: Link, nowMs: number): number {
    this.context.conversions.refresh(buying, nowMs);
    if (buying.isCrossed && !buying.isActive) this.found.push(buying);
    return other.lastBid * buying.rate;
  }

  // The member's exchange comes first in the alphabet: one pair of tickers has one ratio and not its inverse as well.
  private sampleRatios(member: Member, nowMs: number): void {
    const { identity } = this.context;
    const { ticker } = member;
    for (const link of member.linksAfter) {
      const { other, buying } = link;
      if (other.soundInRound !== this.round || !identity.wantsRatio(ticker, other.ticker)) continue;
      const ratio = middle(member) / (middle(other) * buying.rate);
      if (!Number.isFinite(ratio)) continue;
      link.ratio ??= identity.ratioOf(ticker, other.ticker);
      link.ratio.sample(ratio, nowMs);
    }
  }
}

function middle({ lastBid, lastAsk }: Member): number {
  return (lastBid + lastAsk) / 2;
}
