import type { IdentityVerdict } from '../identity/asset-identity.js';
import type { Instrument } from '../market/instrument.js';
import type { Route } from '../market/route.js';
import type { BookState, ExchangeState, FeeSource } from '../market/states.js';
import type { TransferWay } from '../transfer/transfer-desk.js';
import type { Conversion } from '../market/conversion.js';
import type { ReadonlyOrderBook } from '../order-book/order-book.js';
import type { LadderWalk } from '../spread/ladder-walk.js';

/** All that the gates may know of one leg. */
export interface Leg {
  readonly instrument: Instrument;
  readonly exchangeState: ExchangeState;
  readonly bookState: BookState;
  /** Why the book was thrown away, as its owner told it; null while it is live. */
  readonly doubt: string | null;
  /** Undefined before the first snapshot. */
  readonly book: ReadonlyOrderBook | undefined;
  /**
   * The moment, on our clock, as of which the book is known to hold: the last proof of life of its connection, less
   * the time that its newest frame was under way by the exchange's own clock.
   */
  readonly asOfMs: number;
  /** Our clock at the last change of the book. */
  readonly changedAtMs: number;
  /** Units of the asset in one unit of the base. */
  readonly unit: number;
  /** Bps of notional. */
  readonly takerFeeBps: number;
  readonly feeSource: FeeSource;
}

/** A route whose last known tops are crossed gross, with what the gates judge it by. */
export interface Candidate {
  readonly route: Route;
  readonly buy: Leg;
  readonly sell: Leg;
  readonly nowMs: number;
  /** How far our own queue or event loop is behind, milliseconds. */
  readonly lateMs: number;
  /** Asked net bps: lower for a route that is open already (hysteresis). */
  readonly minNetBps: number;
  readonly limits: GateLimits;
  /** USD per unit of the buying quote through live books; null where none joins them. */
  readonly usdPerQuote: number | null;
  /** Asked time of passing every other gate, milliseconds; 0 for a route that is open already. */
  readonly minDwellMs: number;
  /** For how long it has passed every other gate, milliseconds. */
  readonly passedForMs: number;
  /** True where the legs have two quotes, which only a live book may join. */
  readonly hasTwoQuotes: boolean;
  /** How the selling quote becomes the buying one; null where the legs have one quote, or no live book joins them. */
  conversion(): Conversion | null;
  /** What is held of the two tickers. */
  identity(): IdentityVerdict;
  /** The cheapest way to move the base, both ends open; null where none is known. */
  transfer(): TransferWay | null;
  /** The walk over both ladders in the buying quote; made at the first call. */
  walk(): LadderWalk;
}

/** The bounds that a user sets. */
export interface GateLimits {
  /** Longest age of a leg, milliseconds. */
  readonly maxAgeMs: number;
  /** Longest time without a change of a leg, milliseconds. */
  readonly maxQuietMs: number;
  /** Longest time between the moments of both legs, milliseconds. */
  readonly maxSkewMs: number;
  /** Longest delay of our own queue or event loop, milliseconds. */
  readonly maxLateMs: number;
  /** Least paying notional, USD. */
  readonly minNotionalUsd: number;
  /** Net bps beyond which it is taken for a fault. */
  readonly maxNetBps: number;
  /** Whether a common network must be open on both sides. */
  readonly requireTransfer: boolean;
  /** What is known of networks counts for so long, milliseconds. */
  readonly maxNetworkAgeMs: number;
}

/** What a gate measured, with the bound that it was held to; names end with their unit. */
export type Measured = Readonly<Record<string, number | string | null>>;
