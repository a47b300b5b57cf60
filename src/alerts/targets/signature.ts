import { createHmac } from 'node:crypto';

/**
 * Signs a body for its receiver: HMAC-SHA256 over the timestamp, a full stop and the body. The time is part of it, so
 * that a copy is of no use later.
 *
 * @param timestamp - Whole seconds since the epoch, as it stands in the header.
 * @returns What the header holds: `v1=` and 64 hexadecimal digits.
 */
export function signatureOf(key: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')}`;
}
