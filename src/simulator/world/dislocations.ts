import type { Dislocation } from './dislocation.js';
import { PROFILES } from './exchange-profile.js';
import type { Listing, SimulatedExchange } from './listings.js';
import { Random } from './random.js';

/** Steps between two dislocations: a least number and the mean of an exponential part. */
const LEAST_PAUSE_STEPS = 4;
const MEAN_PAUSE_STEPS = 11;
/** At most so many at a time, and at most so many per symbol. */
const MOST_ACTIVE = 12;
const MOST_PER_SYMBOL = 1;

/** Decides, from the seed alone, which exchange drifts out of line when, how far, how long and with how much size. */
export class Dislocations {
  private readonly random: Random;
  private readonly active = new Map<string, Dislocation>();
  private step = 0;
  private nextAt = 10;

  constructor(
    private readonly listings: readonly Listing[],
    seed: number,
  ) {
    this.random = new Random(seed, 'dislocations');
  }

  /** Moves on by one step; returns the dislocation that begins with it, if any. */
  advance(): Dislocation | null {
    this.step += 1;
    for (const [key, dislocation] of this.active) if (dislocation.endStep <= this.step) this.active.delete(key);
    if (this.step < this.nextAt) return null;
    this.nextAt = this.step + LEAST_PAUSE_STEPS + Math.round(this.random.exponential(MEAN_PAUSE_STEPS));
    return this.begin();
  }

  /** The dislocation that bends a book now. */
  of(exchange: string, symbol: string): Dislocation | null {
    return this.active.get(`${exchange}:${symbol}`) ?? null;
  }

  private begin(): Dislocation | null {
    const listing = this.listings[this.random.below(this.listings.length)];
    if (listing === undefined) return null;
    const others = this.listings.filter((l) => l.symbol === listing.symbol && l.exchange !== listing.exchange);
    // Every draw is made before anything is refused, so that a refusal does not shift the later ones.
    const counterpart = others[this.random.below(others.length)];
    const plan = this.plan(listing, counterpart ?? listing);
    const sameSymbol = [...this.active.values()].filter((d) => d.symbol === listing.symbol).length;
    const isTaken = this.of(listing.exchange, listing.symbol) !== null;
    if (!counterpart || isTaken || sameSymbol >= MOST_PER_SYMBOL || this.active.size >= MOST_ACTIVE) return null;
    this.active.set(`${listing.exchange}:${listing.symbol}`, plan);
    return plan;
  }

  private plan(listing: Listing, counterpart: Listing): Dislocation {
    const exchange = listing.exchange as SimulatedExchange;
    const own = PROFILES[exchange];
    const other = PROFILES[counterpart.exchange as SimulatedExchange];
    const direction = this.random.next() < 0.5 ? 'cheap' : 'dear';
    const netBps = this.random.logBetween(2.5, 55);
    const spreadsBps = (own.spreadBps + other.spreadBps) / 2;
    const isThin = this.random.next() < 0.18;
    const isDeep = this.random.next() < 0.2;
    const tipUsd = isThin ? this.random.logBetween(3, 60) : this.random.logBetween(900, 16_000);
    return {
      exchange,
      symbol: listing.symbol,
      direction,
      shape: isDeep && !isThin ? 'deep' : 'tip',
      netBps,
      shiftBps: netBps + own.accountTakerBps + other.accountTakerBps + spreadsBps,
      tipUsd,
      startStep: this.step,
      endStep: this.step + this.life(),
    };
  }

  // Steps: some gone before anyone can act, most a few seconds, a rare one that stays.
  private life(): number {
    const kind = this.random.next();
    if (kind < 0.18) return Math.round(this.random.logBetween(2, 8));
    if (kind < 0.96) return Math.round(this.random.logBetween(9, 120));
    return Math.round(this.random.logBetween(120, 450));
  }
}
