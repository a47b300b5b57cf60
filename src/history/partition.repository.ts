import { Injectable } from '@nestjs/common';
import { Database } from '../platform/prisma/index.js';

/** Tables that are parted by time, and how long a partition of each lasts. */
const UNITS = {
  opportunities: 'month',
  refusal_minutes: 'day',
  spread_candles_1s: 'day',
  spread_candles_1m: 'day',
  spread_candles_5m: 'month',
} as const;

/** One of the tables that are parted by time. */
export type PartitionedTable = keyof typeof UNITS;

const DAY_MS = 86_400_000;
/** Names remembered as made; beyond it they are asked for again, which changes nothing. */
const MAX_REMEMBERED = 10_000;

/** Tells whether a table is parted by time. */
export function isPartitioned(table: string): table is PartitionedTable {
  return table in UNITS;
}

/** Makes and drops the partitions of tables that grow with time; days and months are those of UTC. */
@Injectable()
export class PartitionRepository {
  private readonly remembered = new Set<string>();

  constructor(private readonly database: Database) {}

  /**
   * Makes sure that rows of these times can be stored.
   *
   * @param table - Where.
   * @param timesMs - Times of rows, epoch ms, repeated or not.
   * @throws {DatabaseError} When the database is away.
   */
  async ensure(table: PartitionedTable, timesMs: Iterable<number>): Promise<void> {
    for (const startMs of startsOf(UNITS[table], timesMs)) {
      const name = `${table} ${startMs}`;
      if (this.remembered.has(name)) continue;
      await this.database.query('SELECT make_partition($1, $2, to_timestamp($3::float8 / 1000))', [
        ...[table, UNITS[table], startMs],
      ]);
      if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear();
      this.remembered.add(name);
    }
  }

  /** As {@link ensure}, for all of a range. */
  async ensureRange(table: PartitionedTable, fromMs: number, toMs: number): Promise<void> {
    const days = Math.max(1, Math.ceil((toMs - fromMs) / DAY_MS) + 1);
    const timesMs = Array.from({ length: days }, (_, i) => Math.min(fromMs + i * DAY_MS, toMs - 1));
    await this.ensure(table, timesMs);
  }

  /** Trusts nothing that is remembered any more: somebody may have dropped a partition. */
  forget(): void {
    this.remembered.clear();
  }

  /**
   * Drops the partitions that end at or before a time, with all rows in them; while somebody reads the table for long, none.
   *
   * @param table - Of which.
   * @param beforeMs - The time, epoch ms.
   * @returns How many went.
   * @throws {DatabaseError} When the database is away.
   */
  async drop(table: PartitionedTable, beforeMs: number): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      'SELECT drop_partitions($1, $2, to_timestamp($3::float8 / 1000)) AS n',
      [table, UNITS[table], beforeMs],
    );
    if (row && row.n > 0) this.forget();
    return row?.n ?? 0;
  }
}

/** The starts of the days, or months, in which times lie. */
function startsOf(unit: 'day' | 'month', timesMs: Iterable<number>): Set<number> {
  const days = new Set<number>();
  for (const timeMs of timesMs) days.add(Math.floor(timeMs / DAY_MS) * DAY_MS);
  return unit === 'day' ? days : new Set([...days].map(monthOf));
}

function monthOf(dayMs: number): number {
  const day = new Date(dayMs);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth());
}
