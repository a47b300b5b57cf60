import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Database, processMark } from '../platform/prisma/index.js';

/** The process that runs a detector. */
export interface LeaseHolder {
  readonly host: string;
  readonly pid: number;
  /** Tells it from a later process with the same number. */
  readonly mark: string;
}

/** A lease survives two renewals that fail. */
export const RENEWALS_PER_LEASE = 3;

/** This process. */
export function thisHolder(): LeaseHolder {
  return { host: hostname(), pid: process.pid, mark: processMark(process.pid) ?? `pid:${process.pid}` };
}

/** An epoch that is not ours and that left opportunities open. */
export interface OtherEpoch extends LeaseHolder {
  readonly epoch: string;
  readonly isExpired: boolean;
}

/** How long an epoch of which nothing is open any more is remembered. */
const REMEMBERED = '30 days';

/** Who detects, and until when that is believed; all times are of the database's clock, so that hosts may differ. */
@Injectable()
export class LeaseRepository {
  constructor(private readonly database: Database) {}

  /** Claims an epoch for a time. */
  async take(epoch: string, holder: LeaseHolder, leaseMs: number): Promise<void> {
    await this.database.query(
      `INSERT INTO detector_epochs (epoch, started_at, lease_until, host, pid, process_mark)
       VALUES ($1, now(), now() + make_interval(secs => $2::float8 / 1000), $3, $4, $5)
       ON CONFLICT (epoch) DO UPDATE SET lease_until = excluded.lease_until, host = excluded.host,
         pid = excluded.pid, process_mark = excluded.process_mark`,
      [epoch, leaseMs, holder.host, holder.pid, holder.mark],
    );
  }

  /**
   * Extends a lease.
   *
   * @returns False when it had run out, or was gone: another detector may have closed what is open here.
   */
  async renew(epoch: string, holder: LeaseHolder, leaseMs: number): Promise<boolean> {
    const [row] = await this.database.query<{ held: boolean }>(
      `WITH before AS (SELECT lease_until >= now() AS held FROM detector_epochs WHERE epoch = $1)
       UPDATE detector_epochs SET lease_until = now() + make_interval(secs => $2::float8 / 1000)
       WHERE epoch = $1 RETURNING (SELECT held FROM before) AS held`,
      [epoch, leaseMs],
    );
    if (!row) await this.take(epoch, holder, leaseMs);
    return row?.held === true;
  }

  /** Ends a lease now. */
  async release(epoch: string): Promise<void> {
    await this.database.query('UPDATE detector_epochs SET lease_until = now() WHERE epoch = $1', [epoch]);
  }

  /** Epochs but ours that have something open; those whose row is gone are expired. */
  async othersWithOpen(ownEpoch: string): Promise<OtherEpoch[]> {
    return this.database.query<OtherEpoch>(
      `SELECT left_open.epoch, coalesce(held.host, '') AS host, coalesce(held.pid, 0) AS pid,
         coalesce(held.process_mark, '') AS mark, coalesce(held.lease_until <= now(), true) AS "isExpired"
       FROM (SELECT DISTINCT epoch FROM opportunities WHERE state = 'open' AND epoch <> $1) AS left_open
       LEFT JOIN detector_epochs AS held USING (epoch)`,
      [ownEpoch],
    );
  }

  /** Forgets epochs that ended long ago and left nothing open. */
  async forgetOld(): Promise<void> {
    await this.database.query(
      `DELETE FROM detector_epochs AS old WHERE lease_until < now() - interval '${REMEMBERED}'
         AND NOT EXISTS (SELECT 1 FROM opportunities WHERE state = 'open' AND epoch = old.epoch)`,
    );
  }
}
