import { type Asset, ASSETS } from './assets.js';
import { AssetPrices } from './asset-prices.js';
import { BookMaker } from './book-maker.js';
import type { Dislocation } from './dislocation.js';
import { Dislocations } from './dislocations.js';
import { BookBender, type Distortion } from './distortion.js';
import { PROFILES, type ExchangeProfile } from './exchange-profile.js';
import {
  ACCOUNT_EXCHANGES,
  assetBehind,
  copiesOf,
  listingsOf,
  PUBLIC_EXCHANGES,
  type Listing,
  SIMULATED_EXCHANGES,
  type SimulatedExchange,
} from './listings.js';
import { Random } from './random.js';
import { SimBook, type BookStep } from './sim-book.js';

/** Pull of an exchange's own deviation back to nothing, per step. */
const NOISE_PULL = 0.05;

interface Market {
  readonly exchange: SimulatedExchange;
  readonly profile: ExchangeProfile;
  readonly book: SimBook;
  readonly maker: BookMaker;
  readonly bender: BookBender;
  readonly random: Random;
  readonly base: Asset;
  readonly quote: Asset;
  /** The exchange's view of the price, quote per base: it follows the true one with a lag. */
  seen: number;
  /** The exchange's own deviation, bps. */
  noiseBps: number;
  /** The step of the world that the book is at. */
  step: number;
}

/** Every market of every exchange, moved step by step; the same seed gives the same steps. */
export class World {
  readonly books: readonly SimBook[];
  private readonly markets: readonly Market[];
  private readonly prices: AssetPrices;
  private readonly dislocations: Dislocations;
  private step = 0;

  /**
   * @param seed - Any integer.
   * @param startMs - The time that the first books carry.
   * @param symbols - Limits the symbols; all when not given.
   * @param copies - So many copies of a pair on each exchange beside them; no dislocation bends one.
   */
  constructor(
    readonly seed: number,
    startMs: number,
    symbols?: readonly string[],
    copies = 0,
  ) {
    const accounts = ACCOUNT_EXCHANGES.flatMap((exchange) => listingsOf(exchange, symbols));
    const others = PUBLIC_EXCHANGES.flatMap((exchange) => listingsOf(exchange, symbols));
    const copied = SIMULATED_EXCHANGES.flatMap((exchange) => copiesOf(exchange, copies));
    this.prices = new AssetPrices(ASSETS, seed);
    this.dislocations = new Dislocations(accounts, seed);
    this.markets = [...accounts, ...others, ...copied].map((listing) => this.open(listing, startMs));
    this.books = this.markets.map((market) => market.book);
  }

  /** Moves prices and dislocations by one step; books follow with `stepBook`. */
  advance(): Dislocation | null {
    this.step += 1;
    this.prices.step();
    return this.dislocations.advance();
  }

  /**
   * Moves one book to the prices of the current step and publishes the change; one that stood still catches up.
   *
   * @param nowMs - The time that the book is to carry.
   * @param distortion - What bends it; prices and draws go on as without.
   */
  stepBook(index: number, nowMs: number, distortion: Distortion | null = null): BookStep {
    const market = this.markets[index] as Market;
    const { profile, random, bender } = market;
    bender.straighten();
    const follow = this.step - market.step > 1 ? 1 : profile.follow;
    market.step = this.step;
    market.seen += follow * (this.truePrice(market.base, market.quote) - market.seen);
    market.noiseBps += -NOISE_PULL * market.noiseBps + profile.noiseBps * Math.sqrt(2 * NOISE_PULL) * random.normal();
    const dislocation = this.dislocations.of(market.exchange, market.book.listing.symbol);
    market.maker.step(market.seen * (1 + market.noiseBps / 10_000), dislocation);
    if (distortion) bender.bend(distortion);
    return market.book.commit((sequence, changes) => nextSequence(market.exchange, sequence, changes, random), nowMs);
  }

  /** True while a dislocation bends the book. */
  isDislocated(exchange: string, symbol: string): boolean {
    return this.dislocations.of(exchange, symbol) !== null;
  }

  private open(listing: Listing, startMs: number): Market {
    const exchange = listing.exchange as SimulatedExchange;
    const profile = PROFILES[exchange];
    const base = assetOf(listing.base);
    const quote = assetOf(listing.quote);
    const random = new Random(this.seed, `${listing.exchange}:${listing.symbol}`);
    const book = new SimBook(listing, profile.firstSequence + Math.floor(random.between(0, 1_000)));
    const topUsd = profile.topUsd * base.liquidity;
    const maker = new BookMaker(book, profile, topUsd, quote.startUsd, random);
    const seen = this.truePrice(base, quote);
    maker.step(seen, null);
    book.commit((sequence) => sequence, startMs);
    const bender = new BookBender(book);
    return { exchange, profile, book, maker, bender, random, base, quote, seen, noiseBps: 0, step: 0 };
  }

  private truePrice(base: Asset, quote: Asset): number {
    return this.prices.usd(base) / this.prices.usd(quote);
  }
}

// How each exchange counts: by changed level, by an uneven stride, or by message.
const COUNTING: Readonly<Record<SimulatedExchange, 'levels' | 'stride' | 'messages'>> = {
  binance: 'levels',
  okx: 'stride',
  bybit: 'messages',
  kraken: 'messages',
  coinbase: 'messages',
  bitget: 'stride',
  gate: 'levels',
  kucoin: 'levels',
  cryptocom: 'stride',
  hyperliquid: 'messages',
  htx: 'stride',
  mexc: 'levels',
  bitfinex: 'messages',
};

function nextSequence(exchange: SimulatedExchange, sequence: number, changes: number, random: Random): number {
  switch (COUNTING[exchange]) {
    case 'levels':
      return sequence + Math.max(1, changes);
    case 'stride':
      return sequence + 1 + random.below(40);
    case 'messages':
      return sequence + 1;
  }
}

function assetOf(code: string): Asset {
  const asset = ASSETS.find((candidate) => candidate.code === assetBehind(code));
  if (!asset) throw new Error(`no asset ${code} in the catalogue`);
  return asset;
}
