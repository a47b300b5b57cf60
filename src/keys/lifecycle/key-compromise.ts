import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { z } from 'zod';
import { Clock } from '../../platform/clock/index.js';
import { SETTINGS, type Settings } from '../../platform/config/index.js';
import { parseBody, ProblemError } from '../../platform/http/index.js';
import { Log } from '../../platform/logging/index.js';
import { KeyHealthService } from '../health/key-health.service.js';
import type { KeyView } from '../key-health.js';
import { KeyRegistry } from '../key-registry.js';
import { KeyStore } from '../key-store.js';
import { type StoredKey, viewOf } from '../stored-key.js';
import { UsageLog } from '../usage/usage-log.js';
import { VaultService } from '../vault/vault.service.js';
import { type DeletionGuide, deletionGuide } from '../health/deletion-guide.js';
import { KeyTimeline, type Timeline } from './key-timeline.js';
import { type PendingShred, PendingShreds } from './pending-shreds.js';
import { within } from '../within.js';

/** How long an answer waits for the database, milliseconds; what is not done then is done in the background. */
const PATIENCE_MS = 2_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

const scopeSchema = z.strictObject({
  exchange: z.string({ error: 'must be a ccxt id such as okx' }).min(1).max(100).optional(),
  all: z.literal(true, { error: 'must be true' }).optional(),
});

/** What was done about one key that leaked, and what is left for its owner. */
export interface Compromised {
  readonly key: KeyView;
  /** True when it was marked already before this call. */
  readonly wasCompromised: boolean;
  /** `pending` while the database has not taken it yet; the key signs nothing all the same. */
  readonly shredding: 'done' | 'pending';
  /** What only the owner can do, at the exchange. */
  readonly deletion: DeletionGuide;
  /** Null when the database did not answer in time; `GET /v1/keys/{id}/timeline` answers later. */
  readonly timeline: Timeline | null;
}

/** What was done about many keys at once. */
export interface ManyCompromised {
  readonly data: readonly Compromised[];
  /** Keys that were marked before this call. */
  readonly alreadyCompromised: readonly KeyView[];
  readonly nextCursor: null;
  readonly hasMore: false;
}

