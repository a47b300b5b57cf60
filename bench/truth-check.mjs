// Precision: whether an opening says what the exchanges had really published, and whether that really paid. Recomputed here
// from the simulator's own books and fees; nothing of the service's arithmetic is used.
import { checkConversion } from './truth-conversion.mjs';

/**
 * The oldest book on which an opening may rest, ms: a feed that stops while its socket answers pings is distrusted after
 * six seconds (no frame tells of it earlier), and judged ten times a second. Where frames arrive late but carry their
 * time, `detection.maxAgeMs` is the bound and a part of this.
 */
export const AGE_BOUND_MS = 6_500;
/** Relative error of a sum over many levels. */
const EXACT = 1e-9;

const differs = (a, b, tolerance) => !(Math.abs(a - b) <= tolerance * Math.max(1e-12, Math.abs(a), Math.abs(b)));

/** Sum of price × size for taking so much from a side; null where it does not hold as much. */
function amountFor(levels, size) {
  let left = size;
  let amount = 0;
  for (const [price, rests] of levels) {
    const taken = Math.min(left, rests);
    amount += taken * price;
    left -= taken;
    if (left <= size * 1e-12) return amount;
  }
  return null;
}

const shows = (own, theirs) =>
  own.length > 0 &&
  own.length <= theirs.length &&
  own.every(([price, size], rank) => price === theirs[rank][0] && size === theirs[rank][1]);

/** Pairs of coinbase against USDC are other names of those against the dollar and have no book of their own. */
const bookName = (exchange, symbol) => (exchange === 'coinbase' ? symbol.replace(/\/USDC$/, '/USD') : symbol);

export class OpeningCheck {
  /**
   * @param simulator - Who published the books.
   * @param terms - `minNetBps` and `minNotional` of the service.
   * @param offMarketSince - When a symbol of an exchange was taken off the market, null while it is on.
   */
  constructor(simulator, terms, offMarketSince) {
    Object.assign(this, { simulator, terms, offMarketSince, fees: simulator.truth(Infinity).fees });
  }

  feeOf(exchange, symbol) {
    return this.fees[`${exchange}:${symbol}`] ?? this.fees[exchange];
  }

  /** Checks an opening in the moment in which it is told: `{problems, isForgotten, agesMs,
   * skewMs, convertedBps, books}`. */
  check(opportunity) {
    const problems = [];
    const { legs, books, detectedAtMs } = opportunity;
    const found = legs.map((leg, index) => this.truthOf(leg, books.opening[index], problems));
    const agesMs = [];
    for (const [index, book] of found.entries()) {
      if (!book) continue;
      const { exchange, symbol } = legs[index];
      const overAtMs = Math.min(book.supersededAtMs ?? Infinity, this.offMarketSince(exchange, symbol) ?? Infinity);
      const ageMs = Math.max(0, detectedAtMs - overAtMs);
      agesMs.push(ageMs);
      if (ageMs > AGE_BOUND_MS) problems.push(`${exchange}:${symbol} was over for ${Math.round(ageMs)} ms`);
      if (!(book.bids[0]?.[0] < book.asks[0]?.[0])) problems.push(`${exchange}:${symbol} is crossed or one-sided`);
    }
    const [buy, sell] = found;
    const convertedBps = buy && sell ? this.checkWorth(opportunity, buy, sell, problems) : null;
    const isForgotten = problems.length > 0 && legs.some((leg) => this.isForgotten(leg));
    return {
      problems,
      isForgotten,
      agesMs,
      skewMs: buy && sell ? skewOf(buy, sell) : null,
      convertedBps,
      books: found,
    };
  }

  /** The published book that a leg rests on: the one at its sequence, or the newest that equals it. */
  truthOf({ exchange, symbol, sequence }, shown, problems) {
    const isShown = (book) => book && shows(shown.bids, book.bids) && shows(shown.asks, book.asks);
    if (sequence !== null) {
      const book = this.simulator.book(exchange, bookName(exchange, symbol), sequence);
      if (isShown(book)) return book;
      problems.push(`${exchange}:${symbol} was never published so at ${sequence}`);
      return null;
    }
    for (const book of this.back(exchange, symbol)) if (isShown(book)) return book;
    problems.push(`${exchange}:${symbol} was not published so as long as is remembered`);
    return null;
  }

