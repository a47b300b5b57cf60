import { Inject, Injectable } from '@nestjs/common';
import type { KeyProbeResult, ProbeOptions } from '../../exchanges/index.js';
import { Clock } from '../../platform/clock/index.js';
import { SETTINGS, type Settings } from '../../platform/config/index.js';
import type { StoredKey } from '../stored-key.js';
import { VaultService } from '../vault/vault.service.js';
import { acceptedBefore } from './baseline.js';
import type { ForeignUse } from './circumstances.js';
import { EgressAddresses } from './egress-addresses.js';
import { ForeignUses } from './foreign-uses.js';
import type { Judged } from './verdict.js';

type JudgedKey = Pick<StoredKey, 'id' | 'exchange' | 'purposes' | 'state' | 'check' | 'addedAtMs'>;

/** Gathers what a verdict needs beside the answer of the exchange. */
@Injectable()
export class CircumstancesReader {
  /** Last signed call that was no check, by key; bounded by the stored keys. */
  private readonly worked = new Map<string, number>();
  private masterKeyCreatedAtMs: number | null = null;

  constructor(
    private readonly foreignUses: ForeignUses,
    private readonly egress: EgressAddresses,
    private readonly vault: VaultService,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'keys'>,
  ) {}

  /** Notes a signed call that was no check. */
  noteWork(keyId: string, atMs: number): void {
    this.worked.set(keyId, Math.max(this.worked.get(keyId) ?? 0, atMs));
  }

  forget(keyId: string): void {
    this.worked.delete(keyId);
  }

  /** Looks up what does not change from check to check. */
  async refresh(): Promise<void> {
    this.masterKeyCreatedAtMs = await this.vault.masterKeyCreatedAtMs();
  }

  /** What to ask beside a key's own facts: where accounts are idle, what was done there that its owner has not accepted. */
  probeOptions({ check, addedAtMs }: JudgedKey): ProbeOptions {
    if (!this.settings.keys.accountsAreIdle) return {};
    return { usesSinceMs: acceptedBefore(check)?.usesUpToMs ?? addedAtMs };
  }

  /** Notes the address that an exchange told as ours, where it told one. */
  learnAddress(exchange: string, outcome: KeyProbeResult): void {
    const address = outcome.ok ? outcome.facts.seenAddress : outcome.seenAddress;
    if (typeof address === 'string') this.egress.learn(exchange, address);
  }

  /** A key as it is to be judged now, with nothing new told of its uses. */
  now(key: JudgedKey, foreignUses: readonly ForeignUse[] = []): Judged {
    const { exchange, purposes, state, check: previous, addedAtMs } = key;
    const circumstances = {
      addedAtMs,
      foreignUses,
      workedAtMs: this.worked.get(key.id) ?? null,
      egressAddresses: this.egress.of(exchange),
      masterKeyCreatedAtMs: this.masterKeyCreatedAtMs,
      limits: this.settings.keys,
    };
    return { exchange, purposes, state, previous, nowMs: this.clock.nowMs(), circumstances };
  }

  /**
   * A key as it is to be judged after its exchange answered: what it told of uses is compared with our own calls.
   *
   * @throws {DatabaseError} When the usage log cannot be read.
   */
  async after(current: () => JudgedKey, outcome: KeyProbeResult): Promise<Judged> {
    await this.refresh();
    const key = current();
    const workedAtMs = this.worked.get(key.id) ?? null;
    const foreignUses = outcome.ok ? await this.foreignUses.of(key, outcome.facts, workedAtMs) : [];
    // What its owner acknowledged while this was read holds already.
    return this.now(current(), foreignUses);
  }
}
