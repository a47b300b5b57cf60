import type { Credential } from '../../contract/ports.js';

const REDACTED = '[redacted]';
/** Signatures and keys in a query or a form, whatever their value. */
const PARAMETERS = /\b(signature|sign|apiKey|api_key|secret|passphrase)=[^&\s"]+/gi;

/**
 * Makes a function that removes a credential's parts from text.
 *
 * @param credential - Whose parts.
 * @returns The function.
 */
export function redactor(credential: Credential): (text: string) => string {
  const parts = [credential.apiKey, credential.secret, credential.passphrase]
    .flatMap((secret) => (secret ? [secret.reveal(), encodeURIComponent(secret.reveal())] : []))
    .filter((part) => part.length > 0);
  return (text) =>
    parts
      .reduce((clean, part) => clean.split(part).join(REDACTED), text)
      .replace(PARAMETERS, (_, name: string) => `${name}=${REDACTED}`);
}
