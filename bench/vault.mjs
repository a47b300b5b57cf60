// `npm run bench:vault [-- --quick]`: how many secrets a second are sealed and opened, beside bare AES-256-GCM of the same
// bytes; and how often the whole real service opens one per book update once its keys are checked: never.
import { measure, Report, start, stop } from './processes.mjs';

const quick = process.argv.includes('--quick');
if (process.argv.includes('--help')) {
  console.log('bench:vault [--quick]   secrets sealed and opened a second, and opened per book update');
  process.exit(0);
}
const RUNS = quick ? 3 : 7;
const TURNS = quick ? 2_000 : 10_000;
const SERVICE_MS = quick ? 5_000 : 60_000;
const report = new Report('vault', [['opensPerUpdate', 0]]);

const runs = [];
for (let run = 1; run <= RUNS; run++) {
  process.stderr.write(`run ${run} of ${RUNS}\n`);
  runs.push(await measure('vault-subject.mjs', [TURNS]));
}
const of = (value) => runs.map(value);
report.figure(
  'sealPerSecond',
  of(({ seal }) => seal),
  'secrets/s',
);
report.figure(
  'openPerSecond',
  of(({ open }) => open),
  'secrets/s',
);
report.figure(
  'sealVsBare',
  of(({ seal, bareSeal }) => bareSeal / seal),
  'ratio',
);
report.figure(
  'openVsBare',
  of(({ open, bareOpen }) => bareOpen / open),
  'ratio',
);

const simulator = await start('metadata.mjs', [0, 50]);
try {
  const service = await measure('vault-service.mjs', [simulator.line, SERVICE_MS]);
  report.figure('opensPerUpdate', [service.opens / service.updates], 'opens');
  report.figure('opensBefore', [service.before], 'opens');
  report.figure('updates', [service.updates], 'updates');
} finally {
  await stop(simulator);
}
report.end();
