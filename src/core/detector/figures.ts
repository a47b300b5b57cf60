import { GATES } from '../gates/gates.js';
import type { Leg } from '../gates/candidate.js';
import type { LegSide } from '../market/route.js';
import { proceedsAfterFee } from '../money/bps.js';
import type { OpeningRecord, OpportunityFigures } from '../opportunity/lifecycle.js';
import type { AfterTransfer, GateMeasures, LegBook, OpportunityLeg } from '../opportunity/opportunity.js';
import { grossBps, netBps } from '../spread/top-spread.js';
import type { RouteCase } from './route-case.js';

/** Levels that the books of an opportunity show beyond those that were walked, so that its surroundings can be seen. */
const CONTEXT_LEVELS = 10;

/**
 * Writes down what an accepted route is worth.
 *
 * @param candidate - A route that every gate accepted.
 * @returns Its figures, recomputable from the two books of {@link legBooks} and the conversion.
 */
export function figuresOf(candidate: RouteCase): OpportunityFigures {
  const { buy, sell, usdPerQuote } = candidate;
  const walk = candidate.walk();
  const conversion = candidate.conversion();
  const rate = conversion?.rate ?? 1;
  const ask = (buy.book?.asks.price(0) ?? NaN) / buy.unit;
  const bid = ((sell.book?.bids.price(0) ?? NaN) * rate) / sell.unit;
  return {
    legs: [
      legOf('buy', buy, walk.buyVwap * buy.unit, walk.size / buy.unit),
      legOf('sell', sell, (walk.sellVwap / rate) * sell.unit, walk.size / sell.unit),
    ],
    grossBps: grossBps(ask, bid),
    topNetBps: netBps(ask, bid, buy.takerFeeBps, sell.takerFeeBps),
    size: walk.size,
    notional: walk.notional,
    netProfit: walk.netProfit,
    netBps: walk.netBps,
    notionalUsd: usdPerQuote === null ? null : walk.notional * usdPerQuote,
    afterTransfer: afterTransfer(candidate),
    conversion,
    identity: candidate.identity().proof ?? 'allowed',
    cappedBy: candidate.cappedBy,
  };
}

/**
 * Writes down what belongs to an opening.
 *
 * @param candidate - A route that every gate accepted.
 * @returns Both books and what each gate measured.
 */
export function openingRecord(candidate: RouteCase): OpeningRecord {
  return { books: legBooks(candidate), gates: measuresOf(candidate) };
}

/**
 * Copies both books as they are now.
 *
 * @param candidate - The route.
 * @returns Buying leg first, each with at least every level walked.
 */
export function legBooks(candidate: RouteCase): LegBook[] {
  const walk = candidate.walk();
  const depth = Math.max(walk.buyLevels, walk.sellLevels) + CONTEXT_LEVELS;
  return [candidate.buy, candidate.sell].map(({ instrument, book }) => ({
    exchange: instrument.exchange,
    symbol: instrument.symbol,
    bids: book?.bids.top(depth) ?? [],
    asks: book?.asks.top(depth) ?? [],
  }));
}

function measuresOf(candidate: RouteCase): GateMeasures {
  return Object.fromEntries(GATES.map((gate) => [gate.reason, gate.measure(candidate)]));
}

// What the network keeps is missing where it would have been sold.
function afterTransfer(candidate: RouteCase): AfterTransfer | null {
  const way = candidate.transfer();
  const walk = candidate.walk();
  if (way?.fee === null || way === null) return null;
  const { unit } = candidate.buy;
  if (walk.size < (way.min ?? 0) * unit) return null;
  const lost = way.fee * unit * proceedsAfterFee(walk.sellVwap, candidate.sell.takerFeeBps);
  return {
    netProfit: walk.netProfit - lost,
    network: way.network,
    feeAmount: way.fee,
    minAmount: way.min,
    knownAtMs: way.knownAtMs,
  };
}

function legOf(side: LegSide, leg: Leg, vwap: number, size: number): OpportunityLeg {
  return {
    side,
    exchange: leg.instrument.exchange,
    symbol: leg.instrument.symbol,
    vwap,
    size,
    takerFeeBps: leg.takerFeeBps,
    feeSource: leg.feeSource,
    exchangeTimeMs: leg.book?.exchangeTimeMs ?? null,
    receivedAtMs: leg.book?.receivedAtMs ?? 0,
    sequence: leg.book?.sequence ?? null,
  };
}
