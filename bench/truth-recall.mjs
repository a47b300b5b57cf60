// Recall: which true spells could be seen at all, and which of those were. A stretch does not count as visible where
// nothing of a book left its exchange, or where the service itself said that the book was not in sync AND a fault at that
// exchange explains it. Neither alone excuses anything.

/** Refusals that say of a leg's book, not of the spread, that it cannot be leant on. */
const UNSOUND = ['exchange_down', 'out_of_sync', 'one_sided', 'crossed_book', 'stale', 'skewed'];
/** An error about an exchange's clock that makes its legs stale or skewed against others. */
const AGED_BY_MS = 2_000;

/** Share of a stretch that refusals may leave out: they are asked for twice a second, and frames take their time. */
const UNCOUNTED = 0.1;

/** After the exchanges' process stood still for longer than books are believed, sockets are opened anew. */
const HEALS_WITHIN_MS = 10_000;

const isAt = (fault, exchange) => fault.exchange === null || fault.exchange === exchange;
const lengthOf = ([from, to]) => to - from;
/** What two intervals have in common; of negative length where that is nothing. */
const common = ([a, b], [c, d]) => [Math.max(a, c), Math.min(b, d)];

/** The longest part of an interval that none of others covers. */
function longestLeft([from, to], covers) {
  let longest = [from, from];
  let start = from;
  for (const [a, b] of [...covers, [to, to]].sort((x, y) => x[0] - y[0])) {
    const end = Math.min(a, to);
    if (end - start > lengthOf(longest)) longest = [start, end];
    start = Math.max(start, b);
  }
  return longest;
}

/** Everything that goes wrong and everything that the service says of its books, as it happens. */
export class View {
  /** By `exchange:symbol`: times in which the service said that the book was not live, `[from, to]`. */
  outages = new Map();
  /** By exchange: times in which the service was wrong about its clock, `[from, to]`. */
  drifts = new Map();
  /** By route: `{over: [from, to], reason, ms}`. */
  refusals = new Map();
  /** By route and reason: the newest of those. */
  newest = new Map();
  blindness = new Map();
  /** Like faults, at every exchange. */
  standstills = [];
  counted = new Map();
  countedAtMs = null;

  /** @param faults - As planned, their times on the clock of both. */
  constructor(faults) {
    this.faults = faults;
    // What is cleared is over, whatever was asked before.
    for (const clear of faults.filter(({ kind }) => kind === 'clear')) {
      for (const fault of faults) {
        if (fault.exchange !== clear.exchange || fault.fromMs >= clear.untilMs) continue;
        fault.untilMs = Math.min(fault.untilMs, clear.untilMs);
        fault.untoldMs = Math.min(fault.untoldMs, clear.untilMs - fault.fromMs);
      }
    }
  }

  /** Takes the status of an exchange. */
  takeStatus({ id, symbols, clockOffsetMs }, atMs) {
    this.takeOffset(id, clockOffsetMs, atMs);
    for (const { symbol, state } of symbols) {
      const key = `${id}:${symbol}`;
      const outages = this.outages.get(key) ?? [];
      this.outages.set(key, outages);
      const last = outages.at(-1);
      const isOut = last?.[1] === Infinity;
      if (state === 'live' && isOut) last[1] = atMs;
      if (state !== 'live' && !isOut) outages.push([atMs, Infinity]);
    }
  }

