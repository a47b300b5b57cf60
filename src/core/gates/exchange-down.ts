import type { Candidate } from './candidate.js';

/**
 * Refuses a leg whose exchange is not connected: its last prices may be long gone.
 *
 * @param candidate - The route with both legs.
 * @returns True to refuse.
 */
export function isExchangeDown({ buy, sell }: Candidate): boolean {
  return isDown(buy.exchangeState) || isDown(sell.exchangeState);
}

function isDown(state: Candidate['buy']['exchangeState']): boolean {
  return state === 'down' || state === 'connecting';
}
