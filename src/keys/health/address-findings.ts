import { BlockList, isIP } from 'node:net';
import type { KeyFacts } from '../../exchanges/index.js';
import type { Seen } from './verdict.js';

/**
 * Tells whether a list of addresses and networks (CIDR) lets an address in.
 *
 * @returns Null when an entry is neither: what it lets in is not known then.
 */
export function isCovered(list: readonly string[], address: string): boolean | null {
  const allowed = new BlockList();
  for (const entry of list) if (!allow(allowed, entry.trim())) return null;
  return allowed.check(address, familyOf(address));
}

function allow(allowed: BlockList, entry: string): boolean {
  const [network = '', prefix, ...rest] = entry.split('/');
  const family = isIP(network);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) {
    allowed.addAddress(network, familyOf(network));
    return true;
  }
  const bits = Number(prefix);
  if (!/^\d{1,3}$/.test(prefix) || bits > (family === 4 ? 32 : 128)) return false;
  allowed.addSubnet(network, bits, familyOf(network));
  return true;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** Foresees the refusal of an address of ours that the list of a key leaves out; pure. */
export function addressFindings(facts: KeyFacts, egressAddresses: readonly string[]): Seen[] {
  const { ipRestricted, ipList } = facts;
  if (ipRestricted !== true || ipList === null || ipList.length === 0) return [];
  const left = egressAddresses.filter((address) => isCovered(ipList, address) === false);
  if (left.length === 0) return [];
  const seen = `the key works from ${ipList.join(', ')}, and this machine is also seen as ${left.join(', ')}`;
  return [{ code: 'IP_NOT_ALLOWED', severity: 'warning', seen }];
}

/** What to add to a finding on addresses: under which of them exchanges see us; empty where that is not known. */
export function ourAddresses(egressAddresses: readonly string[]): string {
  return egressAddresses.length === 0 ? '' : `; this machine is seen as ${egressAddresses.join(', ')}`;
}
