import { parseSymbol } from '../core/market/symbol.js';
import type { Opportunity } from '../core/opportunity/opportunity.js';

/** Columns of `opportunities` as one batch hands them over, with their types; `opened_at` is made from `opened_at_ms`. */
export const RECORD_COLUMNS = {
  id: 'text',
  epoch: 'text',
  revision: 'int',
  kind: 'text',
  state: 'text',
  symbol: 'text',
  base: 'text',
  quote: 'text',
  buy_exchange: 'text',
  sell_exchange: 'text',
  route_id: 'text',
  legs: 'jsonb',
  gross_bps: 'float8',
  top_net_bps: 'float8',
  size: 'float8',
  notional: 'float8',
  net_profit: 'float8',
  net_bps: 'float8',
  currency: 'text',
  notional_usd: 'float8',
  after_transfer: 'jsonb',
  opened_at_ms: 'float8',
  updated_at_ms: 'float8',
  closed_at_ms: 'float8',
  close_reason: 'text',
  peak_net_bps: 'float8',
  standing: 'boolean',
  detected_at_ms: 'float8',
  books: 'jsonb',
  conversion: 'jsonb',
  identity: 'text',
  capped_by: 'text',
  peak_size: 'float8',
  above_ms: 'float8',
  gates: 'jsonb',
} as const;

/** Columns that are told once, at the opening or the end, and are shown with one opportunity, not in lists. */
export const DETAIL_COLUMNS: readonly string[] = ['books', 'gates'];

/** One record of a batch. */
export type OpportunityRecord = Readonly<Record<keyof typeof RECORD_COLUMNS, unknown>>;

/** An opportunity as it is read back; rows from before these were measured have null there. */
export type StoredOpportunity = Omit<Opportunity, 'identity' | 'peakSize' | 'aboveMs'> & {
  readonly [key in 'identity' | 'peakSize' | 'aboveMs']: Opportunity[key] | null;
};

/** One row as the database returns it; the details only where they were asked for. */
export interface OpportunityRow {
  readonly id: string;
  readonly epoch: string;
  readonly revision: number;
  readonly kind: Opportunity['kind'];
  readonly state: Opportunity['state'];
  readonly symbol: string;
  readonly route_id: string;
  readonly legs: Opportunity['legs'];
  readonly gross_bps: number;
  readonly top_net_bps: number;
  readonly size: number;
  readonly notional: number;
  readonly net_profit: number;
  readonly net_bps: number;
  readonly currency: string;
  readonly notional_usd: number | null;
  readonly after_transfer: Opportunity['afterTransfer'];
  readonly opened_at_ms: number;
  readonly updated_at_ms: number;
  readonly closed_at_ms: number | null;
  readonly close_reason: Opportunity['closeReason'];
  readonly peak_net_bps: number;
  readonly standing: boolean;
  readonly detected_at_ms: number;
  readonly conversion: Opportunity['conversion'];
  readonly identity: Opportunity['identity'] | null;
  readonly capped_by: Opportunity['cappedBy'];
  readonly peak_size: number | null;
  readonly above_ms: number | null;
  readonly books?: Opportunity['books'] | null;
  readonly gates?: Opportunity['gates'] | null;
}

/**
 * Lays an opportunity out in columns.
 *
 * @param opportunity - As the stream carries it.
 * @returns The record; base, quote and exchanges are repeated beside the legs so that they can be asked for.
 */
export function toRecord(opportunity: Opportunity): OpportunityRecord {
  const parts = parseSymbol(opportunity.symbol);
  const leg = (side: 'buy' | 'sell'): string => opportunity.legs.find((one) => one.side === side)?.exchange ?? '';
  return {
    id: opportunity.id,
    epoch: opportunity.epoch,
    revision: opportunity.revision,
    kind: opportunity.kind,
    state: opportunity.state,
    symbol: opportunity.symbol,
    base: parts?.base ?? opportunity.symbol,
    quote: parts?.quote ?? opportunity.currency,
    buy_exchange: leg('buy'),
    sell_exchange: leg('sell'),
    route_id: opportunity.routeId,
    legs: opportunity.legs,
    gross_bps: opportunity.grossBps,
    top_net_bps: opportunity.topNetBps,
    size: opportunity.size,
    notional: opportunity.notional,
    net_profit: opportunity.netProfit,
    net_bps: opportunity.netBps,
    currency: opportunity.currency,
    notional_usd: opportunity.notionalUsd,
    after_transfer: opportunity.afterTransfer,
    opened_at_ms: opportunity.openedAtMs,
    updated_at_ms: opportunity.updatedAtMs,
    closed_at_ms: opportunity.closedAtMs,
    close_reason: opportunity.closeReason,
    peak_net_bps: opportunity.peakNetBps,
    standing: opportunity.standing,
    detected_at_ms: opportunity.detectedAtMs,
    books: opportunity.books ?? null,
    conversion: opportunity.conversion,
    identity: opportunity.identity,
    capped_by: opportunity.cappedBy,
    peak_size: opportunity.peakSize,
    above_ms: opportunity.aboveMs,
    gates: opportunity.gates ?? null,
  };
}

/**
 * Reads an opportunity back, in the shape and with the figures that the stream showed.
 *
 * @param row - The row.
 * @returns The opportunity; with books and measures only if the row has them.
 */
export function fromRow(row: OpportunityRow): StoredOpportunity {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    symbol: row.symbol,
    legs: row.legs,
    grossBps: row.gross_bps,
    topNetBps: row.top_net_bps,
    size: row.size,
    notional: row.notional,
    netProfit: row.net_profit,
    netBps: row.net_bps,
    currency: row.currency,
    notionalUsd: row.notional_usd,
    routeId: row.route_id,
    epoch: row.epoch,
    revision: row.revision,
    afterTransfer: row.after_transfer,
    conversion: row.conversion,
    identity: row.identity,
    cappedBy: row.capped_by,
    openedAtMs: row.opened_at_ms,
    updatedAtMs: row.updated_at_ms,
    closedAtMs: row.closed_at_ms,
    closeReason: row.close_reason,
    peakNetBps: row.peak_net_bps,
    peakSize: row.peak_size,
    aboveMs: row.above_ms,
    standing: row.standing,
    detectedAtMs: row.detected_at_ms,
    ...(row.gates ? { gates: row.gates } : {}),
    ...(row.books ? { books: row.books } : {}),
  };
}
