import { type KeyFacts, type KeyProbeFailureCode, type KeyProbeResult, NOTHING_TOLD } from '../../exchanges/index.js';
import type { Circumstances } from './circumstances.js';
import { judgeKey } from './judge-key.js';
import type { Refusal } from './refusal-findings.js';
import type { Judged } from './verdict.js';
import type { KeyCheck } from '../stored-key.js';

/** The moment at which the keys of these tests are judged. */
export const NOW = 1_795_000_000_000;
export const DAY_MS = 86_400_000;
/** A key that came yesterday, and nothing of note around it. */
const AROUND: Circumstances = {
  addedAtMs: NOW - DAY_MS,
  workedAtMs: null,
  foreignUses: [],
  egressAddresses: [],
  masterKeyCreatedAtMs: null,
  limits: { maxAgeDays: 90, neverUsedDays: 30, masterKeyMaxAgeDays: 365 },
};

type Rights = Partial<KeyFacts['scopes']>;

/** What an exchange tells of such a key. */
export function facts(rights: Rights = {}, rest: Partial<Omit<KeyFacts, 'scopes'>> = {}): KeyFacts {
  return {
    ...NOTHING_TOLD,
    scopes: { read: true, trade: false, withdraw: false, transfer: false, ...rights },
    ipRestricted: true,
    ipList: ['203.0.113.7'],
    ...rest,
  };
}

/** What an exchange tells of a key that reads only, from one address, but for what is given. */
export const told = (rights?: Rights, rest?: Partial<Omit<KeyFacts, 'scopes'>>): KeyProbeResult => ({
  ok: true,
  facts: facts(rights, rest),
});
/** What an exchange answers when it refuses. */
export const refused = (code: KeyProbeFailureCode): Refusal => ({ ok: false, code, rawCode: '-1', message: 'no' });

/** A key that reads, as it is to be judged. */
export const judged = (rest: Partial<Judged> = {}): Judged => ({
  ...{ exchange: 'binance', purposes: ['fees'], state: 'active', previous: null, nowMs: NOW, circumstances: AROUND },
  ...rest,
});
/** The verdict on such a key after an answer. */
export const judge = (outcome: KeyProbeResult, rest: Partial<Judged> = {}): KeyCheck =>
  judgeKey({ ...judged(rest), outcome });
/** Other circumstances, at another time. */
export const around = (rest: Partial<Circumstances>, nowMs = NOW): Partial<Judged> => ({
  nowMs,
  circumstances: { ...AROUND, ...rest },
});

/** The findings of a verdict with what they weigh, worst first. */
export const codes = (check: KeyCheck): string[] => check.findings.map(({ code, severity }) => `${code} ${severity}`);
