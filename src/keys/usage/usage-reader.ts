import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { SignedCall } from '../../exchanges/index.js';
import { parseQuery, ProblemError } from '../../platform/http/index.js';
import { SignedCallsRepository, type UsagePosition } from './signed-calls.repository.js';

const usageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(200).optional(),
});

/** One page of a key's usage log, newest first. */
export interface UsagePage {
  readonly data: readonly Pick<SignedCall, 'method' | 'path' | 'outcome' | 'durationMs' | 'atMs'>[];
  readonly nextCursor: string | null;
  readonly hasMore: boolean;
}

/** Answers what a key was used for. */
@Injectable()
export class UsageReader {
  constructor(private readonly signedCalls: SignedCallsRepository) {}

  /**
   * Reads one page; its order is stable under new calls.
   *
   * @throws {ProblemError} 400 when the query is bad.
   */
  async page(keyId: string, query: unknown): Promise<UsagePage> {
    const { limit, cursor } = parseQuery(usageQuery, query);
    const after = cursor === undefined ? null : positionOf(cursor);
    const rows = await this.signedCalls.list(keyId, limit + 1, after);
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return {
      data: page.map(({ call: { method, path, outcome, durationMs, atMs } }) => {
        return { method, path, outcome, durationMs, atMs };
      }),
      nextCursor: last ? Buffer.from(`${last.atUs}.${last.id}`).toString('base64url') : null,
      hasMore: last !== undefined,
    };
  }
}

function positionOf(cursor: string): UsagePosition {
  const match = /^(\d{1,16})\.(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!match) {
    const detail = `cursor ${JSON.stringify(cursor)} is none of ours; use the nextCursor of an earlier answer`;
    throw new ProblemError(400, 'bad_query', detail, 'cursor');
  }
  return { atUs: Number(match[1]), id: match[2] ?? '' };
}
