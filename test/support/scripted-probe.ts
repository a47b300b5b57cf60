import type { Credential, KeyFacts, KeyProbe, KeyProbeFailureCode, KeyProbeResult } from '../../src/exchanges/index.js';

/** Yesterday: a key that was made then is not due for rotation. */
export const CREATED_AT_MS = Math.floor(Date.now()) - 86_400_000;

/** What an exchange tells of a key that reads only, from one address. */
export function readOnly(rights: Partial<KeyFacts['scopes']> = {}, rest: Partial<KeyFacts> = {}): KeyProbeResult {
  return {
    ok: true,
    facts: {
      scopes: { read: true, trade: false, withdraw: false, transfer: false, ...rights },
      ipRestricted: true,
      ipList: ['203.0.113.7'],
      createdAtMs: CREATED_AT_MS,
      expiresAtMs: null,
      lastUsedAtMs: null,
      label: null,
      evidence: {},
      sources: {},
      ...rest,
    },
  };
}

/** What an exchange answers when it refuses. */
export function refusal(code: KeyProbeFailureCode, message: string = code): KeyProbeResult {
  return { ok: false, code, rawCode: null, message };
}

/** An exchange's answers as a test sets them, by API key, at once or later; reads only where nothing was set. */
export class ScriptedProbe implements KeyProbe {
  readonly answers = new Map<string, KeyProbeResult | Promise<KeyProbeResult> | Error>();
  /** API keys in the order in which they were asked about. */
  readonly asked: string[] = [];
  readonly seen: Credential[] = [];

  probe(_exchange: string, credential: Credential): Promise<KeyProbeResult> {
    const apiKey = credential.apiKey.reveal();
    this.asked.push(apiKey);
    this.seen.push(credential);
    const answer = this.answers.get(apiKey) ?? readOnly();
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}
