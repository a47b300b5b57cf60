import { Injectable } from '@nestjs/common';
import { Database, type Queries } from '../platform/prisma/index.js';
import type { AlertState, Message, RowKind, StoredAlert } from './alert.js';
import { digestOf } from './delivery/digest.js';

/** Names of our advisory locks: any number that nobody else in this database uses as a class. */
const CLASS = 0x616c_7274;
const INSERTING = 'inserting';
/** The most alerts that may wait for one target; more are counted as lost. */
const MAX_WAITING = 10_000;
/** The span in which a target is told at most `perMinute` times. */
export const WINDOW_MS = 60_000;

/** A row that is to be stored: an alert for one of its targets. */
export interface NewRow extends Message {
  readonly kind: RowKind;
  readonly target: string;
  readonly topic: string;
  readonly oncePerMs: number;
  readonly dueAtMs: number;
}

/** How many of some new rows were not stored, and why. */
export interface Inserted {
  readonly stored: number;
  readonly duplicates: number;
  readonly full: number;
}

/** What is to be done for a target now. */
export interface Claim {
  /** To be sent; null where nothing is due, or may be sent. */
  readonly alert: StoredAlert | null;
  /** Alerts that wait for the target, due or not. */
  readonly waiting: number;
  /** How many alerts were summed up in the one to be sent just now. */
  readonly summed: number;
  /** When the next one may be sent, epoch ms; null where none is due before the next look. */
  readonly nextMs: number | null;
}

/** How a claim is made. */
export interface ClaimTerms {
  readonly target: string;
  readonly nowMs: number;
  /** Until then nobody else sends it; afterwards it is taken for not sent. */
  readonly untilMs: number;
  readonly perMinute: number;
  /** When this process called the target in the last minute, epoch ms, oldest first. */
  readonly calledMs: readonly number[];
}

/** Which alerts a list shows. */
export interface AlertFilter {
  readonly state?: AlertState | undefined;
  readonly target?: string | undefined;
  readonly rule?: string | undefined;
}

const ms = (column: string, as: string): string => `(extract(epoch FROM ${column}) * 1000)::float8 AS "${as}"`;
const COLUMNS = [
  'id, rule, kind, severity, target, text, fields, state, attempts, last_error AS "lastError", summed_in AS "summedIn"',
  ms('at', 'atMs'),
  ms('due_at', 'dueAtMs'),
  ms('attempted_at', 'attemptedAtMs'),
  ms('delivered_at', 'deliveredAtMs'),
].join(', ');
const time = (parameter: string): string => `to_timestamp(${parameter}::float8 / 1000)`;
const FREE = `(claimed_until IS NULL OR claimed_until <= ${time('$2')})`;

/** The table `alerts`: what is to be told, was told, or could not be. */
@Injectable()
export class OutboxRepository {
  constructor(private readonly database: Database) {}

  /** Stores new rows but those whose topic the same rule told its target within the window, by whichever process. */
  insert(rows: readonly NewRow[]): Promise<Inserted> {
    return this.database.transaction(async (q) => {
      await lock(q, INSERTING);
      const crowded = await q.query<{ target: string; count: number }>(
        `SELECT target, count(*)::int AS count FROM alerts WHERE state = 'waiting' AND target = ANY ($1) GROUP BY target`,
        [[...new Set(rows.map(({ target }) => target))]],
      );
      const room = new Map(crowded.map(({ target, count }) => [target, MAX_WAITING - count]));
      const fitting = rows.filter(({ target }) => {
        const left = room.get(target) ?? MAX_WAITING;
        room.set(target, left - 1);
        return left > 0;
      });
      const stored = await q.query(
        `INSERT INTO alerts (at, id, rule, kind, severity, topic, target, text, fields, state, due_at)
         SELECT ${time('r."atMs"')}, r.id, r.rule, r.kind, r.severity, r.topic, r.target, r.text, r.fields, 'waiting',
           ${time('r."dueAtMs"')}
         FROM jsonb_to_recordset($1::jsonb) AS r(id text, rule text, kind text, severity text, topic text, target text,
           text text, fields jsonb, "atMs" float8, "dueAtMs" float8, "oncePerMs" float8)
         WHERE NOT EXISTS (SELECT 1 FROM alerts AS told WHERE told.rule = r.rule AND told.topic = r.topic
           AND told.target = r.target AND told.state <> 'dead' AND told.at > ${time('(r."atMs" - r."oncePerMs")')})
         ON CONFLICT DO NOTHING RETURNING id`,
        [JSON.stringify(fitting)],
      );
      const duplicates = fitting.length - stored.length;
      return { stored: stored.length, duplicates, full: rows.length - fitting.length };
    });
  }

