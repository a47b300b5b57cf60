import { Injectable } from '@nestjs/common';
import { Log } from '../../platform/logging/index.js';
import { CredentialsRepository } from '../credentials.repository.js';
import { KeyRegistry } from '../key-registry.js';
import { isChecked, isInUse, type KeyCheck, type StoredKey } from '../stored-key.js';
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

  /** Shows a key as another service on this database left it; null when it is gone. */
  async reload(id: string): Promise<StoredKey | null> {
    await this.saving;
    const shown = this.registry.get(id);
    // What was stopped here stays so, whether the database has taken it yet or not.
    if (!shown || !isChecked(shown)) return shown ?? null;
    const stored = await this.credentials.find(id);
    const now = this.registry.get(id);
    if (now !== shown) return now ?? null; // What came meanwhile is newer.
    if (!stored) {
      await this.drop(shown);
      return null;
    }
    const key = joined(shown, stored);
    if (isChecked(key)) await this.put(key);
    else await this.end(key);
    return key;
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

  /** Takes keys that changed together; what is active is told once. */
  async putTogether(keys: readonly StoredKey[]): Promise<void> {
    for (const key of keys) this.registry.put(key);
    for (const exchange of new Set(keys.map((key) => key.exchange))) await this.vault.reconsider(exchange);
  }

  /** Takes a key that signs no more for good: nothing here holds on to it, even where the database fails now. */
  async end(key: StoredKey): Promise<void> {
    this.registry.put(key);
    this.vault.stop([key]);
    await this.vault.settle(key.exchange);
  }

  /** The same for a key that is gone. */
  async drop(key: StoredKey): Promise<void> {
    this.registry.remove(key.id);
    this.vault.stop([key]);
    await this.vault.settle(key.exchange);
  }

  /** Tells that a verdict is shown but not stored: after a restart the one before it would be shown. */
  couldNotStore(keyId: string, error: unknown): void {
    this.log.warn('the verdict on a key could not be stored', { keyId, reason: (error as Error).message });
  }

  private tell(before: StoredKey, check: KeyCheck): void {
    const findings = check.findings.map(({ code }) => code).sort();
    if (before.check?.health === check.health && told(before.check) === told(check)) return;
    const { id: keyId, exchange, label } = before;
    const fields = { keyId, exchange, label, health: check.health, findings };
    const isInTrouble = check.health === 'critical' && isInUse(before);
    if (isInTrouble) this.log.error('a key needs its owner: its health is critical', fields);
    else if (check.health === 'warning') this.log.warn('the health of a key changed', fields);
    else this.log.info('the health of a key changed', fields);
  }
}

/** A key as it is stored, with what this process knows better: its own calls, and a verdict that is not stored yet. */
function joined(shown: StoredKey, stored: StoredKey): StoredKey {
  const lastUsedAtMs = Math.max(shown.lastUsedAtMs ?? 0, stored.lastUsedAtMs ?? 0) || null;
  const isNewer = (shown.check?.checkedAtMs ?? 0) > (stored.check?.checkedAtMs ?? 0);
  return { ...stored, lastUsedAtMs, check: isNewer ? shown.check : stored.check };
}

/** What of a verdict is worth a line in the log when it changes: each finding, and each step of a reminder. */
function told({ findings }: KeyCheck): string {
  const lines = findings.map(({ code, seen }) => (code === 'EXPIRES_SOON' ? `${code} ${seen}` : code));
  return lines.sort().join();
}
