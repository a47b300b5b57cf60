// A part of bench:ingest: what two worker threads cost and spare, as ratios to the same four exchanges in one thread.
import { measure, start, stop } from './processes.mjs';

const LEVELS = 20;
/** Books begin at this many frames a second of each exchange, before a subject asks for its pace. */
const FIRST_PACE = 250;
/** Frames of the warm-up and of the measure, each, by pace; 2,500 of each of four exchanges are 10,000 a second. */
const FRAMES = { flood: 200_000, 2_500: 20_000 };
const NAMES = { flood: '', 2_500: '.paced' };

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
  const flood = await start('flood-server.mjs', [metadataUrl, LEVELS, FIRST_PACE]);
  try {
    for (const pace of ['flood', 2_500]) {
      const main = [];
      const total = [];
      for (let run = 1; run <= runs; run++) {
        const figures = {};
        for (const workers of [0, 2]) {
          process.stderr.write(`workers${NAMES[pace]}: run ${run} of ${runs}, ${workers}\n`);
          figures[workers] = await measure('workers-subject.mjs', [workers, flood.line, FRAMES[pace], pace]);
        }
        main.push(figures[2].mainUs / figures[0].mainUs);
        total.push(figures[2].allUs / figures[0].allUs);
      }
      report.figure(`workers2Main${NAMES[pace]}`, main, 'ratio');
      report.figure(`workers2Total${NAMES[pace]}`, total, 'ratio');
    }
  } finally {
    await stop(flood);
  }
}
