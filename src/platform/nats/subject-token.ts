/**
 * Writes a text as one token of a NATS subject, in which dots, stars, `>` and white space mean something: every byte that is
 * not a letter, a digit, `-` or `_` becomes `=` with two hexadecimal digits.
 *
 * @param text - For example a symbol: `BTC/USDT:USDT`.
 * @returns For example `BTC=2FUSDT=3AUSDT`.
 */
export function subjectToken(text: string): string {
  return encodeURIComponent(text)
    .replace(/[.!~*'()]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%', '=');
}

/**
 * @param token - What {@link subjectToken} wrote.
 * @returns The text.
 * @throws {URIError} If nobody wrote it so.
 */
export function fromSubjectToken(token: string): string {
  return decodeURIComponent(token.replaceAll('=', '%'));
}

/**
 * @param subject - Of a message.
 * @returns What its last token stands for.
 */
export function lastOf(subject: string): string {
  return fromSubjectToken(subject.slice(subject.lastIndexOf('.') + 1));
}
