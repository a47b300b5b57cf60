import { AssetIdentity } from '../identity/asset-identity.js';
import { judge } from '../gates/gates.js';
import { RefusalLedger } from '../gates/refusal-ledger.js';
import type { EnteredRefusal, RefusalCount, RefusalMinute, RefusalReason } from '../gates/refusal-reason.js';
import { inputTimeMs } from '../input/input-time.js';
import {
  type AssetEvent,
  type BalanceEvent,
  type BookStateEvent,
  type DetectionInput,
  type IdentityEvent,
  NOT_WATCHED,
  type OwnershipEvent,
  type TickEvent,
} from '../input/market-event.js';
import type { IdentityEntry } from '../market/identity-entry.js';
import type { Instrument } from '../market/instrument.js';
import { type Life, type Step, type Verdict, advance, close, open } from '../opportunity/lifecycle.js';
import type { BookReader } from '../order-book/book-registry.js';
import { TransferDesk } from '../transfer/transfer-desk.js';
import { Balances } from './balances.js';
import type { Member, WatchedRoute } from './board-member.js';
import { Conversions } from './conversions.js';
import { Dwell } from './dwell.js';
import type { DetectorSettings } from './detector-settings.js';
import type { DetectorSink } from './detector-sink.js';
import type { Explanation } from './explanation.js';
import { explain } from './explain.js';
import { figuresOf, legBooks, openingRecord } from './figures.js';
import { Lateness } from './lateness.js';
import { MarketBoard } from './market-board.js';
import { type CaseContext, RouteCase } from './route-case.js';
import { MarketSamples } from './market-samples.js';
import { UsdRates } from './usd-rates.js';

/**
 * Finds the spreads that would really pay.
 *
 * Consumes one ordered input log and knows no other clock, timer or source, so that a replay of the log gives the same
 * decisions byte for byte. Not an event loop of its own: each input is judged at once, in the call that brings it.
 */
export class Detector {
  private readonly board: MarketBoard;
  private readonly context: CaseContext;
  private readonly ledger: RefusalLedger;
  private readonly samples: MarketSamples;
  private readonly lateness: Lateness;
  private readonly dwell: Dwell;
  /** Routes to be judged again when their books change or time passes. */
  private readonly active = new Set<WatchedRoute>();
  /** Assets whose routes are judged here, null for all; books of others only convert. */
  private owned: ReadonlySet<string> | null = null;
  private position = 0;
  private ordinal = 0;
  private nowMs = 0;

  /**
   * @param settings - What rules the decisions.
   * @param books - The books, already updated when the log tells of it.
   * @param sink - Takes each decision, in the call that caused it.
   */
  constructor(
    private readonly settings: DetectorSettings,
    books: BookReader,
    private readonly sink: DetectorSink,
  ) {
    const { limits } = settings;
    this.board = new MarketBoard(books);
    const transfers = new TransferDesk();
    this.context = {
      settings,
      transfers,
      conversions: this.newConversions(),
      identity: new AssetIdentity(settings.identity, transfers),
      balances: new Balances(),
      rates: new UsdRates(this.board, limits.maxAgeMs),
    };
    this.ledger = new RefusalLedger(settings.epoch, (minutes) => {
      sink.refusals(minutes);
    });
    this.dwell = new Dwell(settings.minDwellMs, this.ledger);
    this.samples = new MarketSamples(this.board, this.context, {
      owns: (asset) => this.owns(asset),
      tell: (candles) => {
        sink.spreads(candles);
      },
    });
    this.lateness = new Lateness(settings.tickMs);
  }

  /**
   * Takes the next entry of the input log.
   *
   * @param input - The entry.
   */
  accept(input: DetectionInput): void {
    this.position += 1;
    this.ordinal = 0;
    this.passTime(inputTimeMs(input));
    switch (input.type) {
      case 'book':
        this.look(this.board.takeBook(input.update));
        return;
      case 'tick':
        this.takeTick(input);
        return;
      case 'alive':
        this.board.takeAlive(input);
        return;
      case 'bookState':
        this.takeBookState(input);
        return;
      case 'fee':
        this.look(this.board.takeFee(input));
        return;
      case 'exchange':
        for (const member of this.board.takeExchange(input)) this.look(member);
        return;
      case 'due':
        this.takeDue();
        return;
      default:
        this.learn(input);
    }
  }

