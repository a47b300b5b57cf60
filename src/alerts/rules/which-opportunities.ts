import type { Opportunity } from '../../core/opportunity/opportunity.js';
import type { AlertRule } from '../../platform/config/index.js';

/** Rules about opportunities, or about their absence. */
type Wanted = Pick<
  Extract<AlertRule, { on: 'opportunity' | 'silence' }>,
  'symbols' | 'routes' | 'exchanges' | 'kinds' | 'minNetBps' | 'minNotionalUsd' | 'standing'
>;

/** Compiles what opportunities a rule is about. What is not known is not enough: a notional that no book values. */
export function whichOpportunities(rule: Wanted): (opportunity: Opportunity) => boolean {
  const { minNetBps = -Infinity, minNotionalUsd, standing } = rule;
  const symbols = rule.symbols && new Set(rule.symbols);
  const routes = rule.routes && new Set(rule.routes);
  const exchanges = rule.exchanges && new Set(rule.exchanges);
  const kinds = rule.kinds && new Set<string>(rule.kinds);
  const isOnRoute = (one: Opportunity): boolean =>
    (symbols?.has(one.symbol) ?? true) &&
    (routes?.has(one.routeId) ?? true) &&
    (kinds?.has(one.kind) ?? true) &&
    (!exchanges || one.legs.some(({ exchange }) => exchanges.has(exchange)));
  const isLarge = ({ notionalUsd }: Opportunity): boolean =>
    minNotionalUsd === undefined || (notionalUsd !== null && notionalUsd >= minNotionalUsd);
  return (one) =>
    one.netBps >= minNetBps && isLarge(one) && (standing === undefined || one.standing === standing) && isOnRoute(one);
}
