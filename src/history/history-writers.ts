import { Injectable } from '@nestjs/common';
import { ProblemError } from '../platform/http/index.js';
import { DatabaseError } from '../platform/prisma/index.js';
import type { BatchWriter, WriterMetrics } from './batch-writer.js';
import { OpportunityWriter } from './opportunity-writer.js';
import { RefusalWriter } from './refusal-writer.js';
import { SpreadWriter } from './spread-writer.js';

/** Longest wait for what was just emitted to be stored, before an answer that would lack it is refused. */
const FRESH_WAIT_MS = 2_000;

/** The part of a writer that does not depend on what it writes. */
export type AnyWriter = Pick<BatchWriter<unknown>, 'flush' | 'flushWithin' | 'leave' | 'metrics' | 'recover'>;

/** The writers of all that is kept. */
@Injectable()
export class HistoryWriters {
  constructor(
    readonly opportunities: OpportunityWriter,
    readonly refusals: RefusalWriter,
    readonly spreads: SpreadWriter,
  ) {}

  get all(): readonly AnyWriter[] {
    return [this.opportunities, this.refusals, this.spreads];
  }

  /** How far each of them is. */
  get metrics(): Readonly<Record<'opportunities' | 'refusals' | 'spreads', WriterMetrics>> {
    const { opportunities, refusals, spreads } = this;
    return { opportunities: opportunities.metrics, refusals: refusals.metrics, spreads: spreads.metrics };
  }

  /**
   * Flushes all, but waits no longer than given.
   *
   * @param waitMs - Longest wait.
   * @returns Whether all that was emitted before is stored.
   */
  async flushWithin(waitMs: number): Promise<boolean> {
    return (await Promise.all(this.all.map((writer) => writer.flushWithin(waitMs)))).every(Boolean);
  }

  /**
   * Stores what an earlier run left on disk.
   *
   * @throws {DatabaseError} When the database is away.
   */
  async recover(): Promise<void> {
    for (const writer of this.all) await writer.recover();
  }

  /**
   * Puts on disk whatever is not stored, before the end.
   *
   * @returns Whether all of it lies there.
   */
  async leave(): Promise<boolean> {
    return (await Promise.all(this.all.map((writer) => writer.leave()))).every(Boolean);
  }
}

/**
 * Reads what a client asks for, after what a writer holds is stored: nothing that was emitted before the request is
 * missing, and one order holds for everything.
 *
 * @param writer - Who stores what is read.
 * @param read - The reading.
 * @returns What it read.
 * @throws {ProblemError} 503 `history_unavailable` while the database is away.
 */
export async function readFresh<T>(writer: AnyWriter, read: () => Promise<T>): Promise<T> {
  if (!(await writer.flushWithin(FRESH_WAIT_MS))) throw unavailable();
  try {
    return await read();
  } catch (error) {
    throw error instanceof DatabaseError && error.isRetryable ? unavailable() : error;
  }
}

function unavailable(): ProblemError {
  return new ProblemError(
    503,
    'history_unavailable',
    'the database does not answer at the moment; nothing is lost, ask again shortly (the stream goes on meanwhile)',
  );
}
