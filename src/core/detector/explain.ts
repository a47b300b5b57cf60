import { GATES } from '../gates/gates.js';
import type { Measured } from '../gates/candidate.js';
import type { RefusalReason } from '../gates/refusal-reason.js';
import { toBps } from '../money/bps.js';
import type { WatchedRoute } from './board-member.js';
import type { Explanation, GateWord } from './explanation.js';
import { figuresOf } from './figures.js';
import type { RouteCase } from './route-case.js';

/**
 * Tells what stands between a route and an opportunity, gate by gate.
 *
 * @param watched - The route.
 * @param candidate - The same at this moment.
 * @returns Every gate's word; those that lean on a book that is missing are not asked.
 */
export function explain(watched: WatchedRoute, candidate: RouteCase): Explanation {
  let reason: RefusalReason | null = null;
  let isAsked = true;
  const gates: GateWord[] = GATES.map((gate) => {
    if (!isAsked) return { reason: gate.reason, passed: null, measured: {} };
    const refuses = gate.refuses(candidate);
    if (refuses) {
      reason ??= gate.reason;
      isAsked = !NEEDS_BOOKS.has(gate.reason);
    }
    return { reason: gate.reason, passed: !refuses, measured: finite(gate.measure(candidate)) };
  });
  const gross = toBps(watched.sell.lastBid * watched.rate - watched.buy.lastAsk, watched.buy.lastAsk);
  const isOpen = watched.life !== null;
  const verdict = watched.isCrossed ? (reason === null || isOpen ? 'open' : 'refused') : 'no_candidate';
  return {
    routeId: watched.route.id,
    atMs: candidate.nowMs,
    verdict,
    reason,
    grossBps: Number.isFinite(gross) ? gross : null,
    gates,
    figures: isAsked && candidate.walk().size > 0 ? figuresOf(candidate) : null,
  };
}

/** Gates without whose word there is nothing for the later ones to measure. */
const NEEDS_BOOKS: ReadonlySet<RefusalReason> = new Set(['exchange_down', 'out_of_sync', 'one_sided', 'crossed_book']);

// JSON knows no NaN: what could not be measured is null.
function finite(measured: Measured): Measured {
  return Object.fromEntries(
    Object.entries(measured).map(([name, value]) => [
      name,
      typeof value === 'number' && !Number.isFinite(value) ? null : value,
    ]),
  );
}
