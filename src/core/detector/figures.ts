import type { Candidate, Leg } from '../gates/candidate.js';
import type { LegSide } from '../market/route.js';
import type { OpportunityFigures } from '../opportunity/lifecycle.js';
import type { LegBook, OpportunityLeg } from '../opportunity/opportunity.js';
import { grossBps, netBps } from '../spread/top-spread.js';

/** Levels that the books of an opportunity show beyond those that were walked, so that its surroundings can be seen. */
const CONTEXT_LEVELS = 10;

/**
 * Writes down what an accepted candidate is worth.
 *
 * @param candidate - A candidate that every gate accepted.
 * @returns Its figures, recomputable from the two books of {@link openingBooks}.
 */
export function figuresOf(candidate: Candidate): OpportunityFigures {
  const { buy, sell, usdPerQuote } = candidate;
  const walk = candidate.walk();
  const ask = buy.book?.asks.price(0) ?? NaN;
  const bid = sell.book?.bids.price(0) ?? NaN;
  return {
    legs: [legOf('buy', buy, walk.buyVwap, walk.size), legOf('sell', sell, walk.sellVwap, walk.size)],
    grossBps: grossBps(ask, bid),
    topNetBps: netBps(ask, bid, buy.takerFeeBps, sell.takerFeeBps),
    size: walk.size,
    notional: walk.notional,
    netProfit: walk.netProfit,
    netBps: walk.netBps,
    notionalUsd: usdPerQuote === null ? null : walk.notional * usdPerQuote,
  };
}

/**
 * Copies both books as they are now.
 *
 * @param candidate - The candidate.
 * @returns Buying leg first, each with at least every level walked.
 */
export function openingBooks(candidate: Candidate): LegBook[] {
  const walk = candidate.walk();
  const depth = Math.max(walk.buyLevels, walk.sellLevels) + CONTEXT_LEVELS;
  return [candidate.buy, candidate.sell].map(({ instrument, book }) => ({
    exchange: instrument.exchange,
    symbol: instrument.symbol,
    bids: book?.bids.top(depth) ?? [],
    asks: book?.asks.top(depth) ?? [],
  }));
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
