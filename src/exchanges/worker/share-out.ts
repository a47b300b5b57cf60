import type { ExchangeId } from '../../core/market/instrument.js';

/** More threads than this are never chosen by themselves. */
const MOST_BY_ITSELF = 4;

/**
 * Returns how many worker threads a setting asks for.
 *
 * `auto` leaves a core to the main thread, which detects and serves, and uses none on a machine of one or two cores:
 * there the threads would take the core that they are to relieve.
 *
 * @param setting - `workers`.
 * @param exchanges - Configured exchanges; more threads than these would idle.
 * @param cores - Cores that this process may use.
 * @returns 0 for everything in the main thread.
 */
export function workerCount(setting: number | 'auto', exchanges: number, cores: number): number {
  const wanted = setting === 'auto' ? (cores > 2 ? Math.min(cores - 1, MOST_BY_ITSELF) : 0) : setting;
  return Math.min(wanted, exchanges);
}

/**
 * Deals exchanges out to workers in turn, so that each has as many as the next, or one more.
 *
 * @param exchanges - In the order of the settings: whoever knows the busy ones puts them first.
 * @param workers - How many, at least one.
 * @returns The exchanges of each worker.
 */
export function shareOut(exchanges: readonly ExchangeId[], workers: number): ExchangeId[][] {
  return Array.from({ length: workers }, (_, worker) => exchanges.filter((_id, index) => index % workers === worker));
}
