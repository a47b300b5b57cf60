import { Injectable } from '@nestjs/common';
import type { ExchangeId } from '../core/market/instrument.js';
import { Database } from '../platform/prisma/index.js';

/** What a person decided about a ticker. */
export interface IdentityDecision {
  /** Asset code without multipliers. */
  readonly asset: string;
  /** In alphabetical order; null for all. */
  readonly exchanges: readonly [ExchangeId, ExchangeId] | null;
  readonly verdict: 'allow' | 'deny';
  /** Why, in the person's words. */
  readonly evidence: string;
  readonly atMs: number;
  /** Through which door it came. */
  readonly by: string;
}

interface Row {
  readonly asset: string;
  readonly exchange_a: string | null;
  readonly exchange_b: string | null;
  readonly verdict: IdentityDecision['verdict'];
  readonly evidence: string;
  readonly at_ms: number;
  readonly actor: string;
}

/** The append-only table `identity_decisions`: what was taken back stays readable there. */
@Injectable()
export class IdentityRepository {
  constructor(private readonly database: Database) {}

  /** Those that hold: of each asset and pair the newest, unless it was taken back; oldest first. */
  async holding(): Promise<IdentityDecision[]> {
    const rows = await this.database.query<Row>(
      `SELECT * FROM (
         SELECT DISTINCT ON (asset, exchange_a, exchange_b) asset, exchange_a, exchange_b, verdict, evidence,
           (extract(epoch FROM at) * 1000)::float8 AS at_ms, actor, id
         FROM identity_decisions ORDER BY asset, exchange_a, exchange_b, id DESC) AS newest
       WHERE verdict <> 'clear' ORDER BY id`,
    );
    return rows.map(({ asset, exchange_a: a, exchange_b: b, verdict, evidence, at_ms, actor }) => {
      return { asset, exchanges: a !== null && b !== null ? [a, b] : null, verdict, evidence, atMs: at_ms, by: actor };
    });
  }

  /** Appends a decision, or that one was taken back. */
  async append(decision: Omit<IdentityDecision, 'verdict'> & { verdict: 'allow' | 'deny' | 'clear' }): Promise<void> {
    const { asset, exchanges, verdict, evidence, atMs, by } = decision;
    await this.database.query(
      `INSERT INTO identity_decisions (at, asset, exchange_a, exchange_b, verdict, evidence, actor)
       VALUES (to_timestamp($1::float8 / 1000), $2, $3, $4, $5, $6, $7)`,
      [atMs, asset, exchanges?.[0] ?? null, exchanges?.[1] ?? null, verdict, evidence, by],
    );
  }
}
