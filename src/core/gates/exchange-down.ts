import type { ExchangeState } from '../market/states.js';
import type { Gate } from './gate.js';

/** Refuses a leg whose exchange is not connected: its last prices may be long gone. */
export const exchangeDown: Gate = {
  reason: 'exchange_down',
  refuses: ({ buy, sell }) => isDown(buy.exchangeState) || isDown(sell.exchangeState),
  measure: ({ buy, sell }) => ({ buyExchange: buy.exchangeState, sellExchange: sell.exchangeState }),
};

function isDown(state: ExchangeState): boolean {
  return state === 'down' || state === 'connecting';
}
