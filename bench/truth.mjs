// `npm run bench:truth [-- --quick] [-- --seed N] [-- --minutes N]`: whether what the service says is true, and whether it
// sees what is true. The whole program watches thirteen simulated exchanges for ten minutes, in real time, while each of
// them meets every kind of fault; what it opens is held against the books and fees that were really published, and every
// spell that really paid against what it opened.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pass } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ACCOUNT_EXCHANGES, SIMULATED_EXCHANGES, SIMULATED_SYMBOLS, startSimulator } from '../dist/simulator/index.js';
import { OpeningCheck } from './truth-check.mjs';
import { paceMs, planFaults } from './truth-faults.mjs';
import { judgeSpell, View } from './truth-recall.mjs';
import { keyOf, report } from './truth-report.mjs';
import { Service } from './truth-service.mjs';
import { until } from './processes.mjs';

const { values: options } = parseArgs({
  options: {
    ...{ quick: { type: 'boolean' }, help: { type: 'boolean' }, seed: { type: 'string', default: '7' } },
    ...{ minutes: { type: 'string', default: '10' }, calm: { type: 'boolean' } },
  },
});
if (options.help) {
  console.log(
    'bench:truth [--quick] [--seed 7] [--minutes 10] [--calm]   precision and recall against the true books of simulated\n' +
      'exchanges under faults; --quick within a minute; --calm without faults',
  );
  process.exit(0);
}
const SEED = Number(options.seed);
/** A quick run is over within a minute, however long the service takes to start. */
const QUICK_ENDS_MS = 56_000;
const MEASURED_MS = options.quick ? 40_000 : Number(options.minutes) * 60_000;
const LIVE_WITHIN_MS = 60_000;
/** As the service is set; nothing else differs from its defaults but the dwell. */
const TERMS = { minNetBps: 5, minNotional: 100 };
const DWELL_MS = 50;
/** A spell must be visible for this much longer than the dwell, which is judged with each frame and ten times a second. */
const REACTION_MS = 150;
/** Above the least notional in USD by more than a stablecoin differs from a dollar here. */
const CLEAR_NOTIONAL = TERMS.minNotional * 1.01;
const REFUSALS_EVERY_MS = 500;
const SPELLS_EVERY_MS = 100;
/** Longer than the service's own lateness may be, in one piece. */
const STANDSTILL_MS = 250;
/** Questions to the service a minute why an open spell is not told. */
const MOST_QUESTIONS = 200;

const nowMs = () => performance.timeOrigin + performance.now();
const neededMs = ({ buyExchange, sellExchange }) =>
  DWELL_MS + REACTION_MS + Math.max(paceMs(buyExchange), paceMs(sellExchange)) - 100;

/** What is kept of an opening: the tops of the published books only where something is wrong with it. */
function kept(opportunity, { books, ...checked }) {
  const top = (book) => book && { ...book, bids: book.bids.slice(0, 5), asks: book.asks.slice(0, 5) };
  const toldAfterMs = nowMs() - opportunity.detectedAtMs;
  if (checked.problems.length > 0) return { ...checked, toldAfterMs, opportunity, published: books.map(top) };
  const { routeId, detectedAtMs, legs } = opportunity;
  return { ...checked, toldAfterMs, opportunity: { routeId, detectedAtMs, legs } };
}

/** What the stream tells, kept. */
class Told {
  opened = [];
  lives = new Map();
  statuses = new Map();
  /** Set while it is measured. */
  view = null;
  check = null;

  take({ type, channel, sentAtMs, data = [] }) {
    if (type === 'error' || type === 'closing') throw new Error(`the stream says ${JSON.stringify(data)}`);
    if (type !== 'snapshot' && type !== 'update') return;
    for (const each of data) {
      if (channel === 'exchanges') this.takeStatus(type === 'snapshot' ? each : each.exchange, sentAtMs);
      else if (type === 'update') this.takeStep(each);
    }
  }

