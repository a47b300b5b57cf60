#!/usr/bin/env node
// Prints every opportunity as it opens and closes, through the TypeScript client.
import { follow, optionsOf, stop } from '../service.mjs';

const options = optionsOf(
  `node examples/node/watch.mjs [--symbol BTC/USDT …] [--min-bps 5]
prints opportunities as they open and close
  --symbol SYMBOL      only this one; may be given several times
  --min-bps BPS        only from this net spread on`,
  { symbol: { type: 'string', multiple: true }, 'min-bps': { type: 'string' } },
);
const minNetBps = options['min-bps'] === undefined ? undefined : Number(options['min-bps']);
if (Number.isNaN(minNetBps)) stop(2, `--min-bps: must be a number, was "${options['min-bps']}"`);
const filter = {
  ...(options.symbol ? { symbols: options.symbol } : {}),
  ...(minNetBps === undefined ? {} : { minNetBps }),
};

const routeOf = ({ legs: [buy, sell] }) => `${buy.exchange} ${buy.symbol} → ${sell.exchange} ${sell.symbol}`;
let opened = 0;
await follow(options, { filter }, ({ type, data }) => {
  if (type === 'snapshot') {
    console.log(`${data.length} open now`);
    return;
  }
  for (const { event, opportunity } of data) {
    const { netBps, netProfit, currency, closeReason } = opportunity;
    const time = new Date(opportunity.updatedAtMs).toISOString();
    if (event === 'opened') {
      opened += 1;
      console.log(
        `${time} opened ${routeOf(opportunity)}  ${netBps.toFixed(2)} bps  ${netProfit.toFixed(2)} ${currency}`,
      );
    } else if (event === 'closed') console.log(`${time} closed ${routeOf(opportunity)}  ${closeReason}`);
  }
});
console.log(`${opened} opened`);
