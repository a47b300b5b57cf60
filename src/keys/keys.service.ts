import { Injectable } from '@nestjs/common';
import { ProblemError } from '../platform/http/index.js';
import { Log } from '../platform/logging/index.js';
import { KeyHealthService } from './health/key-health.service.js';
import { KeyAdmission } from './key-admission.js';
import type { KeyView } from './key-health.js';
import { KeyRegistry } from './key-registry.js';
import { KeyStore } from './key-store.js';
import { isInUse, type StoredKey, viewOf } from './stored-key.js';

/** Most keys that are stored; each costs a row, a signing instance and a check per interval. */
const MAX_KEYS = 200;

/** What may be done with keys from outside; every change leaves a trace of who did it. */
@Injectable()
export class KeysService {
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
   * @param body - `{exchange, label, account?, purposes?, apiKey, secret, passphrase?}`, not yet validated.
   * @param actor - Who asks, for the audit.
   * @throws {ProblemError} When the key is refused; it is not stored then.
   */
  async add(body: unknown, actor: string): Promise<KeyView> {
    if (this.registry.all().length >= MAX_KEYS) {
      throw new ProblemError(409, 'too_many_keys', `${MAX_KEYS} keys are stored; remove one that is not needed`);
    }
    const { key, outcome } = await this.admission.admit(body, actor);
    this.tell('a key was added', key);
    await this.health.watch(key, outcome ?? 'exchange_down');
    return viewOf(key);
  }

  /** Asks the exchange about a key now and answers with the verdict. */
  async check(id: string): Promise<KeyView> {
    const key = this.stored(id);
    if (!isInUse(key)) {
      throw new ProblemError(409, 'key_disabled', `the key is ${key.state} and signs nothing, so it is not checked`);
    }
    const checked = await this.health.check(id);
    return checked ? viewOf(checked) : this.find(id);
  }

  /** Stops every use of a key at once and keeps its row. */
  async disable(id: string, actor: string): Promise<KeyView> {
    const key = this.stored(id);
    if (key.state === 'disabled') return viewOf(key);
    await this.store.disable(key, actor);
    const disabled: StoredKey = { ...this.stored(id), state: 'disabled' };
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

  private stored(id: string): StoredKey {
    const key = this.registry.get(id);
    if (key) return key;
    const shown = JSON.stringify(id.slice(0, 80));
    throw new ProblemError(404, 'unknown_key', `there is no key ${shown}; GET /v1/keys lists them`, 'id');
  }

  private tell(message: string, { id, exchange, label, check }: StoredKey): void {
    this.log.info(message, { keyId: id, exchange, label, health: check?.health ?? 'unknown' });
  }
}