/** Stops leaked keys: at once in memory, then in the database, however long that is away. Asks no exchange. */
@Injectable()
export class KeyCompromise implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  @Inject(UsageLog) private readonly usage!: UsageLog;
  @Inject(KeyTimeline) private readonly timelines!: KeyTimeline;
  @Inject(Clock) private readonly clock!: Clock;
  @Inject(Log) private readonly log!: Log;
  /** By id; bounded by the stored keys. */
  private readonly pending = new Map<string, PendingShred>();
  private readonly file: PendingShreds;
  private running: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private failures = 0;
  private isStopping = false;

  constructor(
    private readonly registry: KeyRegistry,
    private readonly store: KeyStore,
    private readonly health: KeyHealthService,
    private readonly vault: VaultService,
    @Inject(SETTINGS) settings: Pick<Settings, 'dataDir'>,
  ) {
    this.file = new PendingShreds(settings.dataDir);
  }

  /** What was stopped before the last end signs nothing from the first moment on. */
  onModuleInit(): void {
    for (const one of this.file.read()) this.pending.set(one.id, one);
    this.vault.stop([...this.pending.values()]);
  }

  onApplicationBootstrap(): void {
    for (const { id, atMs } of this.pending.values()) {
      const key = this.registry.get(id);
      if (key) this.health.giveUp({ ...key, state: 'compromised', stateSinceMs: atMs });
    }
    if (this.pending.size > 0) void this.shred();
  }

  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    if (this.timer) clearTimeout(this.timer);
    // A database that is away must not hold up the end: the next start goes on from the file.
    if (this.running) await within(PATIENCE_MS, this.running);
  }

  /** Marks one key. */
  async one(key: StoredKey, actor: string): Promise<Compromised> {
    const [answer] = await this.mark([key], actor);
    if (!answer) throw new Error('a key was marked without an answer');
    return answer;
  }

  /**
   * Marks all keys of an exchange, or all.
   *
   * @param body - `{exchange}` or `{all: true}`, not yet validated.
   * @throws {ProblemError} 400 when it is neither.
   */
  async many(body: unknown, actor: string): Promise<ManyCompromised> {
    const keys = keysMeant(this.registry.all(), body);
    const already = keys.filter(({ state }) => state === 'compromised');
    const data = await this.mark(
      keys.filter(({ state }) => state !== 'compromised'),
      actor,
    );
    return { data, alreadyCompromised: already.map(viewOf), nextCursor: null, hasMore: false };
  }

  private async mark(keys: readonly StoredKey[], actor: string): Promise<Compromised[]> {
    const atMs = this.clock.nowMs();
    const fresh = keys.filter(({ state }) => state !== 'compromised');
    // Nothing is awaited before all of them are stopped.
    this.vault.stop(fresh);
    for (const key of fresh) {
      this.health.giveUp({ ...key, state: 'compromised', stateSinceMs: atMs });
      this.pending.set(key.id, { id: key.id, exchange: key.exchange, atMs, actor });
    }
    if (fresh.length > 0) {
      this.remember();
      this.log.warn('keys were marked as compromised: delete them at their exchanges', {
        keys: fresh.map(({ id, exchange }) => ({ keyId: id, exchange })),
      });
    }
    const startedAtMs = performance.now();
    await within(PATIENCE_MS, this.shred());
    const deadline = startedAtMs + PATIENCE_MS * 2;
    await within(deadline - performance.now(), this.usage.flush());
    const answers: Compromised[] = [];
    for (const key of keys) answers.push(await this.answer(key, fresh.includes(key), deadline));
    return answers;
  }

  private async answer(key: StoredKey, isFresh: boolean, deadline: number): Promise<Compromised> {
    const read = this.timelines.of(key, this.clock.nowMs()).catch((error: unknown) => {
      this.log.warn('the timeline of a key could not be read', { keyId: key.id, reason: (error as Error).message });
      return null;
    });
    return {
      key: viewOf(this.registry.get(key.id) ?? key),
      wasCompromised: !isFresh,
      shredding: this.pending.has(key.id) ? 'pending' : 'done',
      deletion: deletionGuide(key),
      timeline: await within(deadline - performance.now(), read),
    };
  }

  /** Shreds what is pending, or joins who does it already; what fails is tried again. */
  private shred(): Promise<void> {
    if (this.running) return this.running.then(() => (this.pending.size > 0 && !this.timer ? this.shred() : undefined));
    this.running = this.attempt().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async attempt(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const batch = [...this.pending.values()];
    try {
      for (const actor of new Set(batch.map((one) => one.actor))) {
        const keys = batch.filter((one) => one.actor === actor).flatMap((one) => this.keyOf(one));
        await this.store.compromise(keys, actor);
        // What ended while the database was away may have put an older state back.
        for (const key of keys) this.health.giveUp(key);
      }
      for (const { id } of batch) this.pending.delete(id);
      this.remember();
      for (const exchange of new Set(batch.map((one) => one.exchange))) await this.vault.settle(exchange);
      if (this.failures > 0) this.log.info('the secrets of compromised keys are shredded', { keys: batch.length });
      this.failures = 0;
    } catch (error) {
      this.failed(error);
    }
  }

  private keyOf({ id, atMs }: PendingShred): StoredKey[] {
    const key = this.registry.get(id);
    return key ? [{ ...key, state: 'compromised', stateSinceMs: atMs }] : [];
  }

  private failed(error: unknown): void {
    if (this.failures === 0) {
      this.log.error('the secrets of compromised keys could not be shredded; retrying until it is done', {
        reason: (error as Error).message,
      });
    }
    this.failures += 1;
    if (this.isStopping) return;
    const inMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.failures - 1, 10));
    this.timer = setTimeout(() => void this.shred(), inMs).unref();
  }

  private remember(): void {
    try {
      this.file.write([...this.pending.values()]);
    } catch (error) {
      this.log.error('what is still to be shredded could not be written down; do not stop the service before it is', {
        reason: (error as Error).message,
      });
    }
  }
}

/**
 * The keys that a body means.
 *
 * @param body - `{exchange}` or `{all: true}`, not yet validated.
 * @throws {ProblemError} 400 when it is neither.
 */
export function keysMeant(keys: readonly StoredKey[], body: unknown): StoredKey[] {
  const { exchange, all } = parseBody(scopeSchema, body);
  if ((exchange === undefined) === (all === undefined)) {
    throw new ProblemError(
      400,
      'bad_body',
      'give either exchange or all: true',
      all === undefined ? 'exchange' : 'all',
    );
  }
  return keys.filter((key) => all === true || key.exchange === exchange);
}
