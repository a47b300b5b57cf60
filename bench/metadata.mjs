// The simulated exchanges, as the source of market metadata for the flood server. Prints its address; ends with its parent.
import { startSimulator } from '../dist/simulator/index.js';

const simulator = await startSimulator({ port: 0, seed: 1 });
process.stdout.write(`${simulator.url}\n`);
process.on('disconnect', () => process.exit(0));
