import { createHash } from 'node:crypto';
import { Injectable, Optional } from '@nestjs/common';
import type { Queries } from '../../platform/prisma/index.js';
import {
  type AuditContent,
  type AuditEntry,
  type ChainedLine,
  type ChainPosition,
  canonicalJson,
  GENESIS,
  lineHash,
} from './audit-chain.js';
import { conditionsOf, rangeParts } from '../newest-first.js';
import { AuditHead, newestLine } from './audit-head.js';

/** Lines that are read from the database at a time. */
const BATCH = 500;
/** Names the lock under which lines get their place; any number that nothing else in this database uses. */
const CHAIN_LOCK = 7_305_019_233;

/** Which lines of the audit are meant; every part that is there must hold. */
export interface AuditFilter {
  readonly keyId?: string | undefined;
  readonly action?: string | undefined;
  /** Epoch ms, from this on. */
  readonly from?: number | undefined;
  /** Epoch ms, before this. */
  readonly to?: number | undefined;
}

/** How many lines were written without a chain, and one digest over all of them. */
export interface UnchainedLines {
  readonly lines: number;
  readonly digest: string;
}

interface Row {
  readonly at_us: string;
  readonly actor: string;
  readonly action: string;
  readonly key_id: string | null;
  readonly detail: unknown;
  readonly sequence: string | null;
  readonly hash: string | null;
}

const AT_US = '(extract(epoch FROM at) * 1000000)::bigint::text';
const COLUMNS = `${AT_US} AS at_us, actor, action, key_id, detail, sequence::text, hash`;
const AT = "'epoch'::timestamptz + $1::bigint * interval '1 microsecond'";

/** The append-only table `audit_log`, whose lines are chained by digests. */
@Injectable()
export class AuditRepository {
  /** @param head - Is told of new lines; without it, the next service that starts catches up. */
  constructor(@Optional() private readonly head?: AuditHead) {}

  /**
   * Appends inside the caller's transaction, so that a change and its trace stand or fall together. Append last: the
   * place in the chain is held until the transaction ends, and other writers wait for it.
   */
  async append(q: Queries, entry: AuditEntry): Promise<void> {
    await q.query('SELECT pg_advisory_xact_lock($1)', [CHAIN_LOCK]);
    const tail = (await newestLine(q)) ?? (await this.begin(q, entry.atMs));
    await this.insert(q, entry, tail);
    this.head?.touch();
  }

  /** Lines of the chain after a number, in its order; at most a batch of them. */
  async chained(q: Queries, after: number): Promise<ChainedLine[]> {
    const rows = await q.query<Row>(
      `SELECT ${COLUMNS} FROM audit_log WHERE sequence > $1 ORDER BY audit_log.sequence LIMIT ${BATCH}`,
      [after],
    );
    return rows.map((row) => ({ ...contentOf(row), sequence: Number(row.sequence), hash: row.hash ?? '' }));
  }

  /** Lines that fit a filter, newest first, before a number of the chain where one is given. */
  async page(q: Queries, filter: AuditFilter, limit: number, before: number | null): Promise<ChainedLine[]> {
    const values: unknown[] = [];
    const conditions = conditionsOf(partsOf(filter), values);
    if (before !== null) {
      values.push(before);
      conditions.push(`sequence < $${values.length}`);
    }
    values.push(limit);
    const rows = await q.query<Row>(
      `SELECT ${COLUMNS} FROM audit_log WHERE ${['sequence IS NOT NULL', ...conditions].join(' AND ')}
       ORDER BY audit_log.sequence DESC LIMIT $${values.length}`,
      values,
    );
    return rows.map((row) => ({ ...contentOf(row), sequence: Number(row.sequence), hash: row.hash ?? '' }));
  }

  /** Lines of one key from before the chain, newest first. */
  async unchainedOf(q: Queries, keyId: string, limit: number): Promise<AuditContent[]> {
    const rows = await q.query<Row>(
      `SELECT ${COLUMNS} FROM audit_log WHERE sequence IS NULL AND key_id = $1 ORDER BY audit_log.at DESC, audit_log.id DESC LIMIT $2`,
      [keyId, limit],
    );
    return rows.map(contentOf);
  }

  /** Whether any line speaks of a key. */
  async knows(q: Queries, keyId: string): Promise<boolean> {
    return (await q.query('SELECT 1 FROM audit_log WHERE key_id = $1 LIMIT 1', [keyId])).length > 0;
  }

  /** Digests the lines that stand outside of the chain, in the order in which they were written. */
  async unchained(q: Queries): Promise<UnchainedLines> {
    const digest = createHash('sha256');
    let lines = 0;
    let after: readonly [string, string] = ['-9000000000000000', '0'];
    for (;;) {
      const rows = await q.query<Row & { id: string }>(
        `SELECT ${COLUMNS}, id::text FROM audit_log
         WHERE sequence IS NULL AND (at, id) > (${AT}, $2::bigint) ORDER BY audit_log.at, audit_log.id LIMIT ${BATCH}`,
        after,
      );
      for (const row of rows) digest.update(`${canonicalJson(contentOf(row))}\n`);
      lines += rows.length;
      const last = rows.at(-1);
      if (!last || rows.length < BATCH) return { lines, digest: digest.digest('hex') };
      after = [last.at_us, last.id];
    }
  }

  /** Takes earlier lines into the chain as one digest; without any, the chain begins with the line to come. */
  private async begin(q: Queries, atMs: number): Promise<ChainPosition> {
    const genesis = { sequence: 0, hash: GENESIS };
    const earlier = await this.unchained(q);
    if (earlier.lines === 0) return genesis;
    return this.insert(
      q,
      { atMs, actor: 'service', action: 'chain_started', keyId: null, detail: { ...earlier } },
      genesis,
    );
  }

  private async insert(
    q: Queries,
    { atMs, actor, action, keyId, detail }: AuditEntry,
    tail: ChainPosition,
  ): Promise<ChainPosition> {
    // The database rounds times and respells numbers: what it will give back is what is digested.
    const [kept] = await q.query<{ at_us: string; detail: unknown }>(
      `SELECT round($1::numeric * 1000)::bigint::text AS at_us, $2::jsonb AS detail`,
      [atMs, JSON.stringify(detail)],
    );
    const atUs = kept?.at_us ?? '0';
    const sequence = tail.sequence + 1;
    const hash = lineHash(tail.hash, { atUs, actor, action, keyId, detail: kept?.detail });
    await q.query(
      `INSERT INTO audit_log (at, actor, action, key_id, detail, sequence, hash)
       VALUES (${AT}, $2, $3, $4, $5, $6, $7)`,
      [atUs, actor, action, keyId, JSON.stringify(detail), sequence, hash],
    );
    return { sequence, hash };
  }
}

function contentOf({ at_us, actor, action, key_id, detail }: Row): AuditContent {
  return { atUs: at_us, actor, action, keyId: key_id, detail };
}

function partsOf({ keyId, action, from, to }: AuditFilter): readonly (readonly [string, unknown])[] {
  return [['key_id = $', keyId], ['action = $', action], ...rangeParts({ from, to })];
}
