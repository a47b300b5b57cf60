import { Injectable } from '@nestjs/common';
import { Log } from '../../platform/logging/index.js';
import { CredentialsRepository } from '../credentials.repository.js';
import { KeyRegistry } from '../key-registry.js';
import type { KeyCheck, StoredKey } from '../stored-key.js';
import { VaultService } from '../vault/vault.service.js';

/** Makes a verdict known: shown at once, told once per change, stored, and heeded by the vault. */
@Injectable()
export class KeyVerdicts {
  /** Saves one after the other, so that an older verdict never lands on a newer one. */
  private saving: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly registry: KeyRegistry,
    private readonly credentials: CredentialsRepository,
    private readonly vault: VaultService,
    private readonly log: Log,
  ) {}

  /** Resolves when every verdict taken so far is stored, or could not be. */
  get saved(): Promise<unknown> {
    return this.saving;
  }

  /** Shows every stored key with the verdict that it had when the service last stopped. */
  async load(): Promise<void> {
    for (const key of await this.credentials.list()) this.registry.put(key);
  }

  /** Takes a verdict on a key; null when the key is gone meanwhile. */
  async take(id: string, check: KeyCheck): Promise<StoredKey | null> {
    const key = this.registry.get(id);
    if (!key) return null;
    const judged = { ...key, check };
    this.registry.put(judged);
    this.tell(key, check);
    await this.save(id);
    await this.vault.reconsider(key.exchange);
    return judged;
  }

  private save(id: string): Promise<void> {
    const saved = this.saving.then(async () => {
      const check = this.registry.get(id)?.check;
      if (check) await this.credentials.saveCheck(id, check);
    });
    this.saving = saved.catch(() => undefined); // Told to whoever awaits `saved`; the next one goes on.
    return saved;
  }

  /** Takes a key that was just added, or whose state changed. */
  async put(key: StoredKey): Promise<void> {
    this.registry.put(key);
    await this.vault.reconsider(key.exchange);
  }

  async drop(key: StoredKey): Promise<void> {
    this.registry.remove(key.id);
    await this.vault.reconsider(key.exchange);
  }

  /** Tells that a verdict is shown but not stored: after a restart the one before it would be shown. */
  couldNotStore(keyId: string, error: unknown): void {
    this.log.warn('the verdict on a key could not be stored', { keyId, reason: (error as Error).message });
  }

  private tell(before: StoredKey, check: KeyCheck): void {
    const codesOf = (one: KeyCheck | null): string[] => (one?.findings ?? []).map(({ code }) => code).sort();
    const findings = codesOf(check);
    if (before.check?.health === check.health && codesOf(before.check).join() === findings.join()) return;
    const { id: keyId, exchange, label } = before;
    const fields = { keyId, exchange, label, health: check.health, findings };
    if (check.health === 'critical') this.log.error('a key needs its owner: its health is critical', fields);
    else if (check.health === 'warning') this.log.warn('the health of a key changed', fields);
    else this.log.info('the health of a key changed', fields);
  }
}
