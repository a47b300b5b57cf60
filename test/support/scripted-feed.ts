import { NEVER, Subject } from 'rxjs';
import type { Explanation } from '../../src/core/detector/explanation.js';
import type { EnteredRefusal, RefusalCount, RefusalMinute } from '../../src/core/gates/refusal-reason.js';
import type { IdentityEvent } from '../../src/core/input/market-event.js';
import type { IdentityEntry } from '../../src/core/market/identity-entry.js';
import type { Instrument } from '../../src/core/market/instrument.js';
import { crossRoute } from '../../src/core/market/route.js';
import type { Opportunity, OpportunityEvent } from '../../src/core/opportunity/opportunity.js';
import type { SpreadCandle } from '../../src/core/spread-history/spread-candle.js';
import { OpportunityFeed } from '../../src/detection/index.js';

/** A detector that a test drives: it keeps what is open, counted and decided as the real one does. */
export class ScriptedFeed extends OpportunityFeed {
  readonly decided: Omit<IdentityEvent, 'type' | 'atMs'>[] = [];
  readonly explanations = new Map<string, Explanation>();
  counts: RefusalCount[] = [];
  /** The minute that is not over. */
  running: RefusalMinute[] = [];
  entries: IdentityEntry[] = [];
  private readonly seen = new Map<string, number>();
  protected readonly live = new Map<string, Opportunity>();
  private readonly events = new Subject<OpportunityEvent>();
  private readonly minutes = new Subject<readonly RefusalMinute[]>();
  private readonly seconds = new Subject<readonly SpreadCandle[]>();
  override readonly events$ = this.events.asObservable();
  override readonly refusalMinutes$ = this.minutes.asObservable();
  override readonly spreads$ = this.seconds.asObservable();
  override readonly inputs$ = NEVER;
  override readonly endedAtMs = null;

  constructor(override readonly epoch: string) {
    super();
  }

  emit(event: OpportunityEvent): void {
    const { opportunity } = event;
    if (event.event === 'closed') this.live.delete(opportunity.id);
    else this.live.set(opportunity.id, { ...this.live.get(opportunity.id), ...opportunity });
    this.events.next(event);
  }

  tellMinutes(...minutes: RefusalMinute[]): void {
    this.minutes.next(minutes);
  }

  tellSpreads(...candles: SpreadCandle[]): void {
    this.seconds.next(candles);
  }

  override open(): readonly Opportunity[] {
    return [...this.live.values()];
  }

  override find(id: string): Opportunity | undefined {
    return this.live.get(id);
  }

  override refusals(): readonly RefusalCount[] {
    return this.counts;
  }

  override takeEnteredRefusals(): readonly EnteredRefusal[] {
    return this.counts.flatMap((refusal) => {
      const key = `${refusal.routeId} ${refusal.reason}`;
      const entered = refusal.entries - (this.seen.get(key) ?? 0);
      this.seen.set(key, refusal.entries);
      return entered > 0 ? [{ entered, refusal }] : [];
    });
  }

  override refusalMinute(): readonly RefusalMinute[] {
    return this.running;
  }

  override explain(buy: Instrument, sell: Instrument): Promise<Explanation | null> {
    return Promise.resolve(this.explanations.get(crossRoute(buy, sell).id) ?? null);
  }

  override identities(): Promise<readonly IdentityEntry[]> {
    return Promise.resolve(this.entries);
  }

  override decideIdentity(decision: Omit<IdentityEvent, 'type' | 'atMs'>): void {
    this.decided.push(decision);
    const { asset, exchanges, verdict, evidence } = decision;
    this.entries = this.entries.filter(
      (entry) => entry.source !== 'person' || entry.asset !== asset || String(entry.exchanges) !== String(exchanges),
    );
    if (verdict === 'clear') return;
    this.entries.push({ asset, exchanges, verdict, source: 'person', evidence, atMs: Date.now() });
  }
}

/** Refusals of one route and reason; name only what a test is about. */
export function refusalCount(part: Partial<RefusalCount> = {}): RefusalCount {
  return {
    routeId: 'cross:okx:BTC/USDT>kraken:BTC/USDT',
    symbol: 'BTC/USDT',
    buyExchange: 'okx',
    sellExchange: 'kraken',
    reason: 'too_thin',
    entries: 1,
    durationMs: 12.5,
    lastAtMs: 1_795_000_000_000,
    measured: { notionalUsd: 40, minNotionalUsd: 100, size: 0.001 },
    ...part,
  };
}

/** A minute of refusals; name only what a test is about. */
export function refusalMinute(part: Partial<RefusalMinute> = {}): RefusalMinute {
  return {
    v: 1,
    epoch: 'epoch1',
    minuteMs: 1_794_999_960_000,
    routeId: 'cross:okx:BTC/USDT>kraken:BTC/USDT',
    symbol: 'BTC/USDT',
    buyExchange: 'okx',
    sellExchange: 'kraken',
    reason: 'too_thin',
    entries: 2,
    durationMs: 100.25,
    ...part,
  };
}

/** The spread of one second; name only what a test is about. */
export function spreadCandle(part: Partial<SpreadCandle> = {}): SpreadCandle {
  return {
    v: 1,
    startMs: 1_795_000_000_000,
    routeId: 'cross:okx:BTC/USDT>kraken:BTC/USDT',
    symbol: 'BTC/USDT',
    buyExchange: 'okx',
    sellExchange: 'kraken',
    openBps: -3.5,
    highBps: 1.25,
    lowBps: -4.125,
    closeBps: 0.1 + 0.2,
    grossBps: 20.3,
    samples: 10,
    aboveMs: 250.5,
    ...part,
  };
}

/** The same between two other exchanges, with the route that they make. */
export function between(
  buyExchange: string,
  sellExchange: string,
  symbol = 'BTC/USDT',
): { routeId: string; symbol: string; buyExchange: string; sellExchange: string } {
  const route = crossRoute({ exchange: buyExchange, symbol }, { exchange: sellExchange, symbol });
  return { routeId: route.id, symbol, buyExchange, sellExchange };
}
