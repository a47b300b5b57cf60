import type { Candidate, GateLimits, Leg } from '../gates/candidate.js';
import type { AssetIdentity, IdentityVerdict } from '../identity/asset-identity.js';
import type { Conversion } from '../market/conversion.js';
import type { Route } from '../market/route.js';
import { costAfterFee } from '../money/bps.js';
import type { SizeCap } from '../opportunity/opportunity.js';
import { type LadderWalk, walkLadders } from '../spread/ladder-walk.js';
import type { TransferDesk, TransferWay } from '../transfer/transfer-desk.js';
import type { Balances } from './balances.js';
import type { Member, WatchedRoute } from './board-member.js';
import type { Conversions } from './conversions.js';
import type { DetectorSettings } from './detector-settings.js';
import type { UsdRates } from './usd-rates.js';

const NO_BOOK = { length: 0, price: () => NaN, size: () => NaN };

const ROUNDING = 1e-9;

/** How far a walk may go, and which of two bounds the one in notional is. */
interface Caps {
  maxSize: number;
  maxNotional: number;
  notionalCap: SizeCap;
  /** What the books hold that join the two quotes. */
  maxProceeds: number;
}

/** What a case asks about more than its two books. */
export interface CaseContext {
  readonly settings: DetectorSettings;
  readonly conversions: Conversions;
  readonly identity: AssetIdentity;
  readonly transfers: TransferDesk;
  readonly balances: Balances;
  readonly rates: UsdRates;
}

/** One route at one moment, as the gates see it; what costs something is found when it is first asked for. */
export class RouteCase implements Candidate {
  readonly route: Route;
  readonly buy: Leg;
  readonly sell: Leg;
  readonly minNetBps: number;
  readonly minDwellMs: number;
  readonly passedForMs: number;
  readonly hasTwoQuotes: boolean;
  readonly limits: GateLimits;
  private found: Conversion | null | undefined;
  private walked: LadderWalk | undefined;
  private judged: IdentityVerdict | undefined;
  private way: TransferWay | null | undefined;
  private worth: number | null | undefined;
  private caps: Caps | undefined;

  /**
   * @param watched - The route.
   * @param nowMs - Our clock.
   * @param lateMs - How far we are behind.
   * @param context - What is known beside the books.
   */
  constructor(
    private readonly watched: WatchedRoute,
    readonly nowMs: number,
    readonly lateMs: number,
    private readonly context: CaseContext,
  ) {
    const { settings } = context;
    const { route, buy, sell, life, passingSinceMs, hasTwoQuotes } = watched;
    this.route = route;
    this.buy = legOf(buy);
    this.sell = legOf(sell);
    this.limits = settings.limits;
    this.minNetBps = life ? settings.minNetBps - settings.hysteresisBps : settings.minNetBps;
    this.minDwellMs = life ? 0 : settings.minDwellMs;
    this.passedForMs = passingSinceMs === null ? 0 : nowMs - passingSinceMs;
    this.hasTwoQuotes = hasTwoQuotes;
  }

  /** @inheritdoc */
  get usdPerQuote(): number | null {
    if (this.worth === undefined) this.worth = this.context.rates.rate(this.watched.buy.quote, this.nowMs);
    return this.worth;
  }

  /** What kept the walk from all that would pay; null where the books did. */
  get cappedBy(): SizeCap | null {
    const { isCapped, size, notional } = this.walk();
    if (!isCapped || !this.caps) return null;
    // Adding up the levels may miss the cap by a rounding.
    const { maxSize, maxNotional, notionalCap } = this.caps;
    if (size >= maxSize * (1 - ROUNDING)) return 'sellBalance';
    return notional >= maxNotional * (1 - ROUNDING) ? notionalCap : 'conversion';
  }

  /** @inheritdoc */
  conversion(): Conversion | null {
    if (!this.hasTwoQuotes) return null;
    if (this.found === undefined) this.found = this.context.conversions.find(this.watched, this.nowMs);
    return this.found;
  }

  /** @inheritdoc */
  identity(): IdentityVerdict {
    return (this.judged ??= this.context.identity.judge(this.watched.buy.ticker, this.watched.sell.ticker));
  }

  /** @inheritdoc */
  transfer(): TransferWay | null {
    if (this.way === undefined) this.way = this.wayNow();
    return this.way;
  }

  private wayNow(): TransferWay | null {
    const { buy, sell } = this.watched;
    if (buy.product !== 'spot' || sell.product !== 'spot' || buy.base !== sell.base) return null;
    const { transfers, settings } = this.context;
    return transfers.way(buy.exchange.id, sell.exchange.id, buy.base, this.nowMs, settings.limits.maxNetworkAgeMs);
  }

  /** @inheritdoc */
  walk(): LadderWalk {
    return (this.walked ??= this.walkNow());
  }

  private walkNow(): LadderWalk {
    const { buy, sell } = this.watched;
    const rate = this.hasTwoQuotes ? (this.conversion()?.rate ?? NaN) : 1;
    const { maxSize, maxNotional, maxProceeds } = (this.caps = this.capsNow());
    return walkLadders(buy.book?.asks ?? NO_BOOK, sell.book?.bids ?? NO_BOOK, buy.takerFeeBps, sell.takerFeeBps, {
      buyUnit: buy.unit,
      sellUnit: sell.unit,
      rate,
      maxSize,
      maxNotional,
      maxProceeds,
    });
  }

  private capsNow(): Caps {
    const { settings, balances } = this.context;
    const { buy, sell } = this.watched;
    const maxProceeds = this.conversion()?.maxAmount ?? Infinity;
    const caps: Caps = { maxSize: Infinity, maxNotional: Infinity, notionalCap: 'maxNotional', maxProceeds };
    if (settings.maxNotionalUsd !== null) caps.maxNotional = settings.maxNotionalUsd / (this.usdPerQuote ?? 1);
    if (!settings.capByBalance) return caps;
    // Balances are told of spot accounts: they say nothing of the margin that a contract wants.
    const quoteFree = buy.product === 'spot' ? balances.free(buy.exchange.id, buy.quote) : null;
    const affordable = quoteFree === null ? Infinity : quoteFree / costAfterFee(1, Math.max(0, buy.takerFeeBps));
    if (affordable < caps.maxNotional) {
      caps.maxNotional = affordable;
      caps.notionalCap = 'buyBalance';
    }
    const baseFree = sell.product === 'spot' ? balances.free(sell.exchange.id, sell.base) : null;
    if (baseFree !== null) caps.maxSize = baseFree * sell.unit;
    return caps;
  }
}

function legOf(member: Member): Leg {
  return {
    instrument: member.instrument,
    exchangeState: member.exchange.state,
    bookState: member.bookState,
    doubt: member.doubt,
    book: member.book,
    asOfMs: member.aliveAtMs - member.transitMs,
    changedAtMs: member.changedAtMs,
    unit: member.unit,
    takerFeeBps: member.takerFeeBps,
    feeSource: member.feeSource,
  };
}
