import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type ListEnvelope, parseQuery } from '../../platform/http/index.js';
import { Database } from '../../platform/prisma/index.js';
import { PAGE_LIMIT, pageOf, strangeCursor } from '../newest-first.js';
import { RANGE_PARAMETERS } from '../range-query.js';
import type { AuditContent, ChainedLine } from './audit-chain.js';
import { AuditRepository } from './audit.repository.js';

const auditQuery = z.strictObject({
  limit: PAGE_LIMIT,
  cursor: z.string().max(40).optional(),
  keyId: z.string().min(1).max(100).optional(),
  action: z
    .string()
    .regex(/^[a-z_]{1,40}$/, 'must be an action such as key_added')
    .optional(),
  ...RANGE_PARAMETERS,
});

/** One line of the audit, as it is shown. */
export interface AuditView {
  /** Its number in the chain, from 1; null for what was written before there was one. */
  readonly sequence: number | null;
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly keyId: string | null;
  readonly detail: unknown;
  readonly hash: string | null;
}

/** Answers who did what to which key, and when. */
@Injectable()
export class AuditReader {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditRepository,
  ) {}

  /**
   * Reads one page of the chain, newest first.
   *
   * @param query - `limit`, `cursor`, `keyId`, `action`, `from`, `to`, not yet validated.
   * @throws {ProblemError} 400 when the query is bad.
   */
  async page(query: unknown): Promise<ListEnvelope<AuditView>> {
    const { limit, cursor, ...filter } = parseQuery(auditQuery, query);
    const before = cursor === undefined ? null : sequenceOf(cursor);
    const lines = await this.audit.page(this.database, filter, limit + 1, before);
    return pageOf(lines, limit, viewOfLine, ({ sequence }) => Buffer.from(`a${sequence}`).toString('base64url'));
  }

  /** The newest lines about one key, those from before the chain too. */
  async ofKey(keyId: string, limit: number): Promise<AuditView[]> {
    const lines = await this.audit.page(this.database, { keyId }, limit, null);
    const earlier =
      lines.length < limit ? await this.audit.unchainedOf(this.database, keyId, limit - lines.length) : [];
    return [...lines.map(viewOfLine), ...earlier.map(viewOfLine)];
  }

  /** Whether any line speaks of a key. */
  knows(keyId: string): Promise<boolean> {
    return this.audit.knows(this.database, keyId);
  }
}

function viewOfLine(line: AuditContent & Partial<ChainedLine>): AuditView {
  const { atUs, actor, action, keyId, detail, sequence = null, hash = null } = line;
  return { sequence, atMs: Number(atUs) / 1_000, actor, action, keyId, detail, hash };
}

function sequenceOf(cursor: string): number {
  const match = /^a(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (match) return Number(match[1]);
  throw strangeCursor(cursor);
}
