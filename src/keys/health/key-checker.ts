import { Injectable } from '@nestjs/common';
import { type Credential, KeyProbe, type KeyProbeResult, type ProbeOptions } from '../../exchanges/index.js';
import { Log } from '../../platform/logging/index.js';
import { KeyRegistry } from '../key-registry.js';
import type { KeyCheck, StoredKey } from '../stored-key.js';
import { VaultError } from '../vault/vault.errors.js';
import { VaultService } from '../vault/vault.service.js';
import { within } from '../within.js';
import { CircumstancesReader } from './circumstances-reader.js';
import { judgeBrokenSeal, judgeKey } from './judge-key.js';

/** Longest time an exchange may take to answer about a key, milliseconds. */
const PROBE_TIMEOUT_MS = 30_000;
/** Longest text taken over from an exchange, characters. */
const MAX_SEEN = 300;
/** Codes of exchanges that are not known and were told once; more are told again. */
const MOST_UNKNOWN_CODES = 1_000;

/** A verdict with the outcome that it comes from. */
export interface Checked {
  readonly check: KeyCheck;
  readonly outcome: KeyProbeResult;
}

/** Asks an exchange about a key and judges the answer; keeps nothing. */
@Injectable()
export class KeyChecker {
  /** Exchange and code of refusals that we do not know, each told to the log once. */
  private readonly unknownCodes = new Set<string>();

  constructor(
    private readonly probe: KeyProbe,
    private readonly vault: VaultService,
    private readonly registry: KeyRegistry,
    private readonly circumstances: CircumstancesReader,
    private readonly log: Log,
  ) {}

  /**
   * Checks a stored key; null when it is gone.
   *
   * @param signal - Gives the check up.
   */
  async check(key: StoredKey, signal?: AbortSignal): Promise<Checked | null> {
    let credential: Credential | null;
    try {
      credential = await this.vault.credentialOf(key);
    } catch (error) {
      if (!(error instanceof VaultError) || error.code === 'wrong_master_key') throw error;
      const outcome = { ok: false, code: 'unknown', rawCode: null, message: error.message } as const;
      return { check: judgeBrokenSeal(this.circumstances.now(key), error.message), outcome };
    }
    return credential && this.checkWith(key, credential, signal);
  }

  /** Gives up the checks under way; for shutdown. */
  end(): Promise<void> {
    return this.probe.end();
  }

  /** Checks a key with secrets that are at hand. */
  async checkWith(key: StoredKey, credential: Credential, signal?: AbortSignal): Promise<Checked> {
    const options = { ...this.circumstances.probeOptions(key), ...(signal ? { signal } : {}) };
    const outcome = scrubbed(await this.ask(key.exchange, credential, options), credential);
    const judged = await this.circumstances.after(() => this.registry.get(key.id) ?? key, outcome);
    const check = judgeKey({ ...judged, outcome });
    this.circumstances.learnAddress(key.exchange, outcome);
    this.noteCode(key.exchange, outcome);
    return { outcome, check };
  }

  private noteCode(exchange: string, outcome: KeyProbeResult): void {
    if (outcome.ok || outcome.code !== 'unknown' || outcome.rawCode === null) return;
    const { rawCode } = outcome;
    const name = `${exchange} ${rawCode}`;
    if (this.unknownCodes.has(name)) return;
    if (this.unknownCodes.size >= MOST_UNKNOWN_CODES) this.unknownCodes.clear();
    this.unknownCodes.add(name);
    this.log.warn('an exchange refused a key with a code that is not known', { exchange, rawCode });
  }

  private async ask(exchange: string, credential: Credential, options: ProbeOptions): Promise<KeyProbeResult> {
    try {
      const answer = await within(PROBE_TIMEOUT_MS, this.probe.probe(exchange, credential, options));
      if (answer) return answer;
      const message = `${exchange} gave no answer within ${PROBE_TIMEOUT_MS / 1_000} s`;
      return { ok: false, code: 'exchange_down', rawCode: null, message };
    } catch (error) {
      // The text of a foreign error may hold a signed URL: only its kind is told.
      const kind = error instanceof Error ? error.name : typeof error;
      this.log.error('the check of a key failed inside', { keyId: credential.keyId, exchange, kind });
      return { ok: false, code: 'unknown', rawCode: null, message: `the check failed inside (${kind})` };
    }
  }
}

/** Removes the key's own secrets from what an exchange said: some answer with the key, or with its secret. */
function scrubbed(outcome: KeyProbeResult, credential: Credential): KeyProbeResult {
  const secrets = [credential.apiKey, credential.secret, credential.passphrase]
    .filter((secret) => secret !== null)
    .map((secret) => secret.reveal());
  const clean = (text: string): string => {
    const without = secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);
    return without.length > MAX_SEEN ? `${without.slice(0, MAX_SEEN)}…` : without;
  };
  if (!outcome.ok)
    return { ...outcome, rawCode: outcome.rawCode && clean(outcome.rawCode), message: clean(outcome.message) };
  const { facts } = outcome;
  const evidence = Object.fromEntries(Object.entries(facts.evidence).map(([name, text]) => [name, clean(text)]));
  const label = facts.label && clean(facts.label);
  const uses = facts.uses && { uses: facts.uses.map((use) => ({ ...use, seen: clean(use.seen) })) };
  return { ...outcome, facts: { ...facts, evidence, label, ...uses } };
}
