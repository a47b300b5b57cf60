import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import type { Credential, CredentialSource, KeyPurpose, Secret } from '../../exchanges/index.js';
import { SETTINGS, type Settings } from '../../platform/config/index.js';
import type { Queries } from '../../platform/prisma/index.js';
import { CredentialsRepository } from '../credentials.repository.js';
import type { FindingCode } from '../key-health.js';
import { KEY_PURPOSES, type SealedSecrets, type StoredKey } from '../stored-key.js';
import { MasterKeys } from './master-keys.js';
import { openSealed, type PlainSecrets, type RowName, sealAll } from './seal-row.js';

/** Findings under which a key signs nothing: the exchange refuses it, or its secret cannot be opened. */
const DEAD: ReadonlySet<FindingCode> = new Set(['AUTH_FAILED', 'KEY_EXPIRED', 'IP_NOT_ALLOWED', 'SEAL_BROKEN']);

/** The sealed secrets of a key that is about to be stored. */
export interface SealedKey extends SealedSecrets {
  /** The keyed hash of its API key under the master key that sealed it. */
  readonly fingerprint: string;
  /** Those under the older keys of the ring: a row that is not sealed anew yet would have one of them. */
  readonly olderFingerprints: readonly string[];
}

/** Seals a key in the transaction that stores it. */
export type SealIn = (q: Queries) => Promise<SealedKey>;

/** Seals and opens the stored keys, and decides which one is active for a purpose. */
@Injectable()
export class VaultService implements CredentialSource, OnModuleInit, OnApplicationShutdown {
  /** Ids picked per exchange and purpose, to tell a change from a repetition; one entry per exchange with keys. */
  private readonly picks = new Map<string, string>();
  /** Keys that sign nothing any more, whatever the database still says; bounded by the keys that were ever stopped. */
  private readonly stopped = new Set<string>();
  /** Replaced keys whose calls under way may still end. */
  private readonly finishing = new Set<string>();
  private readonly changed$ = new Subject<string>();