  /**
   * Takes the oldest alert that is due for a target. Where the target was told almost as often as it may be in a minute
   * and several wait, all of them become one that says how many there were: none is lost, none comes too fast.
   */
  claim(terms: ClaimTerms): Promise<Claim> {
    const { target, nowMs, perMinute } = terms;
    return this.database.transaction(async (q) => {
      await lock(q, target);
      const [{ waiting, due } = { waiting: 0, due: 0 }] = await q.query<{ waiting: number; due: number }>(
        `SELECT count(*)::int AS waiting, (count(*) FILTER (WHERE due_at <= ${time('$2')} AND ${FREE}))::int AS due
         FROM alerts WHERE target = $1 AND state = 'waiting'`,
        [target, nowMs],
      );
      if (due === 0) return { alert: null, waiting, summed: 0, nextMs: null };
      const called = await this.called(q, terms);
      const left = perMinute - called.length;
      // The oldest of the last `perMinute` calls leaves the window first.
      if (left <= 0) return { alert: null, waiting, summed: 0, nextMs: (called.at(-perMinute) ?? nowMs) + WINDOW_MS };
      const summed = left === 1 && due > 1 ? await this.sumUp(q, target, nowMs) : 0;
      const alert = await this.take(q, terms);
      return { alert, waiting: waiting - Math.max(0, summed - 1), summed, nextMs: nowMs };
    });
  }

