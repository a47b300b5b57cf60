import { classifyFailure } from '../key-errors/classify.js';

/**
 * Makes a call beside the one that matters: a key that lacks the right to it loses nothing of what was told before.
 *
 * @param exchange - ccxt id.
 * @param call - The call.
 * @returns Its answer, null where the key has no right to it.
 * @throws {Error} Every other failure of the call.
 */
export async function whereAllowed<T>(exchange: string, call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (classifyFailure(exchange, error, (text) => text).code !== 'missing_permission') throw error;
    return null;
  }
}