  takeStatus(status, atMs) {
    this.statuses.set(status.id, status);
    this.view?.takeStatus(status, atMs);
  }

  takeStep({ event, opportunity }) {
    const { routeId, id, openedAtMs, closedAtMs } = opportunity;
    const ofRoute = this.lives.get(routeId) ?? new Map();
    this.lives.set(routeId, ofRoute);
    ofRoute.set(id, { openedAtMs, closedAtMs: closedAtMs ?? Infinity });
    if (event === 'opened' && this.check) this.opened.push(kept(opportunity, this.check.check(opportunity)));
  }

  isOpen(routeId) {
    return [...(this.lives.get(routeId)?.values() ?? [])].some(({ closedAtMs }) => closedAtMs === Infinity);
  }

  get isLive() {
    const statuses = [...this.statuses.values()];
    return statuses.length === SIMULATED_EXCHANGES.length && statuses.every(({ status }) => status === 'live');
  }
}

/** Symbols that have a book, by exchange. */
function listings(simulator) {
  return Object.fromEntries(
    SIMULATED_EXCHANGES.map((exchange) => [
      exchange,
      SIMULATED_SYMBOLS.filter((symbol) => simulator.book(exchange, symbol) !== null),
    ]),
  );
}

/** Injects faults at their times; one that comes late is moved to when it came. */
function play(simulator, faults) {
  return faults.flatMap((fault) =>
    fault.steps.map(({ atMs, fault: injected }, index) =>
      setTimeout(() => {
        if (index === 0) {
          const lateMs = nowMs() - atMs;
          fault.fromMs += lateMs;
          fault.untilMs += lateMs;
        }
        simulator.injectFault(injected);
      }, atMs - nowMs()),
    ),
  );
}

/** Watches this process, in which the exchanges live: what it misses while it stands still is not the service's fault. */
function watchStandstills(view) {
  let lastMs = nowMs();
  let cpu = process.cpuUsage();
  return setInterval(() => {
    const atMs = nowMs();
    if (atMs - lastMs > STANDSTILL_MS) {
      view.takeStandstill(lastMs, atMs);
      const { user, system } = process.cpuUsage(cpu);
      const busyMs = Math.round((user + system) / 1_000);
      process.stderr.write(`the exchanges stood still for ${Math.round(atMs - lastMs)} ms (${busyMs} ms of work)\n`);
    }
    lastMs = atMs;
    cpu = process.cpuUsage();
  }, STANDSTILL_MS / 10);
}

/** Why an open spell that should have been told is not: the service's own explanation, asked while it lasts. */
class Inquiry {
  words = new Map();
  canExplain = true;

  constructor(service, told) {
    Object.assign(this, { service, told });
  }

  async ask(spell) {
    const key = keyOf(spell);
    const isDue = nowMs() - spell.startMs > neededMs(spell) && !this.words.has(key) && !this.told.isOpen(spell.routeId);
    if (!this.canExplain || !isDue || this.words.size >= MOST_QUESTIONS * Math.max(1, MEASURED_MS / 60_000)) return;
    this.words.set(key, null);
    const said = await this.service.get(`/v1/explain?routeId=${encodeURIComponent(spell.routeId)}`);
    if (said === null) this.canExplain = this.words.size > 1;
    else this.words.set(key, said);
  }
}