  /** How many wait for a target, due or not. */
  async waiting(target: string): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM alerts WHERE target = $1 AND state = 'waiting'`,
      [target],
    );
    return row?.count ?? 0;
  }

  async markDelivered(id: string, nowMs: number): Promise<void> {
    await this.database.query(
      `UPDATE alerts SET state = 'delivered', delivered_at = ${time('$2')}, claimed_until = NULL, last_error = NULL
       WHERE id = $1`,
      [id, nowMs],
    );
  }

  async markFailed(id: string, error: string, dueAtMs: number): Promise<void> {
    await this.database.query(
      `UPDATE alerts SET last_error = $2, due_at = ${time('$3')}, claimed_until = NULL WHERE id = $1 AND state = 'waiting'`,
      [id, error, dueAtMs],
    );
  }

  async markDead(id: string, error: string): Promise<void> {
    await this.database.query(
      `UPDATE alerts SET state = 'dead', last_error = $2, claimed_until = NULL WHERE id = $1 AND state = 'waiting'`,
      [id, error],
    );
  }

  /** Lets what failed before be tried at once: what was in the way may be gone. */
  async hurry(target: string, nowMs: number): Promise<void> {
    await this.database.query(
      `UPDATE alerts SET due_at = ${time('$2')} WHERE target = $1 AND state = 'waiting' AND attempts > 0 AND ${FREE}`,
      [target, nowMs],
    );
  }

  /** Gives up what waits for targets that are not known any more; how many. */
  async buryUnknown(targets: readonly string[]): Promise<number> {
    const rows = await this.database.query(
      `UPDATE alerts SET state = 'dead', last_error = 'its target is not in alerts.targets any more'
       WHERE state = 'waiting' AND NOT (target = ANY ($1)) RETURNING id`,
      [targets],
    );
    return rows.length;
  }

  /** Has dead alerts sent again, of one target or of all that are known; how many. */
  async resend(targets: readonly string[], nowMs: number, id: string | null = null): Promise<number> {
    const rows = await this.database.query(
      `UPDATE alerts SET state = 'waiting', attempts = 0, due_at = ${time('$2')}, claimed_until = NULL
       WHERE state = 'dead' AND target = ANY ($1) AND ($3::text IS NULL OR id = $3) RETURNING id`,
      [targets, nowMs, id],
    );
    return rows.length;
  }

  async find(id: string): Promise<StoredAlert | null> {
    const [row] = await this.database.query<StoredAlert>(`SELECT ${COLUMNS} FROM alerts WHERE id = $1`, [id]);
    return row ?? null;
  }

  /** A page, newest first, after a row where one is given. */
  list(
    { state, target, rule }: AlertFilter,
    limit: number,
    after: Pick<StoredAlert, 'atMs' | 'id'> | null,
  ): Promise<StoredAlert[]> {
    return this.database.query<StoredAlert>(
      `SELECT ${COLUMNS} FROM alerts
       WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR target = $2) AND ($3::text IS NULL OR rule = $3)
         AND ($4::float8 IS NULL OR (at, id) < (${time('$4')}, $5::text))
       ORDER BY alerts.at DESC, alerts.id DESC LIMIT $6`,
      [state ?? null, target ?? null, rule ?? null, after?.atMs ?? null, after?.id ?? null, limit],
    );
  }

  /** How many alerts of each target are in each state. */
  counts(): Promise<{ readonly target: string; readonly state: AlertState; readonly count: number }[]> {
    return this.database.query('SELECT target, state, count(*)::int AS count FROM alerts GROUP BY target, state');
  }

  /** Forgets what ended before a moment. */
  async forget(beforeMs: number): Promise<void> {
    await this.database.query(`DELETE FROM alerts WHERE at < ${time('$1')} AND state <> 'waiting'`, [beforeMs]);
  }

  /** When the target was called in the last minute, by this process or another, oldest first. */
  private async called(q: Queries, { target, nowMs, calledMs }: ClaimTerms): Promise<readonly number[]> {
    const rows = await q.query<{ atMs: number }>(
      `SELECT ${ms('attempted_at', 'atMs')} FROM alerts
       WHERE target = $1 AND attempted_at > ${time('$2')} ORDER BY attempted_at`,
      [target, nowMs - WINDOW_MS],
    );
    // Here one row may have been tried twice, there another process's calls are not known: the longer list is nearer.
    return rows.length > calledMs.length ? rows.map(({ atMs }) => atMs) : calledMs;
  }

  /** Makes one alert of all that are due; those that are such sums already stay what they are. */
  private async sumUp(q: Queries, target: string, nowMs: number): Promise<number> {
    const due = await q.query<StoredAlert>(
      `SELECT ${COLUMNS} FROM alerts WHERE target = $1 AND state = 'waiting' AND kind <> 'digest'
         AND due_at <= ${time('$2')} AND ${FREE} ORDER BY alerts.at, alerts.id LIMIT ${MAX_WAITING}`,
      [target, nowMs],
    );
    if (due.length < 2) return 0;
    const id = globalThis.crypto.randomUUID();
    const { severity, text, fields } = digestOf(due);
    await q.query(
      `INSERT INTO alerts (at, id, rule, kind, severity, topic, target, text, fields, state, due_at)
       VALUES (${time('$2')}, $3, '', 'digest', $4, $3, $1, $5, $6, 'waiting', ${time('$2')})`,
      [target, nowMs, id, severity, text, JSON.stringify(fields)],
    );
    await q.query(`UPDATE alerts SET state = 'summed', summed_in = $2, claimed_until = NULL WHERE id = ANY ($1)`, [
      due.map((one) => one.id),
      id,
    ]);
    return due.length;
  }

  private async take(q: Queries, { target, nowMs, untilMs }: ClaimTerms): Promise<StoredAlert | null> {
    const [row] = await q.query<StoredAlert>(
      `UPDATE alerts SET attempts = attempts + 1, attempted_at = ${time('$2')}, claimed_until = ${time('$3')}
       WHERE id = (SELECT id FROM alerts WHERE target = $1 AND state = 'waiting' AND due_at <= ${time('$2')} AND ${FREE}
         ORDER BY alerts.at, alerts.id LIMIT 1)
       RETURNING ${COLUMNS}`,
      [target, nowMs, untilMs],
    );
    return row ?? null;
  }
}

/** Held until the transaction ends. */
async function lock(q: Queries, name: string): Promise<void> {
  await q.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [CLASS, name]);
}
