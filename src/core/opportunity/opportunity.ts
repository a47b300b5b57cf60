import type { RefusalReason } from '../gates/refusal-reason.js';
import type { FeeSource } from '../market/states.js';
import type { LegSide, RouteKind } from '../market/route.js';

/** One leg: what is bought or sold where, at which average price, with which fee. */
export interface OpportunityLeg {
  readonly side: LegSide;
  readonly exchange: string;
  readonly symbol: string;
  /** Average price over `size`, quote per base. */
  readonly vwap: number;
  /** Base. */
  readonly size: number;
  /** Bps of notional. */
  readonly takerFeeBps: number;
  readonly feeSource: FeeSource;
  /** The exchange's clock, epoch ms; null where its frames carry no time. */
  readonly exchangeTimeMs: number | null;
  /** Our clock, epoch ms with fractions. */
  readonly receivedAtMs: number;
  readonly sequence: number | null;
}

/** Levels of one leg's book as they were seen, pairs `[price, size]`, best first. */
export interface LegBook {
  readonly exchange: string;
  readonly symbol: string;
  readonly bids: readonly (readonly [number, number])[];
  readonly asks: readonly (readonly [number, number])[];
}

/** The gate that turned it away, or why it ended otherwise. */
export type CloseReason = RefusalReason | 'collapsed' | 'max_age' | 'removed' | 'shutdown';

/**
 * A spread that passed every gate, the same in the stream, in REST and in exports.
 *
 * Times are epoch milliseconds of our clock unless the name says otherwise; figures of money are in `currency`.
 */
export interface Opportunity {
  readonly id: string;
  readonly kind: RouteKind;
  readonly state: 'open' | 'closed';
  readonly symbol: string;
  readonly legs: readonly OpportunityLeg[];
  /** Best bid over best ask, bps, no fees. */
  readonly grossBps: number;
  /** The same after both taker fees. */
  readonly topNetBps: number;
  /** Base, all of it paying. */
  readonly size: number;
  /** Sum of price × size bought, without fees. */
  readonly notional: number;
  /** Proceeds − notional − both fees. */
  readonly netProfit: number;
  /** netProfit / notional × 10,000. */
  readonly netBps: number;
  readonly currency: string;
  /** Notional through live books; null where no live book joins the quote with USD. */
  readonly notionalUsd: number | null;
  readonly routeId: string;
  /** The run of the detector that saw it. */
  readonly epoch: string;
  /** Grows by one with every change that is sent. */
  readonly revision: number;
  /** Profit after moving the base between the exchanges; null while networks are not known. */
  readonly afterTransfer: null;
  readonly openedAtMs: number;
  readonly updatedAtMs: number;
  readonly closedAtMs: number | null;
  readonly closeReason: CloseReason | null;
  readonly peakNetBps: number;
  /** Lives so long that it is a permanent premium rather than an event. */
  readonly standing: boolean;
  /** When the frame that made it was judged. */
  readonly detectedAtMs: number;
  /** Present with `opened` and by id: both legs, at least every level walked. */
  readonly books?: { readonly opening: readonly LegBook[] };
}

/** A step in the life of an opportunity: plain data that may cross a process border. */
export interface OpportunityEvent {
  /** Version of this shape. */
  readonly v: 1;
  readonly event: 'opened' | 'updated' | 'closed';
  readonly opportunity: Opportunity;
}
