// The product's worker, which a test can look into, end, or make hang, by a message that names it.
import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads';

const channel = new BroadcastChannel('crossbook fragile worker');
const orders = {
  exit: () => process.exit(7),
  throw: () => {
    throw new Error('planted fault');
  },
  hang: () => {
    for (;;);
  },
  // Asks for the key of an exchange that another worker has.
  pry: () => {
    parentPort.on('message', (message) => {
      if (message.ask === 1_000_000) channel.postMessage({ seen: message });
    });
    parentPort.postMessage({ type: 'askCredential', ask: 1_000_000, exchange: 'binance', purpose: 'fees' });
  },
  look: () => channel.postMessage({ seen: { env: { ...process.env }, settings: workerData.settings } }),
};
channel.onmessage = ({ data: { worker, order } }) => {
  if (worker === workerData.worker) orders[order]();
};
await import('../../dist/exchanges/market-worker.js');
