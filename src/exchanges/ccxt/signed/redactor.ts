import type { Credential } from '../../contract/ports.js';

/** What stands where a part of a credential was. */
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

/** Names of fields that hold a secret whatever their value: deribit lists keys with theirs. */
const SECRET_FIELD = /secret|passphrase|password|private/i;

/** Returns an answer without a credential's parts and without any field that is named like a secret, in a copy. */
export function redactAnswer(answer: unknown, redact: (text: string) => string): unknown {
  if (typeof answer === 'string') return redact(answer);
  if (Array.isArray(answer)) return answer.map((item) => redactAnswer(item, redact));
  if (typeof answer !== 'object' || answer === null) return answer;
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [
      name,
      SECRET_FIELD.test(name) ? REDACTED : redactAnswer(value, redact),
    ]),
  );
}