  // What the service takes for the offset of an exchange's clock is told by its status; what it is, only we know here.
  takeOffset(exchange, clockOffsetMs, atMs) {
    const clocks = this.faults.filter((fault) => fault.exchange === exchange && fault.clockMs !== 0);
    const off = clocks.find(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs);
    const isWrong = clockOffsetMs !== null && Math.abs(clockOffsetMs + (off?.clockMs ?? 0)) > AGED_BY_MS;
    const drifts = this.drifts.get(exchange) ?? [];
    this.drifts.set(exchange, drifts);
    const last = drifts.at(-1);
    const isOpen = last?.[1] === Infinity;
    if (!isWrong && isOpen) last[1] = atMs;
    if (!isWrong || isOpen) return;
    // Statuses are told once a second: it began when the clock jumped.
    const jumps = clocks.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]).filter((jumpMs) => jumpMs <= atMs);
    drifts.push([Math.max(atMs - 1_100, ...jumps), Infinity]);
  }

  /** Takes the refusals counted since the start, as they stood at a time. */
  takeRefusals(rows, atMs) {
    for (const { routeId, reason, durationMs } of rows) {
      const key = `${routeId} ${reason}`;
      const ms = durationMs - (this.counted.get(key) ?? 0);
      this.counted.set(key, durationMs);
      if (ms <= 0 || this.countedAtMs === null) continue;
      this.keepRefusal(key, routeId, { over: [this.countedAtMs, atMs], reason, ms });
    }
    this.countedAtMs = atMs;
  }

  // Most reasons last for minutes: what goes on without a gap is one entry, else ten minutes of them would fill the memory
  // of the process in which the exchanges live, and it would stand still to clear it.
  keepRefusal(key, routeId, refusal) {
    const isWhole = ({ over, ms }) => lengthOf(over) - ms < 1;
    const last = this.newest.get(key);
    if (last && last.over[1] === refusal.over[0] && isWhole(last) && isWhole(refusal)) {
      last.over[1] = refusal.over[1];
      last.ms += refusal.ms;
      return;
    }
    const list = this.refusals.get(routeId) ?? [];
    this.refusals.set(routeId, list);
    list.push(refusal);
    this.newest.set(key, refusal);
  }

  /** Notes that the process of the exchanges stood still: nothing left any of them, and nobody was answered. */
  takeStandstill(fromMs, untilMs) {
    this.standstills.push({
      ...{ kind: 'standstill', exchange: null, symbol: null, fromMs, untilMs },
      ...{ untoldMs: untilMs - fromMs, healsWithinMs: HEALS_WITHIN_MS },
    });
  }

  /** Since when a symbol is off the market, null while it is on it. */
  offMarketSince(exchange, symbol, atMs) {
    const isIt = (fault) => fault.kind === 'delist' && fault.exchange === exchange && fault.symbol === symbol;
    return this.faults.find((fault) => isIt(fault) && fault.fromMs <= atMs && atMs < fault.untilMs)?.fromMs ?? null;
  }

  /** Times in which a book could not be seen, each with its cause; asked when all is over. */
  blindnessOf(exchange, symbol) {
    const key = `${exchange}:${symbol}`;
    const known = this.blindness.get(key) ?? this.findBlindness(exchange, symbol);
    this.blindness.set(key, known);
    return known;
  }

  findBlindness(exchange, symbol) {
    const outages = this.outages.get(`${exchange}:${symbol}`) ?? [];
    const blind = (this.drifts.get(exchange) ?? []).map((over) => ({ over, cause: 'clock, offset not learnt yet' }));
    for (const fault of [...this.faults, ...this.standstills]) {
      if (!isAt(fault, exchange)) continue;
      const { kind, fromMs } = fault;
      if (fault.untoldMs > 0 && (fault.symbol ?? symbol) === symbol) {
        // Whoever notices and asks anew sees it again, though the fault goes on.
        const healed = outages.find(([from, to]) => from >= fromMs && to < fromMs + fault.untoldMs);
        blind.push({ over: [fromMs, healed?.[1] ?? fromMs + fault.untoldMs], cause: `${kind}, untold` });
      }
      for (const outage of outages) {
        const over = common(outage, [fromMs, fault.untilMs + fault.healsWithinMs]);
        if (lengthOf(over) > 0) blind.push({ over, cause: `${kind}, not in sync` });
      }
    }
    return blind;
  }

  /** Milliseconds of a stretch in which a route was refused for the state of a leg that a fault explains. */
  unsoundMs(routeId, exchanges, stretch) {
    let sum = 0;
    for (const { over, reason, ms } of this.refusals.get(routeId) ?? []) {
      const overlapMs = lengthOf(common(over, stretch));
      if (overlapMs <= 0 || !UNSOUND.includes(reason)) continue;
      const isExplained = [...this.faults, ...this.standstills].some(
        (fault) =>
          exchanges.some((exchange) => isAt(fault, exchange)) &&
          lengthOf(common(stretch, [fault.fromMs, fault.untilMs + fault.healsWithinMs])) > 0,
      );
      if (isExplained) sum += Math.min(ms, overlapMs);
    }
    return sum;
  }

  /** The reason for which a route was refused longest during a time; null where it was not. */
  gateOf(routeId, [from, to]) {
    const byReason = new Map();
    for (const { over, reason, ms } of this.refusals.get(routeId) ?? []) {
      const overlapMs = lengthOf(common(over, [from, to]));
      if (overlapMs > 0) byReason.set(reason, (byReason.get(reason) ?? 0) + Math.min(ms, overlapMs));
    }
    const [longest] = [...byReason].sort((a, b) => b[1] - a[1]);
    return longest ? { gate: longest[0], refusedMs: Object.fromEntries(byReason) } : null;
  }
}

/**
 * Judges one spell.
 *
 * @param spell - `{routeId, symbol, sellSymbol, buyExchange, sellExchange, via, startMs, endMs}`, ended.
 * @param view - What could be seen.
 * @param neededMs - For how long it must be visible at one stretch to count.
 * @param lives - Opportunities of its route, `{openedAtMs, closedAtMs}`.
 * @returns `{verdict: 'short' | 'hidden' | 'seen' | 'missed'}` with what shows it.
 */
export function judgeSpell(spell, view, neededMs, lives) {
  const whole = [spell.startMs, spell.endMs];
  if (lengthOf(whole) < neededMs) return { verdict: 'short' };
  const books = [`${spell.buyExchange}:${spell.symbol}`, `${spell.sellExchange}:${spell.sellSymbol}`];
  if (spell.via !== null) books.push(spell.via);
  const blind = books.flatMap((book) => view.blindnessOf(...book.split(/:(.*)/s)));
  const stretch = longestLeft(
    whole,
    blind.map(({ over }) => over),
  );
  if (lengthOf(stretch) < neededMs) {
    const causes = blind.filter(({ over }) => lengthOf(common(over, whole)) > 0).map(({ cause }) => cause);
    return { verdict: 'hidden', cause: causes[0] };
  }
  const exchanges = books.map((book) => book.split(':')[0]);
  const unsoundMs = view.unsoundMs(spell.routeId, exchanges, stretch);
  if (unsoundMs > 0 && lengthOf(stretch) - unsoundMs < neededMs + UNCOUNTED * lengthOf(stretch)) {
    const { refusedMs } = view.gateOf(spell.routeId, stretch);
    return { verdict: 'hidden', cause: `refused: ${UNSOUND.filter((reason) => reason in refusedMs).join(', ')}` };
  }
  const life = lives.find(({ openedAtMs, closedAtMs }) => openedAtMs <= stretch[1] && closedAtMs >= stretch[0]);
  if (life) return { verdict: 'seen', reactionMs: life.openedAtMs - stretch[0] };
  return { verdict: 'missed', stretch, ...(view.gateOf(spell.routeId, stretch) ?? { gate: 'none' }) };
}
