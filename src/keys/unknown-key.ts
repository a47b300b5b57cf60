import { ProblemError } from '../platform/http/index.js';

/**
 * The refusal of an id that no key has.
 *
 * @param id - As it was asked for; shown cut short.
 * @param what - What there is none of, where another word fits better.
 */
export function unknownKey(id: string, what = 'there is no key'): ProblemError {
  const shown = JSON.stringify(id.slice(0, 80));
  return new ProblemError(404, 'unknown_key', `${what} ${shown}; GET /v1/keys lists them`, 'id');
}
