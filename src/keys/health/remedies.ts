import type { FindingCode } from '../key-health.js';

/** The remedy of every finding that there is. */
export const REMEDIES: Readonly<Record<FindingCode, string>> = {
  AUTH_FAILED:
    'if you revoked this key yourself, remove it here and add a working one; if not, look at it on the page of the ' +
    'exchange, and treat it as stolen until you know better',
  KEY_EXPIRED: 'make a new read-only key at the exchange, add it here, and remove this one',
  EXPIRES_SOON: 'make a new read-only key at the exchange and add it here before this one ends',
  WITHDRAW_ENABLED: 'switch the withdrawal right off at the exchange now; watching needs the right to read only',
  TRANSFER_ENABLED: 'switch the transfer right off at the exchange; watching needs the right to read only',
  TRADE_ENABLED: 'switch the trade right off at the exchange; watching needs the right to read only',
  SCOPE_MISSING: 'give the key the right to read the account at the exchange, and no other right',
  NO_IP_RESTRICTION: 'bind the key to the public address of this machine at the exchange: a stolen key is then useless',
  IP_NOT_ALLOWED: 'add the public address of this machine to the key at the exchange',
  CLOCK_SKEW: 'correct the clock of this machine, for example by switching NTP on',
  RATE_LIMITED: 'nothing to do unless it stays; then let fewer programs use this account',
  EXCHANGE_UNREACHABLE: 'nothing to do with the key; see the state of the exchange and of the network',
  INTROSPECTION_UNSUPPORTED: 'look at the rights of the key on the page of the exchange yourself',
  UNKNOWN_REFUSAL: 'see the answer of the exchange; check the key again, and on its page there',
  SEAL_BROKEN: 'restore the database from a backup, or remove the key and add it again; ask who changed the row',
};

/** What the owner of a key should do about a finding. */
export function remedyFor(code: FindingCode): string {
  return REMEDIES[code];
}
