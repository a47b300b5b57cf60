// Replays a capture in this process. Prints one JSON line: updates, what was decided, CPU and wall time in ms.
// Arguments: file
import { ReplayOutput, replayCapture } from '../dist/capture/index.js';

const [file] = process.argv.slice(2);
const wall = performance.now();
const cpu = process.cpuUsage();
const { updates, opened, spreads, sha256 } = await replayCapture({ file, set: [], output: new ReplayOutput(null) });
const { user, system } = process.cpuUsage(cpu);
const cpuMs = (user + system) / 1_000;
const elapsedMs = performance.now() - wall;
process.stdout.write(`${JSON.stringify({ updates, opened, spreads, sha256, cpuMs, elapsedMs })}\n`);
