import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/index.js';
import { ProblemError } from '../platform/http/index.js';
import { Log, withLogFields } from '../platform/logging/index.js';
import { KeyHealthService } from './health/key-health.service.js';
import { DuplicateKeyError, KeyAdmission } from './key-admission.js';
import type { KeyView } from './key-health.js';
import { KeyRegistry } from './key-registry.js';
import { KeyStore } from './key-store.js';
import { type Compromised, KeyCompromise, type ManyCompromised } from './lifecycle/key-compromise.js';
import { KeyRotation } from './lifecycle/key-rotation.js';
import { KeyTimeline, type Timeline } from './lifecycle/key-timeline.js';
import { isChecked, type StoredKey, viewOf } from './stored-key.js';
import { unknownKey } from './unknown-key.js';

/** Most keys that are stored; each costs a row, a signing instance and a check per interval. */
const MAX_KEYS = 200;

/** What may be done with keys from outside; every change leaves a trace of who did it. */
@Injectable()
export class KeysService {
  @Inject(KeyRotation) private readonly rotation!: KeyRotation;
  @Inject(KeyCompromise) private readonly leaks!: KeyCompromise;
  @Inject(KeyTimeline) private readonly timelines!: KeyTimeline;
  @Inject(Clock) private readonly clock!: Clock;

  constructor(
    private readonly admission: KeyAdmission,
    private readonly store: KeyStore,
    private readonly registry: KeyRegistry,
    private readonly health: KeyHealthService,
    private readonly log: Log,
  ) {}

  list(): readonly KeyView[] {
    return this.registry.snapshot();
  }

  /** @throws {ProblemError} 404. */
  find(id: string): KeyView {
    return viewOf(this.stored(id));
  }

  /**
   * Checks, seals and stores a key.
   *
   * @param body - `{exchange, label, account?, purposes?, apiKey, secret, passphrase?, acceptWithdrawal?}`, not yet
   * validated.
   * @param actor - Who asks, for the audit.
   * @throws {ProblemError} When the key is refused; it is not stored then.
   */
  async add(body: unknown, actor: string): Promise<KeyView> {
    this.assertRoom();
    const { key, outcome, rawCode } = await this.noting(actor, () => this.admission.admit(body, actor));
    this.tell('a key was added', key);
    await this.health.watch(key, { outcome: outcome ?? 'exchange_down', rawCode });
    return viewOf(key);
  }

  /** Asks the exchange about a key now and answers with the verdict. */
  async check(id: string): Promise<KeyView> {
    const key = this.stored(id);
    if (!isChecked(key)) {
      throw new ProblemError(409, 'key_disabled', `the key is ${key.state} and signs nothing, so it is not checked`);
    }
    await this.health.check(id);
    await this.rotation.settled();
    return this.find(id);
  }

  /**
   * Puts a new key in the place of one that is active, after its exchange vouched for it.
   *
   * @param body - `{apiKey, secret, passphrase?, label?, acceptWithdrawal?}`, not yet validated.
   * @param actor - Who asks, for the audit.
   * @returns The new key.
   * @throws {ProblemError} When the new key is refused; the old one goes on then.
   */
  async rotate(id: string, body: unknown, actor: string): Promise<KeyView> {
    const old = this.stored(id);
    this.assertRoom();
    const key = await withLogFields({ keyId: id }, () =>
      this.noting(actor, () => this.rotation.rotate(old, body, actor)),
    );
    this.tell('a key took over from another', key);
    return viewOf(key);
  }

  /** Stops a key that leaked; says how to delete it at its exchange, and what it was used for. */
  compromise(id: string, actor: string): Promise<Compromised> {
    const key = this.stored(id);
    return withLogFields({ keyId: id }, () => this.leaks.one(key, actor));
  }

  /** The same for `{exchange}` or `{all: true}`. */
  compromiseMany(body: unknown, actor: string): Promise<ManyCompromised> {
    return this.leaks.many(body, actor);
  }

  /** What a key was used for and what was done to it. */
  timeline(id: string): Promise<Timeline> {
    return this.timelines.of(this.stored(id), this.clock.nowMs());
  }

  /** Stops every use of a key at once and keeps its row. */
  async disable(id: string, actor: string): Promise<KeyView> {
    const key = this.stored(id);
    if (key.state === 'disabled' || key.state === 'compromised') return viewOf(key);
    const stored = await this.store.disable(key, actor);
    if (!stored) {
      // Another process was first: this one stops as well, and shows what it did.
      await this.health.refresh(id);
      return this.find(id);
    }
    const disabled: StoredKey = { ...this.stored(id), state: stored.state, stateSinceMs: stored.stateSinceMs };
    await this.health.rest(disabled);
    this.tell('a key was disabled', disabled);
    return viewOf(disabled);
  }

  /** Deletes a key with its sealed secrets; its usage and audit stay for their time. */
  async remove(id: string, actor: string): Promise<void> {
    const key = this.stored(id);
    await this.store.remove(key, actor);
    await this.health.forget(key);
    this.tell('a key was removed', key);
  }

  /** Does what stores a key; that one was offered which is stored already is shown on the stored one. */
  private async noting<T>(actor: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof DuplicateKeyError) await this.health.noteDuplicate(error.twin.id, error.label, actor);
      throw error;
    }
  }

  private assertRoom(): void {
    if (this.registry.all().length < MAX_KEYS) return;
    throw new ProblemError(409, 'too_many_keys', `${MAX_KEYS} keys are stored; remove one that is not needed`);
  }

  private stored(id: string): StoredKey {
    const key = this.registry.get(id);
    if (!key) throw unknownKey(id);
    return key;
  }

  private tell(message: string, { id, exchange, label, check }: StoredKey): void {
    this.log.info(message, { keyId: id, exchange, label, health: check?.health ?? 'unknown' });
  }
}
