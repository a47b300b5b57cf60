import type { Credential } from '../../contract/ports.js';

/** Fewer characters than this left in the clear could be anybody's. */
const LEAST_SHOWN = 6;
const MASKED = /^([^*]*)\*+([^*]*)$/;

/**
 * Makes a function that finds a credential's own row in a list of an account's keys.
 *
 * The answers come redacted, so an API key that stands there in full is what the redactor leaves of it. Some exchanges
 * show the beginning of a key alone, then asterisks (gate: https://www.gate.com/docs/developers/apiv4/en/#account).
 *
 * @param credential - Whose API key.
 * @param redact - The redactor that the answers went through.
 */
export function ownKey({ apiKey }: Credential, redact: (text: string) => string): (text: unknown) => boolean {
  return (text) => {
    if (typeof text !== 'string') return false;
    const key = apiKey.reveal();
    if (text === redact(key)) return true;
    const [, head = '', tail = ''] = MASKED.exec(text) ?? [];
    return head.length + tail.length >= LEAST_SHOWN && key.startsWith(head) && key.endsWith(tail);
  };
}
