import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { productVersion } from '../config/index.js';

const VERSION = productVersion();

/**
 * Makes a strong validator (RFC 9110, 8.8.3) of what an answer is made of. It changes with the version of the product
 * too, since that may write the same data otherwise.
 *
 * @param parts - What tells the data apart: their ids and revisions, or the text of the answer itself.
 * @returns The value of the header `ETag`.
 */
export function entityTag(...parts: readonly string[]): string {
  const hash = createHash('sha256').update(VERSION);
  for (const part of parts) hash.update(`\n${part.length}:`).update(part);
  return `"${hash.digest('base64url').slice(0, 27)}"`;
}

/** Whether a request says that its client has the answer of this validator already. */
export function hasTag(request: Pick<Request, 'headers'>, tag: string): boolean {
  const given = request.headers['if-none-match'];
  return given?.split(',').some((one) => one.trim().replace(/^W\//, '') === tag) ?? false;
}
