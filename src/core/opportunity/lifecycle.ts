import type { RefusalReason } from '../gates/refusal-reason.js';
import type { CloseReason, GateMeasures, LegBook, Opportunity, OpportunityEvent } from './opportunity.js';

/** What a route is worth at one moment: the part of an opportunity that changes with the books. */
export type OpportunityFigures = Pick<
  Opportunity,
  | 'legs'
  | 'grossBps'
  | 'topNetBps'
  | 'size'
  | 'notional'
  | 'netProfit'
  | 'netBps'
  | 'notionalUsd'
  | 'afterTransfer'
  | 'conversion'
  | 'identity'
  | 'cappedBy'
>;

/** What is written down once, when an opportunity opens. */
export interface OpeningRecord {
  readonly books: readonly LegBook[];
  readonly gates: GateMeasures;
}

/** What does not change while an opportunity lives. */
export type OpportunityIdentity = Pick<Opportunity, 'id' | 'kind' | 'symbol' | 'currency' | 'routeId' | 'epoch'>;

/** What changes with time. */
type OpportunityCourse = Omit<Opportunity, keyof OpportunityIdentity | keyof OpportunityFigures | 'gates' | 'books'>;

/** The judgement of the gates on a route. */
export type Verdict =
  | {
      readonly kind: 'accepted';
      readonly figures: OpportunityFigures;
      /** Copies both books as they are now; asked at a new peak. */
      readonly books: () => readonly LegBook[];
    }
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  /** The tops are not even crossed gross. */
  | { readonly kind: 'no_candidate' };

/** The times that rule a life. */
export interface LifecycleLimits {
  /** A re-opening within it is the same opportunity going on. */
  readonly graceMs: number;
  /** An older one is standing: a permanent premium rather than an event. */
  readonly standingAfterMs: number;
  /** Closed with `max_age` after it. */
  readonly maxOpenMs: number;
  /** At most one `updated` in this time. */
  readonly updateEveryMs: number;
}

/** An open opportunity between two judgements. */
export interface Life {
  readonly opportunity: Opportunity;
  readonly opening: OpeningRecord;
  /** The books at the greatest net bps; null while that is the opening. */
  readonly peak: readonly LegBook[] | null;
  /** Until when it is known to have paid. */
  readonly paidAtMs: number;
  /** When it was last announced. */
  readonly sentAtMs: number;
  /** Something changed that was not announced yet. */
  readonly isDirty: boolean;
  /** Since when and why it does not pay; null while it pays. */
  readonly leaving: { readonly reason: CloseReason; readonly sinceMs: number } | null;
}

/** The next state, null when nothing is open, and what is to be announced. */
export interface Step {
  readonly life: Life | null;
  readonly event: OpportunityEvent | null;
}

/**
 * Opens an opportunity.
 *
 * @param identity - Its id, route and epoch.
 * @param figures - What it is worth now.
 * @param opening - Both books as they are now, and what the gates measured.
 * @param nowMs - Our clock.
 * @returns Its life and the `opened` event, which carries the opening record.
 */
export function open(
  identity: OpportunityIdentity,
  figures: OpportunityFigures,
  opening: OpeningRecord,
  nowMs: number,
): Step {
  const opportunity = opportunityOf(identity, figures, {
    state: 'open',
    revision: 1,
    openedAtMs: nowMs,
    updatedAtMs: nowMs,
    closedAtMs: null,
    closeReason: null,
    peakNetBps: figures.netBps,
    peakSize: figures.size,
    aboveMs: 0,
    standing: false,
    detectedAtMs: nowMs,
  });
  const life: Life = {
    opportunity,
    opening,
    peak: null,
    paidAtMs: nowMs,
    sentAtMs: nowMs,
    isDirty: false,
    leaving: null,
  };
  return { life, event: { v: 1, event: 'opened', opportunity: inFull(life) } };
}

/**
 * @param life - An open opportunity.
 * @returns It with its books and what the gates measured.
 */
export function inFull({ opportunity, opening: { books, gates }, peak }: Life): Opportunity {
  return { ...opportunity, gates, books: peak ? { opening: books, peak } : { opening: books } };
}

/**
 * Takes an open opportunity one judgement further.
 *
 * @param life - The open opportunity.
 * @param verdict - What the gates say now.
 * @param nowMs - Our clock, never before the last call.
 * @param limits - The times that rule a life.
 * @returns Its next state and what is to be announced.
 */
export function advance(life: Life, verdict: Verdict, nowMs: number, limits: LifecycleLimits): Step {
  // The grace may pass between two judgements, when our own loop was late: what pays now is another opportunity.
  if (life.leaving && nowMs - life.leaving.sinceMs > limits.graceMs) return close(life, life.leaving.reason, nowMs);
  if (nowMs - life.opportunity.openedAtMs >= limits.maxOpenMs) return close(life, 'max_age', nowMs);
  if (verdict.kind === 'accepted') return pay(life, verdict, nowMs, limits);
  const left = life.leaving ? life : leave(life, verdict, nowMs);
  if (nowMs - (left.leaving?.sinceMs ?? nowMs) >= limits.graceMs) return close(left, reasonOf(verdict, left), nowMs);
  return { life: left, event: null };
}

