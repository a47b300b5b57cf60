// `npm run bench:detect [-- --quick]`: processor time of one book update through its book and the detector while nothing
// is crossed (`quietUs`); of a walk over two ladders; and what an update allocates. `tickedUs` is the same with the clock's
// ticks shared out over the updates (ten a second, at a thousand updates a second or two of every book): all samples of
// spreads and price ratios, whose cost grows with time and not with updates.
import { Report, measure } from './processes.mjs';

const quick = process.argv.includes('--quick');
if (process.argv.includes('--help')) {
  console.log('bench:detect [--quick]   µs of one book update and of one ladder walk; within a minute with --quick');
  process.exit(0);
}
const RUNS = quick ? 3 : 7;
const UPDATES = quick ? 100_000 : 300_000;
const WALKS = quick ? 50_000 : 200_000;
const MARKETS = [
  { name: '30x1', exchanges: 30, symbols: 1 },
  { name: '10x500', exchanges: 10, symbols: 500 },
];
const report = new Report('detect', [
  ['quietUs.', 2],
  ['tickedUs.', null],
  ['walkUs.', 5],
]);

const measured = Object.fromEntries(MARKETS.map(({ name }) => [name, []]));
const walks = [];
for (let turn = 1; turn <= RUNS; turn++) {
  process.stderr.write(`run ${turn} of ${RUNS}\n`);
  for (const { name, exchanges, symbols } of MARKETS) {
    measured[name].push(await measure('detect-subject.mjs', ['quiet', exchanges, symbols, UPDATES]));
  }
  walks.push(await measure('detect-subject.mjs', ['walk', 50, WALKS]));
}
const pick = (runs, figure) => runs.map((run) => run[figure]);
for (const { name } of MARKETS) {
  report.figure(`quietUs.${name}`, pick(measured[name], 'quietUs'), 'µs');
  report.figure(`tickedUs.${name}`, pick(measured[name], 'tickedUs'), 'µs');
  report.figure(`bytesPerUpdate.${name}`, pick(measured[name], 'bytesPerUpdate'), 'bytes');
}
report.figure('walkUs.50x50', pick(walks, 'us'), 'µs');
report.end();