/** Watches until the time is over: `{spells, words}`. */
async function measure(simulator, service, told, view, endMs) {
  const spells = new Map();
  const inquiry = new Inquiry(service, told);
  const failures = [];
  let refusalsDueMs = 0;
  let collectedMs = nowMs();
  while (nowMs() < endMs) {
    if (nowMs() >= refusalsDueMs) {
      refusalsDueMs = nowMs() + REFUSALS_EVERY_MS;
      const answer = await service.get('/v1/refusals');
      if (answer) view.takeRefusals(answer.data, nowMs());
    }
    const since = collectedMs;
    collectedMs = nowMs();
    for (const spell of simulator.truth(since).spells) {
      spells.set(keyOf(spell), spell);
      if (spell.endMs === null) inquiry.ask(spell).catch((error) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
    await pass(SPELLS_EVERY_MS);
  }
  return { spells: [...spells.values()], words: inquiry.words };
}

/** Judges every spell, as far as it lies within the measure and clearly has the least notional. */
function judgeAll(spells, view, { lives }, [fromMs, toMs]) {
  return spells
    .filter(({ payingNotional }) => payingNotional >= CLEAR_NOTIONAL)
    .map((whole) => {
      const spell = { ...whole, startMs: Math.max(whole.startMs, fromMs), endMs: Math.min(whole.endMs ?? toMs, toMs) };
      const ofRoute = [...(lives.get(spell.routeId)?.values() ?? [])];
      return { spell: { ...spell, startMs: whole.startMs }, ...judgeSpell(spell, view, neededMs(spell), ofRoute) };
    });
}

const simulator = await startSimulator({ port: 0, seed: SEED, terms: TERMS });
const told = new Told();
const timers = [];
try {
  const service = await Service.start(
    {
      CROSSBOOK_EXCHANGE_GATEWAY: simulator.url,
      CROSSBOOK_EXCHANGES: SIMULATED_EXCHANGES.join(','),
      CROSSBOOK_SYMBOLS: SIMULATED_SYMBOLS.join(','),
      // So often that a delisted pair is noticed, and comes back, while it is measured.
      CROSSBOOK_MARKETS_REFRESH_MS: '10000',
      CROSSBOOK_DETECTION_MIN_NET_BPS: String(TERMS.minNetBps),
      CROSSBOOK_DETECTION_MIN_NOTIONAL_USD: String(TERMS.minNotional),
      CROSSBOOK_DETECTION_MIN_DWELL_MS: String(DWELL_MS),
    },
    (message) => told.take(message),
  );
  try {
    const listed = listings(simulator);
    await Promise.all([
      until('every book is live', LIVE_WITHIN_MS, () => told.isLive),
      service.addKeys(simulator, Object.fromEntries(ACCOUNT_EXCHANGES.map((id) => [id, listed[id].length]))),
    ]);
    const startMs = nowMs();
    const lastMs = options.quick ? performance.timeOrigin + QUICK_ENDS_MS : Infinity;
    const endMs = Math.min(startMs + MEASURED_MS, lastMs);
    const faults = (options.calm ? [] : planFaults(SEED, MEASURED_MS, listed)).map((fault) => ({
      ...{ ...fault, fromMs: startMs + fault.fromMs, untilMs: startMs + fault.untilMs },
      steps: fault.steps.map(({ atMs, fault: injected }) => ({ atMs: startMs + atMs, fault: injected })),
    }));
    const view = new View(faults);
    for (const status of told.statuses.values()) view.takeStatus(status, startMs);
    told.view = view;
    told.check = new OpeningCheck(simulator, TERMS, (exchange, symbol) =>
      view.offMarketSince(exchange, symbol, nowMs()),
    );
    timers.push(...play(simulator, faults), watchStandstills(view));
    process.stderr.write(`${faults.length} faults within ${Math.round(MEASURED_MS / 1_000)} s, seed ${SEED}\n`);
    const delays = monitorEventLoopDelay({ resolution: 10 });
    delays.enable();
    const { spells, words } = await measure(simulator, service, told, view, endMs);
    told.check = null;
    report({
      ...{ opened: told.opened, judged: judgeAll(spells, view, told, [startMs, endMs]), spells, view, words },
      ...{ minNetBps: TERMS.minNetBps, leastSpells: options.quick ? null : 100 },
      ...{ delaysMs: { p99: delays.percentile(99) / 1e6, most: delays.max / 1e6 } },
    });
  } finally {
    await service.end();
  }
} finally {
  for (const timer of timers) clearTimeout(timer);
  await simulator.close();
}
