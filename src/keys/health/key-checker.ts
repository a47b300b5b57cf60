import { Injectable } from '@nestjs/common';
import { type Credential, KeyProbe, type KeyProbeResult } from '../../exchanges/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Log } from '../../platform/logging/index.js';
import type { KeyCheck, StoredKey } from '../stored-key.js';
import { VaultError } from '../vault/vault.errors.js';
import { VaultService } from '../vault/vault.service.js';
import { judgeBrokenSeal, judgeKey } from './judge-key.js';

/** Longest time an exchange may take to answer about a key, milliseconds. */
const PROBE_TIMEOUT_MS = 30_000;
/** Longest text taken over from an exchange, characters. */
const MAX_SEEN = 300;

/** A verdict with the outcome that it comes from. */
export interface Checked {
  readonly check: KeyCheck;
  readonly outcome: KeyProbeResult;
}

/** Asks an exchange about a key and judges the answer; keeps nothing. */
@Injectable()
export class KeyChecker {
  constructor(
    private readonly probe: KeyProbe,
    private readonly vault: VaultService,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Checks a stored key; null when it is gone. */
  async check(key: StoredKey): Promise<Checked | null> {
    let credential: Credential | null;
    try {
      credential = await this.vault.credentialOf(key);
    } catch (error) {
      if (!(error instanceof VaultError) || error.code === 'wrong_master_key') throw error;
      const evidence = { ...key, previous: key.check, nowMs: this.clock.nowMs() };
      const outcome = { ok: false, code: 'unknown', rawCode: null, message: error.message } as const;
      return { check: judgeBrokenSeal(evidence, error.message), outcome };
    }
    return credential && this.checkWith(key, credential);
  }

  /** Gives up the checks under way; for shutdown. */
  end(): Promise<void> {
    return this.probe.end();
  }

  /** Checks a key with secrets that are at hand. */
  async checkWith(key: Omit<StoredKey, 'state' | 'fingerprint'>, credential: Credential): Promise<Checked> {
    const outcome = scrubbed(await this.ask(key.exchange, credential), credential);
    const { exchange, purposes, check: previous } = key;
    return { outcome, check: judgeKey({ exchange, purposes, outcome, previous, nowMs: this.clock.nowMs() }) };
  }

  private async ask(exchange: string, credential: Credential): Promise<KeyProbeResult> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<KeyProbeResult>((resolve) => {
      const message = `${exchange} gave no answer within ${PROBE_TIMEOUT_MS / 1_000} s`;
      timer = setTimeout(() => {
        resolve({ ok: false, code: 'exchange_down', rawCode: null, message });
      }, PROBE_TIMEOUT_MS);
    });
    try {
      return await Promise.race([this.probe.probe(exchange, credential), silence]);
    } catch (error) {
      // The text of a foreign error may hold a signed URL: only its kind is told.
      const kind = error instanceof Error ? error.name : typeof error;
      this.log.error('the check of a key failed inside', { keyId: credential.keyId, exchange, kind });
      return { ok: false, code: 'unknown', rawCode: null, message: `the check failed inside (${kind})` };
    } finally {
      clearTimeout(timer);
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
  const evidence = Object.fromEntries(
    Object.entries(outcome.facts.evidence).map(([name, text]) => [name, clean(text)]),
  );
  const label = outcome.facts.label && clean(outcome.facts.label);
  return { ...outcome, facts: { ...outcome.facts, evidence, label } };
}
