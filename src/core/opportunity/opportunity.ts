import type { RefusalReason } from '../gates/refusal-reason.js';
import type { FeeSource } from '../market/states.js';
import type { Conversion } from '../market/conversion.js';
import type { IdentityEvidence } from '../market/identity-entry.js';
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

/** Profit when the base is moved from the buying to the selling exchange. */
export interface AfterTransfer {
  /** In `currency`, after the withdrawal fee at the selling price. */
  readonly netProfit: number;
  /** The cheapest network that the one lets out and the other lets in, both open. */
  readonly network: string;
  /** Withdrawal fee, in base. */
  readonly feeAmount: number;
  /** Least withdrawal, in base; null where it is not told. */
  readonly minAmount: number | null;
  /** When the older of both exchanges' words about it came, epoch ms. */
  readonly knownAtMs: number;
}

/** What kept the size below what the books would pay. */
export type SizeCap = 'maxNotional' | 'buyBalance' | 'sellBalance' | 'conversion';

/** What each gate measured, by reason; values in the units that their names end with. */
export type GateMeasures = Readonly<Partial<Record<RefusalReason, Readonly<Record<string, number | string | null>>>>>;

/** The gate that turned it away, or why it ended otherwise. */
export type CloseReason = RefusalReason | 'collapsed' | 'max_age' | 'removed' | 'shutdown';

/** The books of both legs at two moments; what was told before is not told again. */
export interface OpportunityBooks {
  /** Present with `opened` and by id. */
  readonly opening?: readonly LegBook[];
  /** At the greatest net bps, present with `closed` and by id; absent where that was the opening. */
  readonly peak?: readonly LegBook[];
}

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
  /** Null where no common network is known to be open on both sides, or the size is below its minimum. */
  readonly afterTransfer: AfterTransfer | null;
  /** Null where both legs have one quote. */
  readonly conversion: Conversion | null;
  readonly identity: IdentityEvidence;
  /** Null where the books alone set the size. */
  readonly cappedBy: SizeCap | null;
  readonly openedAtMs: number;
  readonly updatedAtMs: number;
  readonly closedAtMs: number | null;
  readonly closeReason: CloseReason | null;
  readonly peakNetBps: number;
  /** Largest paying size seen, base. */
  readonly peakSize: number;
  /** Time in which it passed every gate, milliseconds; less than its life where it paused within the grace. */
  readonly aboveMs: number;
  /** Lives so long that it is a permanent premium rather than an event. */
  readonly standing: boolean;
  /** When the frame that made it was judged. */
  readonly detectedAtMs: number;
  /** Present with `opened` and by id: what each gate measured at the opening. */
  readonly gates?: GateMeasures;
  /** Both legs, buying first, at least every level walked. */
  readonly books?: OpportunityBooks;
}

/** A step in the life of an opportunity: plain data that may cross a process border. */
export interface OpportunityEvent {
  /** Version of this shape. */
  readonly v: 1;
  readonly event: 'opened' | 'updated' | 'closed';
  readonly opportunity: Opportunity;
  /** Its place in a log that several readers share: the same for all of them, growing, not every number taken. */
  readonly position?: number;
}
