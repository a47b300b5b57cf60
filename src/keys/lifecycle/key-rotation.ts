import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Subscription } from 'rxjs';
import { ProblemError } from '../../platform/http/index.js';
import { Log } from '../../platform/logging/index.js';
import { type CheckedKey, KeyHealthService } from '../health/key-health.service.js';
import { KeyAdmission } from '../key-admission.js';
import { KeyRegistry } from '../key-registry.js';
import { KeyStore } from '../key-store.js';
import type { StoredKey } from '../stored-key.js';
import { VaultService } from '../vault/vault.service.js';

/** How long calls under way with a replaced key may take to end, milliseconds. */
const GRACE_MS = 5_000;
const RETRY_MS = 5_000;
/** Who is written into the audit where nobody asked. */
const SERVICE = 'service';

/**
 * Puts new keys in the place of old ones without a gap, and sees old ones off: once their calls have ended they sign
 * nothing, and wait until their exchange refuses them as deleted.
 */
@Injectable()
export class KeyRotation implements OnApplicationBootstrap, OnModuleDestroy {
  @Inject(Log) private readonly log!: Log;
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly subscription = new Subscription();
  private working: Promise<unknown> = Promise.resolve();
  private isStopping = false;

  constructor(
    private readonly admission: KeyAdmission,
    private readonly store: KeyStore,
    private readonly registry: KeyRegistry,
    private readonly health: KeyHealthService,
    private readonly vault: VaultService,
  ) {}

  /** Grace of an earlier run is over: its calls ended with it. */
  onApplicationBootstrap(): void {
    const error = (reason: unknown): void => {
      throw reason; // Checks never fail; a fault in here must not pass in silence.
    };
    const next = (checked: CheckedKey): void => {
      this.takeCheck(checked);
    };
    this.subscription.add(this.health.checked$.subscribe({ next, error }));
    for (const { id, state } of this.registry.all()) if (state === 'grace') this.retireIn(id, 0);
  }

  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    this.subscription.unsubscribe();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    await this.working;
  }

  /**
   * Verifies a new key at its exchange while the old one signs, then lets it take over in one step.
   *
   * @param old - The key that is replaced.
   * @param body - `{apiKey, secret, passphrase?, label?, acceptWithdrawal?}`, not yet validated.
   * @param actor - Who asks, for the audit.
   * @returns The new key.
   * @throws {ProblemError} When the new key is refused or the old one is not active; nothing has changed then.
   */
  async rotate(old: StoredKey, body: unknown, actor: string): Promise<StoredKey> {
    if (old.state !== 'active') {
      const detail = `the key is ${old.state}, and only an active key can be replaced; add the new one by itself`;
      throw new ProblemError(409, 'key_not_active', detail, 'id');
    }
    const { key } = await this.admission.replace(old, body, actor);
    const now = this.registry.get(old.id) ?? old;
    // It may have been stopped meanwhile, and then it has no grace.
    const isGraced = now.state === 'active';
    if (isGraced) {
      this.vault.letFinish(old.id, true);
      this.retireIn(old.id, GRACE_MS);
    }
    const state = isGraced ? ({ state: 'grace', stateSinceMs: key.addedAtMs } as const) : {};
    await this.health.takeOver(key, { ...now, ...state, replacedBy: key.id });
    return key;
  }

  /** Resolves when all that was begun so far has been done. */
  async settled(): Promise<void> {
    await this.working;
  }

  private retireIn(id: string, inMs: number): void {
    if (this.isStopping) return; // The next start finishes it.
    const timer = setTimeout(() => {
      this.timers.delete(id);
      this.enqueue(() => this.retire(id));
    }, inMs);
    this.timers.set(id, timer.unref());
  }

  private async retire(id: string): Promise<void> {
    this.vault.letFinish(id, false);
    const key = this.registry.get(id);
    if (key?.state !== 'grace') return;
    try {
      const retired = await this.store.retire(key, SERVICE);
      if (retired) await this.health.retire(this.standing(retired));
      else await this.health.refresh(id);
    } catch (error) {
      this.log.warn('a replaced key could not be retired; retrying', { keyId: id, reason: (error as Error).message });
      this.retireIn(id, RETRY_MS);
    }
  }

  private takeCheck({ key: { id }, isDeleted }: CheckedKey): void {
    if (!isDeleted || this.registry.get(id)?.state !== 'awaiting_deletion') return;
    this.enqueue(() => this.seeDeletion(id));
  }

  private async seeDeletion(id: string): Promise<void> {
    const key = this.registry.get(id);
    if (key?.state !== 'awaiting_deletion') return;
    try {
      const deleted = await this.store.noteDeletion(key, SERVICE);
      if (!deleted) {
        await this.health.refresh(id);
        return;
      }
      await this.health.rest(this.standing(deleted));
      this.log.info('a replaced key was deleted at its exchange', { keyId: id, exchange: key.exchange });
    } catch (error) {
      // The next check sees it again.
      this.log.warn('the deletion of a key could not be stored', { keyId: id, reason: (error as Error).message });
    }
  }

  /** A key in its new state, with what became known of it meanwhile. */
  private standing(key: StoredKey): StoredKey {
    return { ...(this.registry.get(key.id) ?? key), state: key.state, stateSinceMs: key.stateSinceMs };
  }

  private enqueue(work: () => Promise<void>): void {
    this.working = this.working.then(work);
  }
}
