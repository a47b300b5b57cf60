// What bench:truth prints: figures, what was missed and by which gate, and what was false, with what shows why.
import { Report } from './processes.mjs';
import { AGE_BOUND_MS } from './truth-check.mjs';

/** Shown of each kind. */
const SHOWN = 4;
/** A frame may be under way to the service for so long, milliseconds. */
const TRAVEL_MS = 20;
/** Where the process of the exchanges was itself late by more, the machine was too busy to say much of the service. */
const BUSY_MS = 100;

/** Names a spell. */
export const keyOf = ({ routeId, startMs }) => `${routeId} ${startMs}`;

const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
const ascending = (values) => [...values].sort((a, b) => a - b);
const share = (part, whole) => (whole === 0 ? NaN : part / whole);
const countOf = (list, isIt) => list.filter(isIt).length;
function countBy(list, nameOf) {
  const counts = new Map();
  for (const each of list) counts.set(nameOf(each), (counts.get(nameOf(each)) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/**
 * Prints everything.
 *
 * @param measured - `opened`: openings as they were checked; `judged`: spells with their verdicts; `spells`: all of them;
 * `view`: faults and what the service said; `words`: its explanations by spell; `minNetBps`; `leastSpells`: so many there should be, null for any; `delaysMs`: of the process of
 * the exchanges, `{p99, most}`.
 */
export function report({ opened, judged, spells, view, words, minNetBps, leastSpells, delaysMs }) {
  const [seen, missed, hidden] = ['seen', 'missed', 'hidden'].map((verdict) =>
    judged.filter((each) => each.verdict === verdict),
  );
  const proven = opened.filter(({ isForgotten }) => !isForgotten);
  const wrong = proven.filter(({ problems }) => problems.length > 0);
  const over = opened.filter((each) => !isInTime(each, spells));
  const recallOf = (isIt) => share(countOf(seen, isIt), countOf(seen, isIt) + countOf(missed, isIt));
  const isJoined = ({ spell }) => spell.via !== null;
  // The rate of a join is that of its best price; whether its book holds the whole amount is another question.
  const joins = proven.filter(({ convertedBps }) => convertedBps !== null);
  const convertible = countOf(joins, ({ convertedBps }) => convertedBps >= minNetBps);
  const ages = ascending(opened.flatMap(({ agesMs }) => agesMs));
  const reactions = ascending(seen.flatMap(({ reactionMs }) => (reactionMs >= 0 ? [reactionMs] : [])));
  const told = ascending(opened.map(({ toldAfterMs }) => toldAfterMs));

  const figures = new Report('truth', [
    ['precision', 1, 'least'],
    ['recall', 0.99, 'least'],
    ['trueDislocations', leastSpells, 'least'],
    ['unproven', 0],
    ['convertible', 1, 'least'],
    ['oldestLegMs', AGE_BOUND_MS],
    ['ownDelayP99Ms', BUSY_MS],
  ]);
  for (const [figure, value, unit] of [
    ['precision', share(proven.length - wrong.length, proven.length), 'ratio'],
    ['recall', recallOf(() => true), 'ratio'],
    ['recall.oneQuote', recallOf((each) => !isJoined(each)), 'ratio'],
    ['recall.twoQuotes', recallOf(isJoined), 'ratio'],
    ['trueDislocations', seen.length + missed.length, 'spells'],
    ['hidden', hidden.length, 'spells'],
    ['opened', opened.length, 'opportunities'],
    ['unproven', opened.length - proven.length, 'opportunities'],
    ['inTime', share(opened.length - over.length, opened.length), 'ratio'],
    ...(joins.length > 0 ? [['convertible', share(convertible, joins.length), 'ratio']] : []),
    ['oldestLegMs', at(ages, 1), 'ms'],
    ['legAgeP99Ms', at(ages, 0.99), 'ms'],
    ['reactionP50Ms', at(reactions, 0.5), 'ms'],
    ['reactionP99Ms', at(reactions, 0.99), 'ms'],
    ['toldP99Ms', at(told, 0.99), 'ms'],
    ['toldMostMs', at(told, 1), 'ms'],
    ['ownDelayP99Ms', delaysMs.p99, 'ms'],
    ['ownDelayMostMs', delaysMs.most, 'ms'],
    ['faults', view.faults.length, 'faults'],
  ]) {
    figures.figure(figure, [value], unit);
  }
  figures.end();

  listMisses(missed, words);
  list('hidden spells by cause', hidden, ({ cause }) => cause);
  // True books, not too old, but what they paid was over: nobody could know it yet, or the service was late.
  list('openings of what was over already, by the faults at their legs', over, (each) => faultsNear(view, each));
  for (const { opportunity, agesMs } of over.slice(0, SHOWN)) {
    const { routeId, detectedAtMs, legs } = opportunity;
    show({ routeId, detectedAtMs, agesMs, sequences: legs.map(({ sequence }) => sequence) });
  }
  list('false openings', wrong, ({ problems }) => problems[0]);
  for (const each of wrong.slice(0, SHOWN)) show({ ...each, faults: faultsNear(view, each) });
}

/** Whether an opening lies within a spell that paid at that very moment. */
function isInTime({ opportunity: { routeId, detectedAtMs } }, spells) {
  return spells.some(
    (spell) =>
      spell.routeId === routeId &&
      spell.startMs <= detectedAtMs &&
      detectedAtMs <= (spell.endMs ?? Infinity) + TRAVEL_MS,
  );
}

/** Faults in force, or hardly over, at the legs of an opening. */
function faultsNear({ faults }, { opportunity: { legs, detectedAtMs } }) {
  const near = faults.filter(
    ({ exchange, fromMs, untilMs, untoldMs, healsWithinMs }) =>
      legs.some((leg) => leg.exchange === exchange) &&
      fromMs <= detectedAtMs &&
      detectedAtMs <= Math.max(untilMs, fromMs + untoldMs) + Math.min(1_000, healsWithinMs),
  );
  return near.map(({ kind, exchange }) => `${kind} at ${exchange}`).join(', ') || 'no fault';
}

function list(title, each, nameOf) {
  console.log(`\n${title}`);
  const counts = countBy(each, nameOf);
  for (const [name, count] of counts.length > 0 ? counts : [['none', 0]]) {
    console.log(`  ${String(count).padStart(5)}  ${name}`);
  }
}

function show(what) {
  console.log(JSON.stringify(what));
}

function listMisses(missed, words) {
  const told = missed.map((miss) => {
    const said = words.get(keyOf(miss.spell));
    return { ...miss, gate: said?.reason ?? said?.verdict ?? miss.gate, said };
  });
  list('misses by gate', told, ({ gate }) => gate);
  for (const gate of new Set(told.map((each) => each.gate))) {
    for (const { spell, stretch, refusedMs, said } of told.filter((each) => each.gate === gate).slice(0, SHOWN)) {
      const { routeId, via, startMs, endMs, peakNetBps, payingNotional } = spell;
      const lasted = { startMs, lastedMs: Math.round(endMs - startMs), visibleMs: Math.round(stretch[1] - stretch[0]) };
      const gates = said?.gates?.filter(({ passed }) => passed !== true);
      show({ gate, routeId, via, ...lasted, peakNetBps, payingNotional, refusedMs, gates });
    }
  }
}
