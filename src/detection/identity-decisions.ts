import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import type { IdentityEntry } from '../core/market/identity-entry.js';
import { Clock } from '../platform/clock/index.js';
import { ProblemError } from '../platform/http/index.js';
import { DatabaseError } from '../platform/prisma/index.js';
import { type IdentityDecision, IdentityRepository } from './identity.repository.js';
import { OpportunityFeed } from './ports.js';

/** Most decisions that hold at once. */
const MAX_DECISIONS = 10_000;

/** What is held of a ticker, and who decided it where a person did. */
export interface IdentityView extends IdentityEntry {
  readonly by: string | null;
}

/** About what a decision is. */
export type IdentitySubject = Pick<IdentityDecision, 'asset' | 'exchanges'>;

const keyOf = ({ asset, exchanges }: IdentitySubject): string => `${asset} ${exchanges?.join(' ') ?? '*'}`;

/** Keeps what people decided about tickers, and tells detection of it: at the start, and at each change. */
@Injectable()
export class IdentityDecisions implements OnModuleInit, OnApplicationBootstrap {
  private readonly holding = new Map<string, IdentityDecision>();

  constructor(
    private readonly repository: IdentityRepository,
    private readonly feed: OpportunityFeed,
    private readonly clock: Clock,
  ) {}

  /** Reads before detection begins, so that nothing that is denied can open at the start. */
  async onModuleInit(): Promise<void> {
    for (const decision of await this.repository.holding()) this.holding.set(keyOf(decision), decision);
  }

  onApplicationBootstrap(): void {
    for (const { asset, exchanges, verdict, evidence } of this.holding.values()) {
      this.feed.decideIdentity({ asset, exchanges, verdict, evidence });
    }
  }

  /** Everything that is held, from people, settings and exchanges; of people's decisions with their own time. */
  async list(): Promise<IdentityView[]> {
    const entries = await this.feed.identities();
    return entries.map((entry) => {
      const decision = entry.source === 'person' ? this.holding.get(keyOf(entry)) : undefined;
      return { ...entry, atMs: decision?.atMs ?? entry.atMs, by: decision?.by ?? null };
    });
  }

  /**
   * Stores a decision, then lets it hold; it replaces an earlier one about the same.
   *
   * @param decision - What is decided.
   * @returns As it is held now.
   * @throws {ProblemError} 409 `too_many_decisions`, or 503 `database_unavailable`; then nothing is changed.
   */
  async decide(decision: Omit<IdentityDecision, 'atMs'>): Promise<IdentityView> {
    const key = keyOf(decision);
    if (this.holding.size >= MAX_DECISIONS && !this.holding.has(key)) {
      const detail = `${MAX_DECISIONS} decisions are held, no more can be; take one back before`;
      throw new ProblemError(409, 'too_many_decisions', detail);
    }
    const stored = { ...decision, atMs: this.clock.nowMs() };
    await storing(() => this.repository.append(stored));
    this.holding.set(key, stored);
    const { asset, exchanges, verdict, evidence } = stored;
    this.feed.decideIdentity({ asset, exchanges, verdict, evidence });
    return { ...stored, source: 'person' };
  }

  /**
   * Takes a decision back.
   *
   * @param subject - About what it was.
   * @param by - Through which door.
   * @throws {ProblemError} 404 `no_such_decision`, or 503 `database_unavailable`; then nothing is changed.
   */
  async takeBack({ asset, exchanges }: IdentitySubject, by: string): Promise<void> {
    const key = keyOf({ asset, exchanges });
    if (!this.holding.has(key)) {
      const where = exchanges ? `${exchanges[0]} and ${exchanges[1]}` : 'all exchanges';
      const remedy = 'only what a person decided can be taken back; PUT with verdict "allow" outweighs the rest';
      throw new ProblemError(404, 'no_such_decision', `nobody decided about ${asset} on ${where}; ${remedy}`, 'asset');
    }
    const evidence = 'taken back';
    await storing(() =>
      this.repository.append({ asset, exchanges, verdict: 'clear', evidence, atMs: this.clock.nowMs(), by }),
    );
    this.holding.delete(key);
    this.feed.decideIdentity({ asset, exchanges, verdict: 'clear', evidence });
  }
}

async function storing(store: () => Promise<void>): Promise<void> {
  try {
    await store();
  } catch (error) {
    if (!(error instanceof DatabaseError && error.isRetryable)) throw error;
    const detail = 'the database does not answer at the moment and nothing was changed; try again shortly';
    throw new ProblemError(503, 'database_unavailable', detail);
  }
}
