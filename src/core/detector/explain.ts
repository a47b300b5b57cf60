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
  const gates: GateWord[] = [];
  for (const gate of GATES) {
    const isAsked = !gates.some((word) => word.passed === false && NEEDED_BY_ALL.has(word.reason));
    gates.push({
      reason: gate.reason,
      passed: isAsked ? !gate.refuses(candidate) : null,
      measured: isAsked ? finite(gate.measure(candidate)) : {},
    });
  }
  const reason = gates.find((word) => word.passed === false)?.reason ?? null;
  const bid = watched.sell.lastBid * (candidate.conversion()?.rate ?? watched.rate);
  const gross = toBps(bid - watched.buy.lastAsk, watched.buy.lastAsk);
  return {
    routeId: watched.route.id,
    atMs: candidate.nowMs,
    verdict: verdictOn(watched, gross > 0, reason),
    reason,
    grossBps: Number.isFinite(gross) ? gross : null,
    gates,
    figures: gates.at(-1)?.passed !== null && candidate.walk().size > 0 ? figuresOf(candidate) : null,
  };
}

/** Gates without whose word there is nothing for the later ones to measure. */
const NEEDED_BY_ALL: ReadonlySet<RefusalReason> = new Set([
  'exchange_down',
  'out_of_sync',
  'one_sided',
  'crossed_book',
]);

function verdictOn(watched: WatchedRoute, isCrossed: boolean, reason: RefusalReason | null): Explanation['verdict'] {
  if (watched.life !== null) return 'open';
  if (!isCrossed) return 'no_candidate';
  return reason === null ? 'open' : 'refused';
}

// JSON knows no NaN: what could not be measured is null.
function finite(measured: Measured): Measured {
  return Object.fromEntries(
    Object.entries(measured).map(([name, value]) => [
      name,
      typeof value === 'number' && !Number.isFinite(value) ? null : value,
    ]),
  );
}
