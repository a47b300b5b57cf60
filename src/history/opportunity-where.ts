import type { OpportunityQuery } from './opportunity-query.js';

/** A condition with its values apart; the text holds placeholders only. */
export interface Where {
  /** Empty, or begins with `WHERE`. */
  readonly where: string;
  readonly params: readonly unknown[];
}

/** The same expression as the one that stores `opened_at`, so that a boundary falls on the same microsecond. */
const timeOf = (placeholder: string): string => `to_timestamp(${placeholder}::float8 / 1000)`;

/** Filters on one value, each with its SQL. Names of columns only: values never come near. */
const CONDITIONS: Readonly<Record<string, (placeholder: string) => string>> = {
  symbol: (p) => `symbol = ${p}`,
  base: (p) => `base = ${p}`,
  exchange: (p) => `(buy_exchange = ${p} OR sell_exchange = ${p})`,
  buyExchange: (p) => `buy_exchange = ${p}`,
  sellExchange: (p) => `sell_exchange = ${p}`,
  minNetBps: (p) => `net_bps >= ${p}::float8`,
  minNotional: (p) => `notional >= ${p}::float8`,
  state: (p) => `state = ${p}`,
  closeReason: (p) => `close_reason = ${p}`,
  from: (p) => `opened_at >= ${timeOf(p)}`,
  to: (p) => `opened_at < ${timeOf(p)}`,
};

/**
 * Builds the condition of a query.
 *
 * @param query - What is asked for.
 * @param nowMs - Our clock: those still open have lasted until now.
 * @returns The condition.
 */
export function whereOf(query: OpportunityQuery, nowMs: number): Where {
  const params: unknown[] = [];
  const place = (value: unknown): string => `$${params.push(value)}`;
  const all = Object.entries(query).flatMap(([name, value]) => {
    const condition = CONDITIONS[name];
    return condition && value !== undefined ? [condition(place(value))] : [];
  });
  if (query.minDurationMs !== undefined) {
    all.push(`coalesce(closed_at_ms, ${place(nowMs)}::float8) - opened_at_ms >= ${place(query.minDurationMs)}::float8`);
  }
  if (query.cursor) {
    const comparison = query.sort === 'openedAt' ? '>' : '<';
    all.push(`(opened_at, id) ${comparison} (${timeOf(place(query.cursor.openedAtMs))}, ${place(query.cursor.id)})`);
  }
  return { where: all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`, params };
}
