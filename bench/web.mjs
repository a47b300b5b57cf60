// `npm run bench:web [-- --quick]`: the dashboard in Chromium while opportunities change 500 times a second: the time of its
// frames, tasks that hold it up, what its memory grows by, and how much script it is.
import { once } from 'node:events';
import { setTimeout as pass } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { Report, start, stop } from './processes.mjs';

const quick = process.argv.includes('--quick');
if (process.argv.includes('--help')) {
  console.log('bench:web [--quick]   the dashboard under 500 updates a second for a minute; --quick for 15 seconds');
  process.exit(0);
}
const PER_SECOND = 500;
const MEASURED_MS = quick ? 15_000 : 60_000;
const WARM_MS = 3_000;
const COUNTED_MS = 5_000;
/** Two frames of a screen with 60 a second: one that is missed is not yet seen. */
const report = new Report('web', [
  ['frameP50Ms', 17.5],
  ['frameP99Ms', 34],
  ['heapGrowthMb', 10],
  ['scriptKb', 250],
]);

/** Runs in the page: counts net bps that change on the screen. A page that paints little is quick, and useless. */
const COUNT = `(() => {
  window.shown = 0;
  new MutationObserver((list) => {
    window.shown += list.filter(({ target }) => target.parentElement?.closest('td.net')).length;
  }).observe(document.body, { subtree: true, characterData: true });
})()`;

/** Runs in the page: gathers times between frames, and tasks of more than 50 ms. */
const WATCH = `(() => {
  const seen = (window.seen = { frames: [], longTasks: [] });
  new PerformanceObserver((list) => seen.longTasks.push(...list.getEntries().map((e) => e.duration))).observe({ type: 'longtask' });
  let before = performance.now();
  const frame = (now) => {
    seen.frames.push(now - before);
    before = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})()`;

async function heapMb(session) {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 1e6;
}

async function scriptKb(url) {
  const html = await (await fetch(url)).text();
  let bytes = 0;
  for (const [, src] of html.matchAll(/src="(\/assets\/[^"]+\.js)"/g)) {
    const response = await fetch(new URL(src, url), { headers: { 'accept-encoding': 'gzip' } });
    bytes += Number(response.headers.get('content-length')) || (await response.arrayBuffer()).byteLength;
  }
  return bytes / 1_024;
}

const subject = await start('web-subject.mjs', []);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  const publish = async (milliseconds) => {
    subject.child.send({ perSecond: PER_SECOND, milliseconds });
    return once(subject.child, 'message');
  };
  const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
  await page.goto(subject.line);
  await page.locator('tr.opportunity').first().waitFor();
  const session = await page.context().newCDPSession(page);
  await publish(WARM_MS);
  const before = await heapMb(session);
  await page.evaluate(WATCH);
  process.stderr.write(`measuring for ${MEASURED_MS / 1_000} s …\n`);
  await publish(MEASURED_MS);
  const { frames, longTasks } = await page.evaluate('window.seen');
  await pass(500);
  const after = await heapMb(session);
  await page.evaluate(COUNT);
  await publish(COUNTED_MS);
  const shown = await page.evaluate('window.shown');
  const sorted = frames.slice(1).sort((a, b) => a - b);
  report.figure('frameP50Ms', [sorted[Math.floor(sorted.length * 0.5)]], 'ms');
  report.figure('frameP99Ms', [sorted[Math.floor(sorted.length * 0.99)]], 'ms');
  report.figure('longTasks', [longTasks.length], 'tasks over 50 ms');
  report.figure('shownPerSecond', [(1_000 * shown) / COUNTED_MS], 'net bps that change on the screen');
  report.figure('heapGrowthMb', [after - before], 'MB');
  report.figure('scriptKb', [await scriptKb(subject.line)], 'KB');
} finally {
  await browser.close();
  await stop(subject);
}
report.end();
