import type { RefusalCount } from '../core/gates/refusal-reason.js';
import type { RefusalsRequest } from './refusal-query.js';

/** Whether a filter lets counts of one route and reason through. */
export function concerns(filter: RefusalsRequest['filter'], count: RefusalCount): boolean {
  const { exchange } = filter;
  const { buyExchange: buy, sellExchange: sell } = count;
  const isOn = (asked: string | undefined, given: string): boolean => asked === undefined || asked === given;
  return (
    isOn(filter.routeId, count.routeId) &&
    isOn(filter.symbol, count.symbol) &&
    isOn(filter.reason, count.reason) &&
    isOn(filter.buyExchange, buy) &&
    isOn(filter.sellExchange, sell) &&
    (exchange === undefined || exchange === buy || exchange === sell)
  );
}