  /** Whether everything that was published when a leg was received is forgotten: the opening was told too late to be checked. */
  isForgotten({ exchange, symbol, receivedAtMs }) {
    let oldestMs = -Infinity;
    for (const { publishedAtMs } of this.back(exchange, symbol)) oldestMs = publishedAtMs ?? oldestMs;
    return oldestMs > receivedAtMs;
  }

  /** @returns Where quotes are joined: net bps when the whole proceeds are turned on the joining books; else null. */
  checkWorth(opportunity, buy, sell, problems) {
    const { size, notional, netProfit, netBps, legs, conversion = null } = opportunity;
    for (const { exchange, symbol, takerFeeBps } of [...legs, ...(conversion?.steps ?? [])]) {
      const feeBps = this.feeOf(exchange, symbol);
      if (differs(takerFeeBps, feeBps, EXACT))
        problems.push(`${exchange}:${symbol} charges ${feeBps} bps, not ${takerFeeBps}`);
    }
    const joined = this.join(opportunity, problems);
    const paid = amountFor(buy.asks, size);
    const sold = amountFor(sell.bids, size);
    if (paid === null || sold === null) problems.push(`the books do not hold ${size}`);
    if (!joined || paid === null || sold === null) return null;
    const share = ({ exchange, symbol }) => this.feeOf(exchange, symbol) / 10_000;
    const cost = paid * (1 + share(buy));
    const proceeds = sold * (1 - share(sell));
    const profit = proceeds * joined.rate - cost;
    const bps = (profit / paid) * 10_000;
    if (differs(paid, notional, EXACT)) problems.push(`it costs ${paid}, not ${notional}`);
    if (Math.abs(profit - netProfit) > EXACT * paid) problems.push(`it leaves ${profit}, not ${netProfit}`);
    if (Math.abs(bps - netBps) > EXACT * 10_000) problems.push(`it pays ${bps} bps, not ${netBps}`);
    if (bps < this.terms.minNetBps - EXACT * 10_000) problems.push(`it pays only ${bps} bps`);
    // A dollar and a dollar stablecoin differ by a few bps here.
    if (paid < this.terms.minNotional * 0.99) problems.push(`only ${paid} can be bought`);
    const turned = joined.turn(proceeds);
    return conversion && (turned === null ? -Infinity : ((turned - cost) / paid) * 10_000);
  }

  /** What joins both quotes: `{rate, turn}`, null where nothing does. */
  join({ legs, conversion, detectedAtMs }, problems) {
    const ends = [legs[1], legs[0]].map(({ symbol }) => symbol.split('/')[1]);
    if (conversion) {
      const topBook = (step) => this.topBook(step, detectedAtMs);
      const feeBpsOf = (exchange, symbol) => this.feeOf(exchange, symbol);
      return checkConversion(conversion, ends, { topBook, feeBpsOf }, problems);
    }
    if (ends[0] === ends[1]) return { rate: 1, turn: (amount) => amount };
    problems.push(`${ends[0]} is taken for ${ends[1]}`);
    return null;
  }

  /** The published book whose best price of a side was this one, and that was not over for longer than the bound. */
  topBook({ exchange, symbol, side, price }, detectedAtMs) {
    for (const book of this.back(exchange, symbol)) {
      const [best] = side === 'sell' ? book.bids : book.asks;
      if (best?.[0] === price) return book;
      if (detectedAtMs - (book.supersededAtMs ?? Infinity) > AGE_BOUND_MS) return null;
    }
    return null;
  }

  /** The published books of a symbol that are remembered, newest first. */
  back(exchange, symbol) {
    return this.simulator.books(exchange, bookName(exchange, symbol));
  }
}

/** How far the times in which both books held are apart, ms; 0 where they were published at one time. */
function skewOf(a, b) {
  const from = Math.max(a.publishedAtMs ?? 0, b.publishedAtMs ?? 0);
  const to = Math.min(a.supersededAtMs ?? Infinity, b.supersededAtMs ?? Infinity);
  return Math.max(0, from - to);
}
