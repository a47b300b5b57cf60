// `npm run bench:memory [-- --quick]`: resident memory with ten exchanges of fifty symbols, in a process of its own, and
// how much it grows while every second the sockets of one exchange are cut.
import { once } from 'node:events';
import { setTimeout as pass } from 'node:timers/promises';
import { Report, start, stop } from './processes.mjs';

const quick = process.argv.includes('--quick');
if (process.argv.includes('--help')) {
  console.log('bench:memory [--quick]   resident memory in MB; ten minutes of reconnects, half a minute with --quick');
  process.exit(0);
}
const EXCHANGES = 'binance,okx,bybit,kraken,coinbase,bitget,gate,kucoin,cryptocom,htx'.split(',');
const SYMBOLS = Array.from({ length: 50 }, (_, index) => `C${String(index + 1).padStart(2, '0')}/USDT`);
/** Two updates a second and symbol: a thousand frames a second in all. */
const TICK_MS = 500;
const SETTLED_MS = quick ? 5_000 : 60_000;
const RECONNECTS = quick ? 20 : 600;
const BACK_WITHIN_MS = 60_000;
const report = new Report('memory', [
  ['rssMb', 350],
  // Half a minute is not enough for a heap to find its size.
  ['growthMb', quick ? null : 10],
  ['missing', 0],
]);

const simulator = await start('metadata.mjs', [SYMBOLS.length, TICK_MS]);
try {
  const subject = await start('memory-subject.mjs', [simulator.line, EXCHANGES.join(','), SYMBOLS.join(',')]);
  const ask = async () => {
    subject.child.send('state');
    return (await once(subject.child, 'message'))[0];
  };
  try {
    process.stderr.write('every book is live\n');
    await pass(SETTLED_MS);
    const samples = [];
    for (let cut = 0; cut < RECONNECTS; cut++) {
      simulator.child.send({ kill: EXCHANGES[cut % EXCHANGES.length] });
      await pass(1_000);
      samples.push(await ask());
    }
    const until = performance.now() + BACK_WITHIN_MS;
    let last = await ask();
    while (last.live < last.symbols && performance.now() < until) {
      process.stderr.write(`${last.live} of ${last.symbols} books are live ${JSON.stringify(last.troubled)}\n`);
      await pass(2_000);
      last = await ask();
    }
    // The middle of a tenth each: memory goes up and down with collection, so ends are compared by what is usual there.
    const middle = (part) => part.map(({ rssMb }) => rssMb).sort((a, b) => a - b)[Math.floor(part.length / 2)];
    const tenth = Math.ceil(samples.length / 10);
    report.figure('rssMb', [Math.max(...samples.map(({ rssMb }) => rssMb))], 'MB');
    report.figure('growthMb', [middle(samples.slice(-tenth)) - middle(samples.slice(0, tenth))], 'MB');
    report.figure('heapMb', [last.heapMb], 'MB');
    report.figure('reconnects', [last.reconnects], 'sockets');
    report.figure('missing', [last.symbols - last.live], 'books');
    report.figure('updates', [last.updates], 'updates');
  } finally {
    await stop(subject);
  }
} finally {
  await stop(simulator);
}
report.end();
