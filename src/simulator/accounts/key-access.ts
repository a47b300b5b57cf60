import { timingSafeEqual } from 'node:crypto';
import type { ApiKey } from './account-registry.js';

/** True when a request from this address may use the key. */
export function isAddressAllowed(key: ApiKey, remoteAddress: string): boolean {
  return key.ipList.length === 0 || key.ipList.includes(plainAddress(remoteAddress));
}

/** An IPv4 address out of its IPv6-mapped form. */
export function plainAddress(remoteAddress: string): string {
  return remoteAddress.replace(/^::ffff:/, '');
}

/** True when the key has run out. */
export function isExpired(key: ApiKey, nowMs: number): boolean {
  return key.expiresAtMs !== null && key.expiresAtMs <= nowMs;
}

/** Compares a signature without telling by its time how much of it was right. */
export function isSameSignature(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
