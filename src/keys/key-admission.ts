import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type KeyProbeFailureCode, type KeyProbeResult, Secret } from '../exchanges/index.js';
import { Clock } from '../platform/clock/index.js';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { ProblemError } from '../platform/http/index.js';
import { KeyChecker } from './health/key-checker.js';
import { keyPage } from './health/key-pages.js';
import { KeyStore } from './key-store.js';
import { parseNewKey } from './keys.schema.js';
import type { StoredKey } from './stored-key.js';
import { VaultService } from './vault/vault.service.js';

/** Refusals after which a new key is not worth storing: it would sign nothing. */
const USELESS: ReadonlySet<KeyProbeFailureCode> = new Set<KeyProbeFailureCode>([
  'revoked',
  'wrong_secret',
  'wrong_passphrase',
  'expired',
  'wrong_environment',
]);

/** A key that was just stored, and how its first check ended. */
export interface Admitted {
  readonly key: StoredKey;
  /** Null when the exchange was not asked. */
  readonly outcome: 'ok' | KeyProbeFailureCode | null;
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
   * @throws {ProblemError} 400 bad input, 409 `duplicate_key`, 422 `withdrawal_right` or `key_refused`.
   */
  async admit(body: unknown, actor: string): Promise<Admitted> {
    const { exchange, label, account, purposes, ...texts } = parseNewKey(body, this.settings.exchanges);
    const plain = {
      apiKey: new Secret(texts.apiKey),
      secret: new Secret(texts.secret),
      passphrase: typeof texts.passphrase === 'string' ? new Secret(texts.passphrase) : null,
    };
    const fingerprint = await this.vault.fingerprint(exchange, plain.apiKey);
    await this.refuseTwin(fingerprint);

    const id = randomUUID();
    const base = { id, exchange, label, account, purposes, fingerprint, addedAtMs: this.clock.nowMs() };
    const fresh: StoredKey = { ...base, state: 'active', check: null, lastUsedAtMs: null };
    const checked = this.checker && (await this.checker.checkWith(fresh, { keyId: id, ...plain }));
    const problem = checked && this.unfit(exchange, checked.outcome);
    if (problem) {
      await this.store.refuse(fresh, problem.code, actor);
      throw problem;
    }
    const key = { ...fresh, check: checked?.check ?? null };
    const isStored = await this.store.add(key, await this.vault.seal(id, exchange, plain), actor);
    if (!isStored) throw duplicate('meanwhile');
    return { key, outcome: checked && codeOf(checked.outcome) };
  }

  private async refuseTwin(fingerprint: string): Promise<void> {
    const twin = await this.store.twinOf(fingerprint);
    if (twin) throw duplicate(`as "${twin.label}" (${twin.id})`);
  }

  private unfit(exchange: string, outcome: KeyProbeResult): ProblemError | null {
    const where = keyPage(exchange) ?? exchange;
    if (outcome.ok) {
      if (outcome.facts.scopes.withdraw !== true || this.settings.keys.acceptWithdrawal) return null;
      const remedy = `switch that right off at ${where}, or make a read-only key there, and add it again`;
      const force = 'the setting keys.acceptWithdrawal stores such keys all the same, and they stay critical';
      const detail = `this key may withdraw, so it was not stored; ${remedy} (${force})`;
      return new ProblemError(422, 'withdrawal_right', detail, 'apiKey');
    }
    if (!USELESS.has(outcome.code)) return null;
    const why = `${exchange} refuses this key (${outcome.code.replaceAll('_', ' ')}): ${outcome.message}`;
    const detail = `${why}; it was not stored: compare it with the one shown at ${where} and add it again`;
    return new ProblemError(422, 'key_refused', detail, outcome.code === 'wrong_passphrase' ? 'passphrase' : 'apiKey');
  }
}

function codeOf(outcome: KeyProbeResult): 'ok' | KeyProbeFailureCode {
  return outcome.ok ? 'ok' : outcome.code;
}

function duplicate(how: string): ProblemError {
  const detail = `this key is stored already ${how}; remove that one first to replace it`;
  return new ProblemError(409, 'duplicate_key', detail, 'apiKey');
}
