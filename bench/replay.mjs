// `npm run bench:replay [-- --quick]`: book updates a second that a replay of a capture decides on one core: unpacking,
// parsing, books and gates, by the processor time of all threads.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { measure, Report } from './processes.mjs';

const quick = process.argv.includes('--quick');
if (process.argv.includes('--help')) {
  console.log(
    'bench:replay [--quick] [--file=CAPTURE]   updates a second of CPU; a made market, or a capture of yours',
  );
  process.exit(0);
}
const given = process.argv.find((argument) => argument.startsWith('--file='))?.slice('--file='.length);
const RUNS = quick ? 3 : 5;
const UPDATES = quick ? 200_000 : 1_000_000;
const report = new Report('replay', [
  ['updatesPerSecond.wall', null],
  ['updatesPerSecond', 100_000, 'least'],
]);

const folder = mkdtempSync(path.join(os.tmpdir(), 'crossbook-bench-'));
try {
  const file = given === undefined ? path.join(folder, 'made.cap.gz') : path.resolve(given);
  if (given === undefined) {
    const { bytes } = await measure('replay-capture.mjs', [file, UPDATES]);
    process.stderr.write(`a capture of ${UPDATES} updates, ${(bytes / 1e6).toFixed(1)} MB\n`);
  }
  const measured = [];
  for (let run = 0; run <= RUNS; run++) {
    process.stderr.write(run === 0 ? 'warm-up\n' : `run ${run} of ${RUNS}\n`);
    const figures = await measure('replay-subject.mjs', [file]);
    if (run > 0) measured.push(figures);
  }
  if (new Set(measured.map(({ sha256 }) => sha256)).size !== 1) throw new Error('two replays decided differently');
  report.figure(
    'updatesPerSecond',
    measured.map(({ updates, cpuMs }) => (updates * 1_000) / cpuMs),
    'updates/s',
  );
  report.figure(
    'updatesPerSecond.wall',
    measured.map(({ updates, elapsedMs }) => (updates * 1_000) / elapsedMs),
    'updates/s',
  );
  report.figure(
    'opened',
    measured.map(({ opened }) => opened),
    'opportunities',
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
report.end();
