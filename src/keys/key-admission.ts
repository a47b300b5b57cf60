import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type KeyProbeFailureCode, type KeyProbeResult, Secret } from '../exchanges/index.js';
import { Clock } from '../platform/clock/index.js';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { ProblemError } from '../platform/http/index.js';
import { unfitKey, unfitSuccessor } from './admission-rules.js';
import { KeyChecker } from './health/key-checker.js';
import { KeyStore } from './key-store.js';
import { type NewKey, parseNewKey, parseSuccessor } from './keys.schema.js';
import type { StoredKey } from './stored-key.js';
import type { PlainSecrets } from './vault/seal-row.js';
import { type SealIn, VaultService } from './vault/vault.service.js';

/** A key that was just stored, and how its first check ended. */
export interface Admitted {
  readonly key: StoredKey;
  /** Null when the exchange was not asked. */
  readonly outcome: 'ok' | KeyProbeFailureCode | null;
  /** The exchange's own code, where it refused something. */
  readonly rawCode: string | null;
}

/** A key was offered that is stored already. */
export class DuplicateKeyError extends ProblemError {
  /**
   * @param twin - The stored key.
   * @param label - As what it was offered.
   */
  constructor(
    readonly twin: Pick<StoredKey, 'id' | 'label'>,
    readonly label: string,
  ) {
    const detail = `this key is stored already as "${twin.label}" (${twin.id}); remove that one first to replace it`;
    super(409, 'duplicate_key', detail, 'apiKey');
  }
}

/**
 * The door for new keys: reads, asks the exchange, refuses what is unfit, seals and stores.
 *
 * Without a checker the exchange is not asked: the key is stored with its health unknown, and checked when the service
 * starts.
 */
@Injectable()
export class KeyAdmission {
  constructor(
    private readonly vault: VaultService,
    @Inject(KeyChecker) private readonly checker: Pick<KeyChecker, 'checkWith'> | null,
    private readonly store: KeyStore,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'exchanges' | 'keys'>,
  ) {}

  /**
   * Stores a key after its exchange was asked about it. A key whose exchange does not answer is stored too: its health
   * is then unknown until it does.
   *
   * @throws {ProblemError} 400 bad input, 409 `duplicate_key`, 422 `withdrawal_right`, `transfer_right` or
   * `key_refused`.
   */
  async admit(body: unknown, actor: string): Promise<Admitted> {
    const { fresh, plain } = await this.read(parseNewKey(body, this.settings.exchanges), actor);
    const checked = this.checker && (await this.checker.checkWith(fresh, { keyId: fresh.id, ...plain }));
    const problem = checked && unfitKey(fresh.exchange, checked.outcome, this.isAccepted(fresh));
    if (problem) {
      await this.store.refuse(fresh, problem.code, actor);
      throw problem;
    }
    const judged = { ...fresh, check: checked?.check ?? null };
    const key = await this.store.add(judged, (q) => this.vault.seal(q, fresh, plain), actor);
    if (!key) throw await this.takenMeanwhile(fresh, plain, actor);
    return { key, ...endOf(checked?.outcome ?? null) };
  }

  /**
   * Puts a new key in the place of an old one, after its exchange vouched for it. Until then the old one goes on, and a
   * key that is turned away changes nothing.
   *
   * @throws {ProblemError} As {@link admit}, and 409 `already_replaced`, 422 `not_verified` or `key_too_weak`.
   */
  async replace(old: StoredKey, body: unknown, actor: string): Promise<Admitted> {
    if (!this.checker) throw new Error('a key cannot be replaced where no exchange can be asked');
    const { fresh, plain } = await this.read(parseSuccessor(body, old, this.settings.exchanges), actor);
    const { check, outcome } = await this.checker.checkWith(fresh, { keyId: fresh.id, ...plain });
    const { exchange, addedAtMs } = fresh;
    const problem = unfitSuccessor(exchange, outcome, this.isAccepted(fresh), addedAtMs);
    if (problem) {
      await this.store.refuse(fresh, problem.code, actor);
      throw problem;
    }
    const seal: SealIn = (q) => this.vault.seal(q, fresh, plain);
    const key = await this.store.rotate(old, { ...fresh, check }, seal, actor);
    if (key === 'duplicate') throw await this.takenMeanwhile(fresh, plain, actor);
    if (key === 'replaced') {
      const detail = `key ${old.id} is not active any more, or another key took its place meanwhile; look at GET /v1/keys`;
      throw new ProblemError(409, 'already_replaced', detail, 'id');
    }
    return { key, ...endOf(outcome) };
  }

  private async read(given: NewKey, actor: string): Promise<{ fresh: StoredKey; plain: PlainSecrets }> {
    const { exchange, label, account, purposes, acceptWithdrawal: acceptsWithdrawal, ...texts } = given;
    const plain = {
      apiKey: new Secret(texts.apiKey),
      secret: texts.secret === null ? null : new Secret(texts.secret),
      passphrase: typeof texts.passphrase === 'string' ? new Secret(texts.passphrase) : null,
    };
    await this.refuseTwin({ exchange, label, account }, plain, actor);
    const nowMs = Math.floor(this.clock.nowMs());
    const base = { id: randomUUID(), exchange, label, account, purposes, acceptsWithdrawal };
    // The seal brings the fingerprint.
    const none = { fingerprint: '', check: null, lastUsedAtMs: null, replacedBy: null };
    return { fresh: { ...base, ...none, addedAtMs: nowMs, stateSinceMs: nowMs, state: 'active' }, plain };
  }

  private isAccepted({ acceptsWithdrawal }: StoredKey): boolean {
    return acceptsWithdrawal || this.settings.keys.acceptWithdrawal;
  }

  /** Why a key could not be stored although it was not there when it was read. */
  private async takenMeanwhile(key: StoredKey, plain: PlainSecrets, actor: string): Promise<ProblemError> {
    await this.refuseTwin(key, plain, actor);
    const detail = 'this key was stored and removed while it was added; add it again';
    return new ProblemError(409, 'duplicate_key', detail, 'apiKey');
  }

  private async refuseTwin(
    offered: Pick<StoredKey, 'exchange' | 'label' | 'account'>,
    { apiKey }: PlainSecrets,
    actor: string,
  ): Promise<void> {
    const twin = await this.store.twinOf(await this.vault.fingerprints(offered.exchange, apiKey));
    if (!twin) return;
    await this.store.refuse(offered, 'duplicate_key', actor, twin.id);
    if (twin.state !== 'compromised') throw new DuplicateKeyError(twin, offered.label);
    const detail = `this key was marked as compromised (${twin.id}); delete it at ${twin.exchange} and make a new one`;
    throw new ProblemError(409, 'compromised_key', detail, 'apiKey');
  }
}

function endOf(outcome: KeyProbeResult | null): Pick<Admitted, 'outcome' | 'rawCode'> {
  if (outcome === null || outcome.ok) return { outcome: outcome && 'ok', rawCode: null };
  return { outcome: outcome.code, rawCode: outcome.rawCode };
}
