import { setTimeout as delay } from 'node:timers/promises';
import type { Subscription } from 'rxjs';
import { DetectionService } from '../../src/detection/detection.service.js';
import type { OpportunityLeg } from '../../src/core/opportunity/opportunity.js';
import type { MarketEvent } from '../../src/core/input/market-event.js';
import type { ReadonlyOrderBook } from '../../src/core/order-book/order-book.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import { openLog } from '../../src/platform/logging/index.js';
import { Secret } from '../../src/exchanges/index.js';
import {
  type AccountExchange,
  type ApiKey,
  type SimulatedExchange,
  type Simulator,
  startSimulator,
} from '../../src/simulator/index.js';
import { listen, MarketRig, settingsOf, until } from '../support/market-rig.js';
import { truthOf } from '../truth/true-books.js';
import type { Trial } from './fault-plan.js';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'BTC/USDC', 'ETH/USDC'];
/** Exchanges that nothing is done to: what is sound must stay so, and routes need two ends. */
const WITNESSES: readonly SimulatedExchange[] = ['binance', 'okx', 'bybit'];
const DEPTH = 50;
/** Levels a side where the feed shows fewer. */
const SHOWN: Partial<Record<SimulatedExchange, number>> = { hyperliquid: 20 };
/** A book that stands still is distrusted after six seconds or fifty usual gaps, and judged ten times a second. */
const FROZEN_BOUND_MS = 6_500;
const FROZEN_BOUND_GAPS = 55;
/** After so many changes the service knows how often a book usually changes. */
const LEARNT = 25;
/** Exchanges that promise how often frames come: nothing is to be learnt, and two a second would take long. */
const STEADY: readonly SimulatedExchange[] = ['hyperliquid'];
const HEALED_WITHIN_MS = 30_000;
/** Proven updates of each book that show it sound. */
const PROOF = 3;

/** What came of one trial at one exchange. */
export interface Outcome {
  readonly exchange: SimulatedExchange;
  readonly trial: string;
  /** From the injection to the first sign of distrust; null when there was none. */
  readonly noticedMs: number | null;
  /** From the end of the fault to the moment at which every book stood again. */
  readonly healedMs: number | null;
  readonly updates: number;
  readonly opened: number;
  /** Everything that should not have been, in words. */
  readonly problems: readonly string[];
}

/** Runs trials against one exchange, one after another, each with the real service's markets and detection made anew. */
export class FaultLane {
  constructor(
    private readonly exchange: SimulatedExchange,
    private readonly seed: number,
  ) {}

  /** Runs every trial; never rejects, a trial that breaks says so in its outcome. */
  async run(trials: readonly Trial[], done: (outcome: Outcome) => void): Promise<void> {
    const simulator = await startSimulator({ port: 0, seed: this.seed, symbols: SYMBOLS });
    try {
      for (const trial of trials) done(await this.attempt(simulator, trial));
    } finally {
      await simulator.close();
    }
  }

  private async attempt(simulator: Simulator, trial: Trial): Promise<Outcome> {
    const run = new TrialRun(simulator, this.exchange, trial);
    try {
      await run.perform();
    } catch (error) {
      run.problems.push((error as Error).message);
    } finally {
      simulator.injectFault({ exchange: this.exchange, fault: 'clear' });
      await run.close();
    }
    return run.outcome();
  }
}

class TrialRun {
  readonly problems: string[] = [];
  private readonly rig: MarketRig;
  private readonly detection: DetectionService;
  private readonly watching: Subscription;
  private readonly proven = new Map<string, number>();
  private updates = 0;
  private opened = 0;
  private usualGapMs = 0;
  private injectedAtMs = Infinity;
  private noticedMs: number | null = null;
  private healedMs: number | null = null;

  constructor(
    private readonly simulator: Simulator,
    private readonly exchange: SimulatedExchange,
    private readonly trial: Trial,
  ) {
    const exchanges = [exchange, ...WITNESSES.filter((other) => other !== exchange).slice(0, 2)];
    const settings = {
      exchangeGateway: simulator.url,
      exchanges,
      symbols: SYMBOLS,
      bookDepth: DEPTH,
      marketsRefreshMs: 1_000,
    };
    this.rig = new MarketRig(settings);
    this.detection = new DetectionService(
      ...([this.rig.feed, new SystemClock(), settingsOf(settings), openLog('silent')] as const),
    );
    this.watching = listen(this.rig.feed.events$, (event) => {
      this.saw(event);
    });
    this.watching.add(
      listen(this.detection.events$, ({ event, opportunity }) => {
        if (event !== 'opened') return;
        this.opened += 1;
        for (const leg of opportunity.legs) this.checkLeg(leg);
      }),
    );
    this.detection.onApplicationBootstrap();
    this.rig.feed.start();
  }

