import { Injectable } from '@nestjs/common';
import type { RouteNames } from '../core/market/route.js';
import { Database } from '../platform/prisma/index.js';
import { jsonSlices } from './json-slices.js';

/** Which routes are asked for; all that are given must hold. */
export interface RouteFilter {
  readonly routeId?: string | undefined;
  readonly symbol?: string | undefined;
  /** On either side. */
  readonly exchange?: string | undefined;
  readonly buyExchange?: string | undefined;
  readonly sellExchange?: string | undefined;
}

/** Names remembered as stored; beyond it they are stored again, which changes nothing. */
const MAX_REMEMBERED = 50_000;

const CONDITIONS: Readonly<Record<keyof RouteFilter, (placeholder: string) => string>> = {
  routeId: (p) => `route_id = ${p}`,
  symbol: (p) => `symbol = ${p}`,
  exchange: (p) => `(buy_exchange = ${p} OR sell_exchange = ${p})`,
  buyExchange: (p) => `buy_exchange = ${p}`,
  sellExchange: (p) => `sell_exchange = ${p}`,
};

/** The table `routes`: a number for each route that was ever told. Grows with exchanges and symbols, never with time. */
@Injectable()
export class RouteRepository {
  private readonly remembered = new Set<string>();

  constructor(private readonly database: Database) {}

  /**
   * Makes sure that every route has its number.
   *
   * @param routes - Routes, repeated or not.
   * @throws {DatabaseError} When the database is away.
   */
  async ensure(routes: readonly RouteNames[]): Promise<void> {
    const missing = new Map<string, RouteNames>();
    for (const { routeId, symbol, buyExchange, sellExchange } of routes) {
      if (!this.remembered.has(routeId)) missing.set(routeId, { routeId, symbol, buyExchange, sellExchange });
    }
    for await (const text of jsonSlices(missing.values())) {
      await this.database.query(
        `INSERT INTO routes (route_id, symbol, buy_exchange, sell_exchange)
         SELECT * FROM jsonb_to_recordset($1::jsonb)
           AS batch("routeId" text, symbol text, "buyExchange" text, "sellExchange" text)
         ON CONFLICT (route_id) DO NOTHING`,
        [text],
      );
    }
    if (this.remembered.size + missing.size > MAX_REMEMBERED) this.remembered.clear();
    for (const routeId of missing.keys()) this.remembered.add(routeId);
  }

  /** Trusts nothing that is remembered any more: somebody may have emptied the table. */
  forget(): void {
    this.remembered.clear();
  }

  /**
   * Finds the numbers of routes.
   *
   * @param filter - Which.
   * @returns Their numbers, none when there is no such route; null when the filter names nothing, so all are meant.
   */
  async numbersOf(filter: RouteFilter): Promise<number[] | null> {
    const params: string[] = [];
    const conditions = (Object.keys(CONDITIONS) as (keyof RouteFilter)[]).flatMap((name) => {
      const value = filter[name];
      return value === undefined ? [] : [CONDITIONS[name](`$${params.push(value)}`)];
    });
    if (conditions.length === 0) return null;
    const rows = await this.database.query<{ id: number }>(
      `SELECT id FROM routes WHERE ${conditions.join(' AND ')}`,
      params,
    );
    return rows.map(({ id }) => id);
  }
}