  /**
   * Closes everything with `shutdown` and tells of the minute and the second that are not over.
   *
   * @param nowMs - Our clock.
   */
  shutdown(nowMs: number): void {
    this.passTime(nowMs);
    for (const watched of this.active) this.end(watched, 'shutdown');
    this.ledger.end(this.nowMs);
    this.samples.end();
  }

  /** @returns When it wants a `due` entry, our clock: a route may open then; Infinity while it waits for nothing. */
  get dueAtMs(): number {
    return this.dwell.dueAtMs;
  }

  /** @returns The lives that are open now. */
  lives(): Life[] {
    return [...this.active].flatMap(({ life }) => life ?? []);
  }

  /** @returns What was turned away since the start, by route and reason. */
  refusals(): RefusalCount[] {
    return this.ledger.counts(this.nowMs);
  }

  /** @returns Entries into each reason since the start, of all routes together. */
  refusalTotals(): ReadonlyMap<RefusalReason, number> {
    return this.ledger.totals();
  }

  /** @returns What was entered since this was last asked; each entry once, for one who asks. */
  takeEnteredRefusals(): EnteredRefusal[] {
    return this.ledger.takeEntered(this.nowMs);
  }

  /** @returns What was turned away in the minute that is not over. */
  refusalMinute(): RefusalMinute[] {
    return this.ledger.minute(this.nowMs);
  }

  /**
   * @param buy - Where the asset would be bought.
   * @param sell - Where it would be sold.
   * @returns What stands between the two and an opportunity now; null where they make no route that is watched.
   */
  explain(buy: Instrument, sell: Instrument): Explanation | null {
    const seller = this.board.find(sell);
    const link = this.board.find(buy)?.links.find(({ other }) => other === seller);
    if (!link) return null;
    // With books and rates looked up apart: a question may change nothing that a later decision leans on, or a replay,
    // which asks none, would decide otherwise.
    const context = { ...this.context, conversions: this.newConversions(), rates: this.context.rates.copy() };
    return explain(link.buying, new RouteCase(link.buying, this.nowMs, this.lateness.at(this.nowMs), context));
  }

  /** @returns What is held of tickers: decided by persons and settings, and learnt. */
  identities(): IdentityEntry[] {
    return [...this.context.identity.decided(), ...this.samples.learnt()];
  }

  private newConversions(): Conversions {
    const { limits, depegBandBps } = this.settings;
    return new Conversions(this.board, { ...limits, depegBandBps });
  }

  private passTime(nowMs: number): void {
    if (nowMs > this.nowMs) this.nowMs = nowMs;
    this.ledger.advance(this.nowMs);
  }

  private takeTick(tick: TickEvent): void {
    this.lateness.take(tick);
    this.context.conversions.noteTime();
    for (const watched of this.active) this.judge(watched);
    // A rate may have crossed books that stand still themselves.
    for (const watched of this.samples.take(this.nowMs)) this.judge(watched);
  }

  // What judgements lean on beside the books.
  private learn(input: AssetEvent | BalanceEvent | IdentityEvent | OwnershipEvent): void {
    if (input.type === 'asset') this.context.transfers.take(input);
    else if (input.type === 'balance') this.context.balances.take(input);
    else if (input.type === 'identity') this.context.identity.decide(input);
    else this.takeOwnership(input);
  }

  private takeOwnership({ assets }: OwnershipEvent): void {
    this.owned = assets && new Set(assets);
    for (const watched of this.active) if (!this.owns(watched.buy.asset)) this.end(watched, 'shutdown');
    for (const { members } of this.board.groups()) for (const member of members) this.look(member);
  }

  private owns(asset: string): boolean {
    return this.owned?.has(asset) ?? true;
  }

  private takeDue(): void {
    for (const watched of this.dwell.take(this.active, this.nowMs)) this.judge(watched);
  }

  private takeBookState(event: BookStateEvent): void {
    const member = this.board.takeBookState(event);
    if (event.state !== 'unavailable') {
      this.look(member);
      return;
    }
    // No grace and no gate: what cannot be traded any more does not come back by itself.
    for (const watched of this.active) {
      if (watched.buy !== member && watched.sell !== member) continue;
      this.end(watched, 'removed');
    }
    this.context.conversions.noteChange(member);
    if (event.reason === NOT_WATCHED) this.board.forget(member);
  }

