// A part of bench:ingest: what two worker threads cost and spare, as ratios to the same four exchanges in one thread.
import { measure, start, stop } from './processes.mjs';

const LEVELS = 20;
const EXCHANGES = 4;
/** Frames a second of all exchanges together. */
const RATE = 10_000;
const FRAMES = 20_000;

/**
 * Reports `workers2Main` (CPU per frame of the main thread, over the main thread's without workers) and `workers2Total`
 * (CPU per frame of all threads, over all threads' without workers). Where the kernel does not count by thread it
 * reports nothing.
 */
export async function measureWorkers(report, metadataUrl, runs) {
  if (process.platform !== 'linux') {
    process.stderr.write('workers: CPU by thread is read from /proc, which this system does not have: not measured\n');
    return;
  }
  const flood = await start('flood-server.mjs', [metadataUrl, LEVELS, RATE / EXCHANGES]);
  const main = [];
  const total = [];
  try {
    for (let run = 0; run < runs; run++) {
      const figures = {};
      for (const workers of [0, 2]) {
        process.stderr.write(`workers: run ${run + 1} of ${runs}, ${workers}\n`);
        figures[workers] = await measure('workers-subject.mjs', [workers, flood.line, FRAMES]);
      }
      main.push(figures[2].mainUs / figures[0].mainUs);
      total.push(figures[2].allUs / figures[0].allUs);
    }
  } finally {
    await stop(flood);
  }
  report.figure('workers2Main', main, 'ratio');
  report.figure('workers2Total', total, 'ratio');
}
