import type { FindingCode } from '../key-health.js';

/** The remedy of every finding that there is. */
export const REMEDIES: Readonly<Record<FindingCode, string>> = {
  AUTH_FAILED:
    'if you revoked this key yourself, remove it here and add a working one; if not, look at it on the page of the ' +
    'exchange, and treat it as stolen until you know better (docs/incident.md)',
  KEY_EXPIRED: 'make a new read-only key at the exchange, add it here, and remove this one',
  EXPIRES_SOON: 'make a new read-only key at the exchange and add it here before this one ends',
  WITHDRAW_ENABLED: 'switch the withdrawal right off at the exchange now; watching needs the right to read only',
  TRANSFER_ENABLED: 'switch the transfer right off at the exchange; watching needs the right to read only',
  TRADE_ENABLED: 'switch the trade right off at the exchange; watching needs the right to read only',
  SCOPE_MISSING: 'give the key the right to read the account at the exchange, and no other right',
  NO_IP_RESTRICTION: 'bind the key to the public address of this machine at the exchange: a stolen key is then useless',
  IP_NOT_ALLOWED: 'add the public address of this machine to the key at the exchange',
  PERMISSIONS_CHANGED: 'if you changed the rights yourself, acknowledge it here; if not, treat the account as entered',
  IP_LIST_CHANGED: 'if you changed the addresses yourself, acknowledge it here; if not, treat the account as entered',
  UNEXPECTED_USE:
    'if no program of yours did that, the key is in other hands: delete it there, run "keys compromise", and go on as docs/incident.md says',
  ROTATION_DUE: 'make a new read-only key at the exchange and run "keys rotate" with it',
  AWAITING_DELETION: 'delete this key at the exchange: another one has taken its place, and a thief could still use it',
  DUPLICATE_KEY: 'one key for one service: remove it from the other, or make a key of its own for each',
  NEVER_USED: 'a key that nothing uses is a risk without a use: delete it at the exchange and remove it here',
  MASTER_KEY_OLD: 'run "keys master rotate": all stored secrets are sealed anew under a new master key',
  CLOCK_SKEW: 'correct the clock of this machine, for example by switching NTP on',
  RATE_LIMITED: 'nothing to do unless it stays; then let fewer programs use this account',
  EXCHANGE_UNREACHABLE: 'nothing to do with the key; see the state of the exchange and of the network',
  INTROSPECTION_UNSUPPORTED: 'look at the rights of the key on the page of the exchange yourself',
  UNKNOWN_REFUSAL: 'see the answer of the exchange; check the key again, and on its page there',
  SEAL_BROKEN: 'restore the database from a backup, or remove the key and add it again; ask who changed the row',
};

const ABOUT_ADDRESSES: ReadonlySet<FindingCode> = new Set<FindingCode>(['NO_IP_RESTRICTION', 'IP_NOT_ALLOWED']);

/**
 * What the owner of a key should do about a finding.
 *
 * @param address - Our public address, where it is known: remedies that are about it name it.
 */
export function remedyFor(code: FindingCode, address?: string): string {
  const remedy = REMEDIES[code];
  return address !== undefined && ABOUT_ADDRESSES.has(code) ? `${remedy} (it is ${address})` : remedy;
}
