// The simulated exchanges, as the source of market metadata for the flood server, or as a market of their own. Prints
// its address; ends with its parent. Arguments: [copies of a pair on each exchange] [milliseconds between two updates]
// A message `kill` to it ends the sockets of the exchange that the message names.
import { startSimulator } from '../dist/simulator/index.js';

const [copies = '0', tickMs = '100'] = process.argv.slice(2);
const simulator = await startSimulator({ port: 0, seed: 1, copies: Number(copies), tickMs: Number(tickMs) });
process.stdout.write(`${simulator.url}\n`);
process.on('message', ({ kill }) => simulator.injectFault({ exchange: kill, fault: 'kill' }));
process.on('disconnect', () => process.exit(0));
