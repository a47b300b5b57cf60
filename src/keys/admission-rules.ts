import type { KeyFacts, KeyProbeFailureCode, KeyProbeResult } from '../exchanges/index.js';
import { ProblemError } from '../platform/http/index.js';
import { keyPage } from './health/key-pages.js';

/** Refusals after which a new key is not worth storing: it would sign nothing. */
const USELESS: ReadonlySet<KeyProbeFailureCode> = new Set<KeyProbeFailureCode>([
  'revoked',
  'wrong_secret',
  'wrong_passphrase',
  'expired',
  'wrong_environment',
]);

/**
 * Says why a new key is turned away, null when it may come in. A right that the exchange does not tell of is no reason.
 *
 * @param exchange - ccxt id.
 * @param outcome - What the exchange said of it.
 * @param isAccepted - Its owner accepted that it may withdraw or transfer.
 */
export function unfitKey(exchange: string, outcome: KeyProbeResult, isAccepted: boolean): ProblemError | null {
  if (outcome.ok) return isAccepted ? null : tooDangerous(exchange, outcome.facts);
  if (!USELESS.has(outcome.code)) return null;
  const why = `${exchange} refuses this key (${outcome.code.replaceAll('_', ' ')}): ${outcome.message}`;
  const detail = `${why}; it was not stored: compare it with the one shown at ${placeOf(exchange)} and add it again`;
  return new ProblemError(422, 'key_refused', detail, outcome.code === 'wrong_passphrase' ? 'passphrase' : 'apiKey');
}

/**
 * Says why a key may not take over from another, null when it may. Beside what holds for every new key, its exchange
 * must have vouched for it just now: the old one works, and there is no hurry to trust another.
 */
export function unfitSuccessor(
  exchange: string,
  outcome: KeyProbeResult,
  isAccepted: boolean,
  nowMs: number,
): ProblemError | null {
  const unfit = unfitKey(exchange, outcome, isAccepted);
  if (unfit) return unfit;
  if (!outcome.ok) {
    const why = `${exchange} did not vouch for the new key (${outcome.code.replaceAll('_', ' ')}): ${outcome.message}`;
    return new ProblemError(422, 'not_verified', `${why}; the old key goes on, try again later`, 'apiKey');
  }
  const { scopes, expiresAtMs } = outcome.facts;
  if (scopes.read === false) {
    const detail = `the new key may not read the account, which the old one is used for; give it that right at ${placeOf(exchange)}`;
    return new ProblemError(422, 'key_too_weak', detail, 'apiKey');
  }
  if (expiresAtMs === null || expiresAtMs > nowMs) return null;
  return new ProblemError(422, 'key_refused', 'the new key has expired; make another one', 'apiKey');
}

function tooDangerous(exchange: string, { scopes }: KeyFacts): ProblemError | null {
  if (scopes.withdraw !== true && scopes.transfer !== true) return null;
  const [code, can] =
    scopes.withdraw === true ? ['withdrawal_right', 'withdraw'] : ['transfer_right', 'move money between accounts'];
  const remedy = `switch that right off at ${placeOf(exchange)}, or make a read-only key there, and add it again`;
  const force =
    'acceptWithdrawal: true (--accept-withdraw) or the setting keys.acceptWithdrawal stores such keys all the same; ' +
    'one that may withdraw stays critical';
  return new ProblemError(422, code, `this key may ${can}, so it was not stored; ${remedy} (${force})`, 'apiKey');
}

function placeOf(exchange: string): string {
  return keyPage(exchange) ?? exchange;
}
