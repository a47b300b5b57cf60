// `npm run bench:ingest [-- --quick]`: CPU per frame through a real socket of this service's way (socket to gate
// decision), of ws + JSON.parse alone and of the naive `await watchOrderBook` loop, alternating, in one run.
import path from 'node:path';
import { makeCertificate } from './certificate.mjs';
import { measure, Report, start, stop } from './processes.mjs';
import { measureWorkers } from './workers.mjs';

const quick = process.argv.includes('--quick');
if (process.argv.includes('--help')) {
  console.log('bench:ingest [--quick] [--only=NAME]   CPU per frame as ratios');
  console.log('  --quick        within a minute, with less precision');
  console.log('  --only=NAME    one scenario, as levels20.tls, or workers');
  process.exit(0);
}
const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length);
const RUNS = quick ? 2 : 5;
/** Frames of the warm-up and of the measure, each. */
const FRAMES = { flood: quick ? 30_000 : 100_000, 10_000: quick ? 6_000 : 20_000, 300: 1_000 };
/** Books begin at this many frames a second, before a subject asks for its pace. */
const FIRST_PACE = 1_000;

const against = { limit: ['bare', 'service'], all: ['bare', 'service', 'naive'] };
const usual = { exchange: 'binance', levels: 20, symbols: 1, ways: against.limit, pace: 'flood', isTls: false };
/** What is measured: a figure per scenario and pair of ways; those marked `quick` are enough for a first look. */
const SCENARIOS = [
  { ...usual, name: 'levels5', levels: 5, ways: against.all },
  { ...usual, name: 'levels20', ways: against.all, quick: true },
  { ...usual, name: 'levels5.symbols50', levels: 5, symbols: 50 },
  { ...usual, name: 'levels20.symbols50', symbols: 50 },
  { ...usual, name: 'levels20.okx', exchange: 'okx' },
  { ...usual, name: 'levels20.bybit', exchange: 'bybit' },
  { ...usual, name: 'levels20.gate', exchange: 'gate' },
  { ...usual, name: 'levels20.kraken', exchange: 'kraken' },
  { ...usual, name: 'levels20.tls', isTls: true },
  { ...usual, name: 'levels20.paced', pace: 10_000, ways: against.all, quick: true },
  // So slow that the naive loop sees nearly every frame: what a wake-up of the process costs is most of all three.
  { ...usual, name: 'levels20.calm', pace: 300, ways: against.all },
].filter(({ name, quick: isFirstLook }) => (only === undefined ? isFirstLook || !quick : name === only));
const report = new Report('ingest', [
  ['vsLimit.levels20.calm', null],
  ['vsNaive.levels20.calm', null],
  ['vsLimit.levels20.kraken', 2.5],
  ['vsLimit.', 1.2],
  ['vsNaive.', 0.3],
  ['lost', 0],
  ['bookKb', 40],
  ['workers2Main', 0.5],
  ['workers2Total', 1.3],
]);

/** Runs the ways of a scenario in turn; gives what each run of each way measured. */
async function run({ name, exchange, levels, symbols, ways, pace, isTls }, metadata, certificate) {
  const folder = isTls ? [certificate.folder] : [];
  const env = isTls ? { NODE_EXTRA_CA_CERTS: path.join(certificate.folder, 'cert.pem') } : {};
  const flood = await start('flood-server.mjs', [metadata.line, levels, FIRST_PACE, ...folder]);
  const measured = Object.fromEntries(ways.map((way) => [way, []]));
  try {
    for (let turn = 1; turn <= RUNS; turn++) {
      for (const way of ways) {
        process.stderr.write(`${name}: run ${turn} of ${RUNS}, ${way}\n`);
        const subject = [way, exchange, flood.line, symbols, FRAMES[pace], pace];
        measured[way].push(await measure('ingest-subject.mjs', subject, { env }));
      }
    }
  } finally {
    await stop(flood);
  }
  return measured;
}

if (SCENARIOS.length === 0 && only !== 'workers') {
  console.error(`--only: there is no scenario ${only}`);
  process.exit(1);
}
const certificate = await makeCertificate();
const metadata = await start('metadata.mjs', []);
try {
  for (const scenario of SCENARIOS) {
    if (scenario.isTls && certificate === null) continue;
    const { name } = scenario;
    const { service, bare, naive } = await run(scenario, metadata, certificate);
    const ratios = (others) => service.map(({ usPerFrame }, turn) => usPerFrame / others[turn].usPerFrame);
    report.figure(`vsLimit.${name}`, ratios(bare), 'ratio');
    if (naive) report.figure(`vsNaive.${name}`, ratios(naive), 'ratio');
    const perFrame = (way) => way.map(({ usPerFrame }) => usPerFrame);
    report.figure(`usPerFrame.${name}`, perFrame(service), 'µs');
    report.figure(`usPerFrame.limit.${name}`, perFrame(bare), 'µs');
    if (naive) report.figure(`usPerFrame.naive.${name}`, perFrame(naive), 'µs');
    if (naive)
      report.figure(
        `naiveSees.${name}`,
        naive.map(({ updates, frames }) => updates / frames),
        'ratio',
      );
    const lost = service.map(({ frames, updates }) => frames - updates);
    if (scenario.pace === 10_000) report.figure('lost', lost, 'frames');
  }
  if (only === undefined || only === 'workers') await measureWorkers(report, metadata.line, quick ? 1 : RUNS);
  const books = await measure('book-memory.mjs', [], { execArgv: ['--expose-gc'] });
  report.figure('bookKb', [books.bookKb], 'KB');
} finally {
  await stop(metadata);
  await certificate?.remove();
}
report.end();