  /** Brings the exchange up, breaks it, and waits until it is sound again. */
  async perform(): Promise<void> {
    await until('everything is live', () => this.rig.feed.statuses().every(({ status }) => status === 'live'), 30_000);
    const fromMs = performance.now();
    const updates = STEADY.includes(this.exchange) ? PROOF : LEARNT;
    await this.proof('before the fault', updates);
    this.usualGapMs = (performance.now() - fromMs) / updates;
    const { symbols } = this.rig.status(this.exchange);
    const target = symbols.find(({ state }) => state === 'live')?.symbol;
    if (target === undefined) throw new Error('nothing is listed');
    const { trial, exchange } = this;
    const key = trial.key === undefined ? null : await this.giveKey();
    this.injectedAtMs = performance.now();
    if (key !== null) await this.changeKey(key);
    for (const fault of trial.faults(exchange, target)) this.simulator.injectFault(fault);
    await delay(trial.lastsMs);
    for (const fault of trial.end?.(exchange, target) ?? []) this.simulator.injectFault(fault);
    const endedAtMs = performance.now();
    if (trial.mustShow) await until('the fault is noticed', () => this.noticedMs !== null);
    else await this.proof('after the fault');
    const isWhole = (): boolean => {
      const { status, symbols: now } = this.rig.status(exchange);
      return status === 'live' && now.find(({ symbol }) => symbol === target)?.state === 'live';
    };
    await until('it is live again', isWhole, HEALED_WITHIN_MS);
    this.healedMs = this.noticedMs === null ? null : Math.max(0, performance.now() - endedAtMs);
    await this.proof('at the end');
  }

  /** Gives the exchange a key, and waits until it has signed a call with it. */
  private async giveKey(): Promise<ApiKey> {
    const key = this.simulator.createKey(this.exchange as AccountExchange);
    this.useKey(key);
    await until('a call was signed', () => this.rig.calls.calls.some(({ outcome }) => outcome === 'ok'));
    return key;
  }

  private async changeKey(key: ApiKey): Promise<void> {
    const { key: change } = this.trial;
    const { calls } = this.rig.calls;
    if (change === 'revoked') this.simulator.revokeKey(this.exchange, key.apiKey);
    else if (change) this.simulator.changeKey(this.exchange, key.apiKey, change);
    const before = calls.length;
    this.useKey(key);
    await until('a call was refused', () => calls.slice(before).some(({ outcome }) => outcome !== 'ok'));
  }

  private useKey({ apiKey, secret, passphrase }: ApiKey): void {
    const hidden = passphrase === null ? null : new Secret(passphrase);
    const credential = { keyId: 'trial', apiKey: new Secret(apiKey), secret: new Secret(secret), passphrase: hidden };
    this.rig.credentials.put(this.exchange, credential);
  }

  outcome(): Outcome {
    const { exchange, trial, noticedMs, healedMs, updates, opened, problems } = this;
    return { exchange, trial: trial.name, noticedMs, healedMs, updates, opened, problems };
  }

  async close(): Promise<void> {
    this.detection.stop();
    this.watching.unsubscribe();
    await this.rig.close();
  }

  /** Waits until every listed book of the exchange took some more updates that were proven true. */
  private async proof(when: string, least = PROOF): Promise<void> {
    this.proven.clear();
    const listed = (): string[] =>
      this.rig
        .status(this.exchange)
        .symbols.filter(({ state }) => state !== 'unavailable')
        .map(({ symbol }) => symbol);
    const isProven = (): boolean => listed().every((symbol) => (this.proven.get(symbol) ?? 0) >= least);
    await until(`each book of ${this.exchange} moves and is true, ${when}`, isProven, HEALED_WITHIN_MS);
  }

  private saw(event: MarketEvent): void {
    if (event.type === 'bookState' && event.instrument.exchange === this.exchange && event.state !== 'live') {
      if (performance.now() >= this.injectedAtMs) this.noticedMs ??= performance.now() - this.injectedAtMs;
    }
    if (event.type !== 'book') return;
    this.updates += 1;
    const { instrument, sequence } = event.update;
    const name = `${instrument.exchange}:${instrument.symbol}`;
    const book = this.rig.feed.books.get(name);
    if (book && truthOf(this.simulator, book, depthOf(book))) {
      if (instrument.exchange === this.exchange)
        this.proven.set(instrument.symbol, (this.proven.get(instrument.symbol) ?? 0) + 1);
    } else {
      this.problem(`${name} shows a book that was never published, at ${sequence ?? 'no sequence'}`);
    }
  }

  // An opportunity may rest on what was true a moment ago, as long as nobody can know that it is over.
  private checkLeg({ exchange, symbol }: OpportunityLeg): void {
    const name = `${exchange}:${symbol}`;
    const book = this.rig.feed.books.get(name);
    const truth = book?.isUsable === true ? truthOf(this.simulator, book, depthOf(book)) : null;
    const latest = this.simulator.book(exchange, symbol);
    if (!truth || !latest) this.problem(`an opportunity opened on ${name}, whose book was known wrong`);
    else if (latest.timeMs - truth.timeMs > Math.max(FROZEN_BOUND_MS, FROZEN_BOUND_GAPS * this.usualGapMs))
      this.problem(
        `an opportunity opened on ${name}, ${Math.round(latest.timeMs - truth.timeMs)} ms after its book stopped`,
      );
  }

  private problem(text: string): void {
    if (this.problems.length < 5) this.problems.push(text);
  }
}

function depthOf({ instrument }: ReadonlyOrderBook): number {
  return SHOWN[instrument.exchange as SimulatedExchange] ?? DEPTH;
}
