import { addressProblem } from '../../platform/config/index.js';

/**
 * Says what is wrong with the address of an incoming webhook, which is its secret; repeats nothing of it.
 *
 * @param path - What its path must look like.
 */
export function hookProblem(secret: string, baseUrl: string, path: RegExp): string | null {
  const problem = addressProblem(secret);
  if (problem !== null) return problem;
  const url = new URL(secret);
  const base = new URL(baseUrl);
  if (url.origin !== base.origin) return `must begin with ${base.origin}/, or set the baseUrl of the target`;
  return path.test(url.pathname) && url.search === '' && url.hash === ''
    ? null
    : 'must be the whole address, as it was shown when the webhook was made';
}
