#!/usr/bin/env node
// A bot that acts on `opened`, on paper: it keeps a budget per exchange and asset, takes what the books held at that moment
// and tells what it would have earned. It places no order anywhere.
import { follow, optionsOf, stop } from '../service.mjs';

const options = optionsOf(
  `node examples/bot/paper-bot.mjs [--budget 10000] [--delay-bps 2]
trades every opening on paper and tells profit and loss
  --budget QUOTE       what each exchange may hold in positions, in the quote currency, default 10000
  --delay-bps BPS      what is lost between the news and the trade, of the notional, default 2`,
  { budget: { type: 'string', default: '10000' }, 'delay-bps': { type: 'string', default: '2' } },
);
const budget = Number(options.budget);
const delayBps = Number(options['delay-bps']);
if (!(budget > 0)) stop(2, `--budget: must be above 0, was "${options.budget}"`);
if (!(delayBps >= 0)) stop(2, `--delay-bps: must be 0 or more, was "${options['delay-bps']}"`);

/** Money that is bound on each exchange until the position there is closed. */
const bound = new Map();
const held = new Map();
const profits = new Map();
let [taken, skipped] = [0, 0];

function open({ id, legs: [buy, sell], notional, netProfit, currency }) {
  const free = Math.min(...[buy, sell].map(({ exchange }) => budget - (bound.get(exchange) ?? 0)));
  const share = Math.min(1, free / notional);
  if (share <= 0) {
    skipped += 1;
    return;
  }
  const amount = notional * share;
  for (const { exchange } of [buy, sell]) bound.set(exchange, (bound.get(exchange) ?? 0) + amount);
  held.set(id, { amount, exchanges: [buy.exchange, sell.exchange] });
  // Both taker fees are in netProfit already.
  const profit = netProfit * share - (amount * delayBps) / 10_000;
  profits.set(currency, (profits.get(currency) ?? 0) + profit);
  taken += 1;
  console.log(`paper trade: ${amount.toFixed(2)} ${currency} ${buy.exchange} → ${sell.exchange}: ${profit.toFixed(2)}`);
}

// What closed can be bought back at par again: the spread is gone.
function close({ id }) {
  const position = held.get(id);
  if (!position) return;
  held.delete(id);
  for (const exchange of position.exchanges) bound.set(exchange, bound.get(exchange) - position.amount);
}

await follow(options, {}, ({ type, data }) => {
  // What was open before it came is not news: somebody else had it.
  if (type === 'snapshot') return;
  for (const { event, opportunity } of data) {
    if (event === 'opened') open(opportunity);
    else if (event === 'closed') close(opportunity);
  }
});
const sums = [...profits].map(([currency, profit]) => `${profit.toFixed(2)} ${currency}`).join(', ');
console.log(`${taken} taken, ${skipped} without budget; on paper: ${sums || 'nothing'}`);