  // Judges every route of a member that is a candidate now or was a moment ago.
  private look(member: Member): void {
    const { conversions } = this.context;
    if (conversions.noteChange(member)) this.judgeConverted();
    if (!this.owns(member.asset)) return;
    // Nearly every update of a book ends here.
    for (const { buying, selling } of member.isQuiet ? member.convertedLinks : member.links) {
      if (buying.hasTwoQuotes) {
        conversions.refresh(buying, this.nowMs);
        conversions.refresh(selling, this.nowMs);
      }
      if (buying.isActive || buying.isCrossed) this.judge(buying);
      if (selling.isActive || selling.isCrossed) this.judge(selling);
    }
  }

  // A book of money moves what the routes that it converts are worth.
  private judgeConverted(): void {
    for (const watched of this.active) {
      if (this.context.conversions.refresh(watched, this.nowMs)) this.judge(watched);
    }
  }

  private judge(watched: WatchedRoute): void {
    this.context.conversions.refresh(watched, this.nowMs);
    const candidate = watched.isCrossed ? this.caseOf(watched) : null;
    const verdict = this.verdict(watched, candidate);
    if (watched.life) this.advance(watched, watched.life, verdict);
    else if (verdict.kind === 'accepted' && candidate) this.open(watched, candidate, verdict);
    this.watch(watched, verdict.kind !== 'no_candidate' || watched.life !== null);
  }

  private advance(watched: WatchedRoute, life: Life, verdict: Verdict): void {
    this.follow(watched, advance(life, verdict, this.nowMs, this.settings.lifecycle));
    // What ends while it pays, by age or by a grace that we slept through, dwells anew and was no flicker.
    if (watched.life === null) watched.passingSinceMs = null;
  }

  private watch(watched: WatchedRoute, isActive: boolean): void {
    if (watched.isActive === isActive) return;
    watched.isActive = isActive;
    watched.buy.activeRoutes += isActive ? 1 : -1;
    watched.sell.activeRoutes += isActive ? 1 : -1;
    if (isActive) this.active.add(watched);
    else this.active.delete(watched);
  }

  private verdict(watched: WatchedRoute, candidate: RouteCase | null): Verdict {
    const gate = candidate && judge(candidate);
    const isPassing = candidate !== null && (gate === null || gate.reason === 'flicker');
    this.dwell.note(watched, isPassing, this.nowMs);
    if (!candidate) {
      this.ledger.note(watched.route, null, this.nowMs);
      return { kind: 'no_candidate' };
    }
    // One that dwells is not turned away yet: it is counted if it does not live through it.
    const reason = gate === null || gate.reason === 'flicker' ? null : gate.reason;
    this.ledger.note(watched.route, reason, this.nowMs, () => gate?.measure(candidate) ?? {});
    if (gate) return { kind: 'refused', reason: gate.reason };
    return { kind: 'accepted', figures: figuresOf(candidate), books: () => legBooks(candidate) };
  }

  private open(watched: WatchedRoute, candidate: RouteCase, verdict: Extract<Verdict, { kind: 'accepted' }>): void {
    const { epoch } = this.settings;
    const id = `${epoch}-${this.position.toString(36)}-${this.ordinal++}`;
    const { route, buy } = watched;
    const identity = { id, kind: route.kind, symbol: route.buy.symbol, currency: buy.quote, routeId: route.id, epoch };
    this.follow(watched, open(identity, verdict.figures, openingRecord(candidate), this.nowMs));
  }

  private end(watched: WatchedRoute, reason: 'removed' | 'shutdown'): void {
    if (watched.life) this.follow(watched, close(watched.life, reason, this.nowMs));
    watched.passingSinceMs = null;
    this.ledger.note(watched.route, null, this.nowMs);
    this.watch(watched, false);
  }

  private follow(watched: WatchedRoute, { life, event }: Step): void {
    watched.life = life;
    if (event) this.sink.opportunity(event);
  }

  private caseOf(watched: WatchedRoute): RouteCase {
    return new RouteCase(watched, this.nowMs, this.lateness.at(this.nowMs), this.context);
  }
}