  readonly changes$: Observable<string> = this.changed$.asObservable();

  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly masterKeys: MasterKeys,
    @Inject(SETTINGS) private readonly settings: { readonly keys: Pick<Settings['keys'], 'acceptWithdrawal'> },
  ) {}

  /** @throws {VaultError} When the stored keys cannot be opened with the master key at hand. */
  async onModuleInit(): Promise<void> {
    await this.masterKeys.ring();
    for (const exchange of new Set((await this.credentials.list()).map((key) => key.exchange))) {
      this.picks.set(exchange, await this.picksOf(exchange));
    }
  }

  onApplicationShutdown(): void {
    this.changed$.complete();
  }

  /** The keyed hashes of an API key at an exchange, under every master key of the ring, the current one first. */
  async fingerprints(exchange: string, apiKey: Secret): Promise<string[]> {
    return (await this.masterKeys.ring()).keys.map((key) => key.fingerprint(exchange, apiKey.reveal()));
  }

  /**
   * Seals a key under the master key that is current at its place. Called in a transaction that shares the sealing, so
   * that it stays current until the row is stored.
   *
   * @throws {VaultError} When the master key is not at its place any more.
   */
  async seal(q: Queries, key: RowName, plain: PlainSecrets): Promise<SealedKey> {
    const { current, older } = await this.masterKeys.fresh(q);
    const apiKey = plain.apiKey.reveal();
    return {
      ...(await sealAll(current, key, plain)),
      fingerprint: current.fingerprint(key.exchange, apiKey),
      olderFingerprints: older.map((one) => one.fingerprint(key.exchange, apiKey)),
    };
  }

  /** When the current master key was made, epoch milliseconds; null where nobody wrote that down. */
  async masterKeyCreatedAtMs(): Promise<number | null> {
    return (await this.masterKeys.ring()).current.createdAtMs;
  }

  /**
   * Opens a stored key, whatever its state; null when it is gone.
   *
   * @throws {VaultError} When its row was altered, or names a master key that is in no ring.
   */
  async credentialOf(key: Pick<StoredKey, 'id' | 'exchange'>): Promise<Credential | null> {
    if (this.stopped.has(key.id)) return null;
    const found = await this.masterKeys.withItsKey(() => this.credentials.sealedSecrets(key.id));
    const credential = found && { keyId: key.id, ...(await openSealed(found.masterKey, key, found.row)) };
    // It may have been stopped while it was opened.
    return this.stopped.has(key.id) ? null : credential;
  }

  async credential(exchange: string, purpose: KeyPurpose): Promise<Credential | null> {
    const key = this.pick(await this.credentials.list(), exchange, purpose);
    return key && this.credentialOf(key);
  }

  /** Ids of keys that were stopped since the start. */
  get stoppedKeys(): readonly string[] {
    return [...this.stopped];
  }

  /** Looks again at which keys of an exchange are active, and tells when that changed. */
  async reconsider(exchange: string): Promise<void> {
    const picks = await this.picksOf(exchange);
    if (picks === (this.picks.get(exchange) ?? NO_PICKS)) return;
    this.picks.set(exchange, picks);
    this.changed$.next(exchange);
  }

  /** Hands keys out no more from this moment on, and has what signs with them give up; asks nobody, so it cannot fail. */
  stop(keys: readonly Pick<StoredKey, 'id' | 'exchange'>[]): void {
    const fresh = keys.filter(({ id }) => !this.stopped.has(id));
    for (const { id } of fresh) {
      this.stopped.add(id);
      this.finishing.delete(id);
    }
    for (const exchange of new Set(fresh.map((key) => key.exchange))) this.changed$.next(exchange);
  }

  /** Notes which keys are active for an exchange now without telling: whoever listens knows already. */
  async settle(exchange: string): Promise<void> {
    this.picks.set(exchange, await this.picksOf(exchange));
  }

  /** Lets calls under way with a replaced key end by themselves, until `mayFinish` is taken back. */
  letFinish(id: string, may: boolean): void {
    if (may) this.finishing.add(id);
    else this.finishing.delete(id);
  }

  mayFinish(keyId: string): boolean {
    return this.finishing.has(keyId);
  }

  private async picksOf(exchange: string): Promise<string> {
    const keys = await this.credentials.list();
    return KEY_PURPOSES.map((purpose) => this.pick(keys, exchange, purpose)?.id ?? '').join();
  }

  /**
   * The active key: usable, the least dangerous first (one that may withdraw only when accepted, and after all others),
   * then the one that was added first, so that adding a key takes nothing over by itself. A key that replaced another
   * has that one's place.
   */
  private pick(keys: readonly StoredKey[], exchange: string, purpose: KeyPurpose): StoredKey | null {
    const usable = inTheirPlaces(keys).filter(
      (key) =>
        key.exchange === exchange && key.state === 'active' && key.purposes.includes(purpose) && this.maySign(key),
    );
    return usable.find((key) => key.check?.health !== 'critical') ?? usable[0] ?? null;
  }

  private maySign({ id, check, acceptsWithdrawal }: StoredKey): boolean {
    if (this.stopped.has(id)) return false;
    if (check === null) return true;
    // What is only foreseen (an address that is not on the list of a key) stops nothing.
    if (check.findings.some(({ code, severity }) => DEAD.has(code) && severity === 'critical')) return false;
    return check.facts?.scopes.withdraw !== true || acceptsWithdrawal || this.settings.keys.acceptWithdrawal;
  }
}

const NO_PICKS = KEY_PURPOSES.map(() => '').join();

/** Sorts keys by when they came; a successor comes when the first key of its line did. */
function inTheirPlaces(keys: readonly StoredKey[]): StoredKey[] {
  const predecessors = new Map(keys.map((key) => [key.replacedBy, key]));
  const placeOf = (key: StoredKey): number => {
    const line = new Set<StoredKey>();
    let first = key;
    while (!line.has(first)) {
      line.add(first);
      first = predecessors.get(first.id) ?? first;
    }
    return first.addedAtMs;
  };
  return keys
    .map((key) => ({ key, place: placeOf(key) }))
    .sort((a, b) => a.place - b.place)
    .map(({ key }) => key);
}