/**
 * Ends an opportunity with its one reason; `closedAtMs` is when it was last seen to pay.
 *
 * @param life - The open opportunity.
 * @param reason - Why it ends.
 * @param nowMs - Our clock.
 * @returns Nothing open, and the `closed` event with the books of its peak.
 */
export function close(life: Life, reason: CloseReason, nowMs: number): Step {
  const opportunity: Opportunity = {
    ...life.opportunity,
    ...(life.peak ? { books: { peak: life.peak } } : {}),
    state: 'closed',
    revision: life.opportunity.revision + 1,
    updatedAtMs: nowMs,
    closedAtMs: life.paidAtMs,
    closeReason: reason,
  };
  return { life: null, event: { v: 1, event: 'closed', opportunity } };
}

/** Ends that the books themselves show: until that very moment the opportunity is known to have paid. */
const SHOWN_BY_BOOKS: ReadonlySet<CloseReason> = new Set(['collapsed', 'too_thin', 'too_good']);

function leave(life: Life, verdict: Exclude<Verdict, { kind: 'accepted' }>, nowMs: number): Life {
  const reason = reasonOf(verdict, life);
  const leaving = { reason, sinceMs: nowMs };
  if (!SHOWN_BY_BOOKS.has(reason)) return { ...life, leaving };
  const opportunity = { ...life.opportunity, aboveMs: aboveMsUntil(life, nowMs) };
  return { ...life, opportunity, paidAtMs: nowMs, leaving };
}

function reasonOf(verdict: Exclude<Verdict, { kind: 'accepted' }>, life: Life): CloseReason {
  if (life.leaving) return life.leaving.reason;
  if (verdict.kind === 'no_candidate' || verdict.reason === 'below_threshold') return 'collapsed';
  return verdict.reason;
}

function aboveMsUntil({ opportunity, leaving, paidAtMs }: Life, nowMs: number): number {
  return opportunity.aboveMs + (leaving ? 0 : nowMs - paidAtMs);
}

function pay(
  life: Life,
  { figures, books }: Extract<Verdict, { kind: 'accepted' }>,
  nowMs: number,
  limits: LifecycleLimits,
): Step {
  const { opportunity: before } = life;
  const standing = nowMs - before.openedAtMs >= limits.standingAfterMs;
  const isDirty = life.isDirty || figures.netBps !== before.netBps || figures.size !== before.size;
  const turnsStanding = standing && !before.standing;
  const isDue = turnsStanding || (isDirty && nowMs - life.sentAtMs >= limits.updateEveryMs);
  const opportunity = opportunityOf(before, figures, {
    state: before.state,
    revision: isDue ? before.revision + 1 : before.revision,
    openedAtMs: before.openedAtMs,
    updatedAtMs: nowMs,
    closedAtMs: before.closedAtMs,
    closeReason: before.closeReason,
    peakNetBps: Math.max(before.peakNetBps, figures.netBps),
    peakSize: Math.max(before.peakSize, figures.size),
    aboveMs: aboveMsUntil(life, nowMs),
    standing,
    detectedAtMs: before.detectedAtMs,
  });
  return {
    life: {
      opportunity,
      opening: life.opening,
      peak: figures.netBps > before.peakNetBps ? books() : life.peak,
      paidAtMs: nowMs,
      sentAtMs: isDue ? nowMs : life.sentAtMs,
      isDirty: isDirty && !isDue,
      leaving: null,
    },
    event: isDue ? { v: 1, event: 'updated', opportunity } : null,
  };
}

// Judged with every change of its books. Each property by its name: as many put together by spreading are a dictionary to V8,
// of ten times the size.
function opportunityOf(
  identity: OpportunityIdentity,
  figures: OpportunityFigures,
  course: OpportunityCourse,
): Opportunity {
  return {
    id: identity.id,
    kind: identity.kind,
    symbol: identity.symbol,
    currency: identity.currency,
    routeId: identity.routeId,
    epoch: identity.epoch,
    legs: figures.legs,
    grossBps: figures.grossBps,
    topNetBps: figures.topNetBps,
    size: figures.size,
    notional: figures.notional,
    netProfit: figures.netProfit,
    netBps: figures.netBps,
    notionalUsd: figures.notionalUsd,
    afterTransfer: figures.afterTransfer,
    conversion: figures.conversion,
    identity: figures.identity,
    cappedBy: figures.cappedBy,
    state: course.state,
    revision: course.revision,
    openedAtMs: course.openedAtMs,
    updatedAtMs: course.updatedAtMs,
    closedAtMs: course.closedAtMs,
    closeReason: course.closeReason,
    peakNetBps: course.peakNetBps,
    peakSize: course.peakSize,
    aboveMs: course.aboveMs,
    standing: course.standing,
    detectedAtMs: course.detectedAtMs,
  };
}
