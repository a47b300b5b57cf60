import { isIP } from 'node:net';

/** What may be an address: digits, hexadecimal digits, points and colons in one piece. */
const CANDIDATES = /(?<![\w.])[0-9a-f:.]{3,45}(?![\w:])/gi;

/**
 * Finds the address that an exchange names in a refusal: `Your IP 203.0.113.7 is not included …`.
 *
 * @param message - The exchange's words.
 * @returns The address; null when there is none, or several, since nothing then tells which one is ours.
 */
export function addressIn(message: string): string | null {
  const found = (message.match(CANDIDATES) ?? [])
    // The point that ends a sentence is no part of the address.
    .map((text) => text.replace(/\.+$/, ''))
    .filter((text) => isIP(text) !== 0);
  const [address, ...others] = new Set(found);
  return address === undefined || others.length > 0 ? null : address;
}
