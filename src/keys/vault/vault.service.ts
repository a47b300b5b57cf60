import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { type Credential, type CredentialSource, type KeyPurpose, Secret } from '../../exchanges/index.js';
import { SETTINGS, type Settings } from '../../platform/config/index.js';
import { CredentialsRepository } from '../credentials.repository.js';
import type { FindingCode } from '../key-health.js';
import { KEY_PURPOSES, type SealedSecrets, type StoredKey } from '../stored-key.js';
import type { MasterKey } from './master-key.js';
import { MasterKeySource } from './master-key-source.js';
import { SEAL_VERSION, seal, unseal, wrongMasterKey } from './sealer.js';
import { IF_LOST, VaultError } from './vault.errors.js';

/** Findings under which a key signs nothing: the exchange refuses it, or its secret cannot be opened. */
const DEAD: ReadonlySet<FindingCode> = new Set(['AUTH_FAILED', 'KEY_EXPIRED', 'IP_NOT_ALLOWED', 'SEAL_BROKEN']);

/** A key's secrets as an owner gives them. */
export interface PlainSecrets {
  readonly apiKey: Secret;
  readonly secret: Secret;
  readonly passphrase: Secret | null;
}

/** Seals and opens the stored keys, and decides which one is active for a purpose. */
@Injectable()
export class VaultService implements CredentialSource, OnModuleInit, OnApplicationShutdown {
  private masterKey: Promise<MasterKey> | null = null;
  /** Ids picked per exchange and purpose, to tell a change from a repetition; one entry per exchange with keys. */
  private readonly picks = new Map<string, string>();
  private readonly changed$ = new Subject<string>();

  readonly changes$: Observable<string> = this.changed$.asObservable();

  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly source: MasterKeySource,
    @Inject(SETTINGS) private readonly settings: { readonly keys: Pick<Settings['keys'], 'acceptWithdrawal'> },
  ) {}

  /** @throws {VaultError} When the stored keys cannot be opened with the master key at hand. */
  async onModuleInit(): Promise<void> {
    await this.open();
    for (const exchange of new Set((await this.credentials.list()).map((key) => key.exchange))) {
      this.picks.set(exchange, await this.picksOf(exchange));
    }
  }

  onApplicationShutdown(): void {
    this.changed$.complete();
  }

  /** The keyed hash of an API key at an exchange. */
  async fingerprint(exchange: string, apiKey: Secret): Promise<string> {
    return (await this.open()).fingerprint(exchange, apiKey.reveal());
  }

  async seal(keyId: string, exchange: string, plain: PlainSecrets): Promise<SealedSecrets> {
    const masterKey = await this.open();
    const sealed = (field: 'apiKey' | 'secret' | 'passphrase', value: Secret): Promise<string> =>
      seal(masterKey, { keyId, exchange, field, version: SEAL_VERSION }, value);
    return {
      kid: masterKey.kid,
      version: SEAL_VERSION,
      apiKey: await sealed('apiKey', plain.apiKey),
      secret: await sealed('secret', plain.secret),
      passphrase: plain.passphrase && (await sealed('passphrase', plain.passphrase)),
    };
  }

  /**
   * Opens a stored key, whatever its state; null when it is gone.
   *
   * @throws {VaultError} When its row was altered.
   */
  async credentialOf(key: Pick<StoredKey, 'id' | 'exchange'>): Promise<Credential | null> {
    const sealed = await this.credentials.sealedSecrets(key.id);
    if (!sealed) return null;
    const masterKey = await this.open();
    const context = { keyId: key.id, exchange: key.exchange, version: sealed.version };
    const opened = (field: 'apiKey' | 'secret' | 'passphrase', text: string): Promise<Secret> =>
      unseal(masterKey, { ...context, field }, text);
    return {
      keyId: key.id,
      apiKey: await opened('apiKey', sealed.apiKey),
      secret: await opened('secret', sealed.secret),
      passphrase: sealed.passphrase === null ? null : await opened('passphrase', sealed.passphrase),
    };
  }

  async credential(exchange: string, purpose: KeyPurpose): Promise<Credential | null> {
    const key = this.pick(await this.credentials.list(), exchange, purpose);
    return key && this.credentialOf(key);
  }

  /** Looks again at which keys of an exchange are active, and tells when that changed. */
  async reconsider(exchange: string): Promise<void> {
    const picks = await this.picksOf(exchange);
    if (picks === (this.picks.get(exchange) ?? NO_PICKS)) return;
    this.picks.set(exchange, picks);
    this.changed$.next(exchange);
  }

  private async picksOf(exchange: string): Promise<string> {
    const keys = await this.credentials.list();
    return KEY_PURPOSES.map((purpose) => this.pick(keys, exchange, purpose)?.id ?? '').join();
  }

  /**
   * The active key: usable, the least dangerous first (one that may withdraw only when accepted, and after all others),
   * then the one that was added first, so that adding a key takes nothing over by itself.
   */
  private pick(keys: readonly StoredKey[], exchange: string, purpose: KeyPurpose): StoredKey | null {
    const usable = keys.filter(
      (key) =>
        key.exchange === exchange && key.state === 'active' && key.purposes.includes(purpose) && this.maySign(key),
    );
    return usable.find((key) => key.check?.health !== 'critical') ?? usable[0] ?? null;
  }

  private maySign({ check }: StoredKey): boolean {
    if (check === null) return true;
    if (check.findings.some((finding) => DEAD.has(finding.code))) return false;
    return check.facts?.scopes.withdraw !== true || this.settings.keys.acceptWithdrawal;
  }

  private open(): Promise<MasterKey> {
    // A fault is not kept: the database or the file may be there at the next attempt.
    this.masterKey ??= this.findMasterKey().catch((error: unknown) => {
      this.masterKey = null;
      throw error;
    });
    return this.masterKey;
  }

  private async findMasterKey(): Promise<MasterKey> {
    const kids = await this.credentials.kids();
    const found = await this.source.load();
    if (found === null && kids.length > 0) {
      throw new VaultError(
        'master_key_missing',
        `there are stored API keys, sealed with master key ${kids.join(', ')}, but ${this.source.place} does not exist`,
        `restore it from its backup, or give that key as masterKey; ${IF_LOST}`,
      );
    }
    const masterKey = found ?? (await this.source.create());
    const other = kids.find((kid) => kid !== masterKey.kid);
    if (other !== undefined) throw wrongMasterKey(other, masterKey.kid);
    return masterKey;
  }
}

const NO_PICKS = KEY_PURPOSES.map(() => '').join();
