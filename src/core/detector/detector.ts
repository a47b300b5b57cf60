import type { Candidate, GateLimits, Leg } from '../gates/candidate.js';
import { judge } from '../gates/gates.js';
import { RefusalLedger } from '../gates/refusal-ledger.js';
import type { RefusalCount } from '../gates/refusal-reason.js';
import { type BookStateEvent, type DetectionInput, NOT_WATCHED } from '../input/market-event.js';
import { type Route, crossRoute } from '../market/route.js';
import { parseSymbol } from '../market/symbol.js';
import { type Life, type LifecycleLimits, type Verdict, advance, close, open } from '../opportunity/lifecycle.js';
import type { OpportunityEvent } from '../opportunity/opportunity.js';
import type { BookReader } from '../order-book/book-registry.js';
import { type LadderWalk, walkLadders } from '../spread/ladder-walk.js';
import { figuresOf, openingBooks } from './figures.js';
import { MarketBoard, type Member, type SymbolGroup } from './market-board.js';
import { UsdRates } from './usd-rates.js';

/** What rules the decisions of a detector; part of a capture, since equal settings and log give equal decisions. */
export interface DetectorSettings {
  /** Id of this run; opportunity ids begin with it. */
  readonly epoch: string;
  readonly minNetBps: number;
  /** An open route is asked for this much less, so that it does not flutter about the threshold. */
  readonly hysteresisBps: number;
  readonly limits: GateLimits;
  readonly lifecycle: LifecycleLimits;
}

/** A route that is a candidate, or has been until a moment ago. */
interface Watched {
  readonly route: Route;
  readonly buy: Member;
  readonly sell: Member;
  readonly quote: string;
  life: Life | null;
}

const NO_BOOK = { length: 0, price: () => NaN, size: () => NaN };

/**
 * Finds the spreads that would really pay.
 *
 * Consumes one ordered input log and knows no other clock, timer or source, so that a replay of the log gives the same
 * events byte for byte. Not an event loop of its own: each input is judged at once, in the call that brings it.
 */
export class Detector {
  private readonly board: MarketBoard;
  private readonly rates: UsdRates;
  private readonly ledger = new RefusalLedger();
  private readonly routes = new Map<Member, Map<Member, Watched>>();
  /** Routes to be judged again when their books change or time passes, by symbol. */
  private readonly active = new Map<string, Set<Watched>>();
  private position = 0;
  private ordinal = 0;
  private nowMs = 0;

  /**
   * @param settings - What rules the decisions.
   * @param books - The books, already updated when the log tells of it.
   * @param emit - Takes each event, in the call that caused it.
   */
  constructor(
    private readonly settings: DetectorSettings,
    books: BookReader,
    private readonly emit: (event: OpportunityEvent) => void,
  ) {
    this.board = new MarketBoard(books);
    this.rates = new UsdRates(this.board, settings.limits.maxAgeMs);
  }

  /**
   * Takes the next entry of the input log.
   *
   * @param input - The entry.
   */
  accept(input: DetectionInput): void {
    this.position += 1;
    this.ordinal = 0;
    switch (input.type) {
      case 'book':
        this.nowMs = Math.max(this.nowMs, input.update.receivedAtMs);
        this.look(this.board.takeBook(input.update));
        return;
      case 'tick':
        this.nowMs = Math.max(this.nowMs, input.nowMs);
        for (const watched of this.active.values()) this.judgeAll(watched);
        return;
      case 'alive':
        this.nowMs = Math.max(this.nowMs, input.atMs);
        this.board.takeAlive(input);
        return;
      case 'bookState':
        this.nowMs = Math.max(this.nowMs, input.atMs);
        this.takeBookState(input);
        return;
      case 'fee':
        this.nowMs = Math.max(this.nowMs, input.atMs);
        this.look(this.board.takeFee(input));
        return;
      case 'exchange':
        this.nowMs = Math.max(this.nowMs, input.atMs);
        for (const member of this.board.takeExchange(input)) this.look(member);
    }
  }

  /**
   * Closes everything with `shutdown`.
   *
   * @param nowMs - Our clock.
   */
  shutdown(nowMs: number): void {
    this.nowMs = Math.max(this.nowMs, nowMs);
    for (const watched of this.active.values()) {
      for (const each of watched) {
        if (each.life) this.announce(close(each.life, 'shutdown', this.nowMs).event);
        each.life = null;
      }
      watched.clear();
    }
  }

  /** @returns The lives that are open now. */
  lives(): Life[] {
    return [...this.active.values()].flatMap((watched) => [...watched].flatMap((each) => each.life ?? []));
  }

  /** @returns What was turned away since the start, by route and reason. */
  refusals(): RefusalCount[] {
    return this.ledger.counts(this.nowMs);
  }

  private takeBookState(event: BookStateEvent): void {
    const member = this.board.takeBookState(event);
    if (event.state !== 'unavailable') {
      this.look(member);
      return;
    }
    // No grace and no gate: what cannot be traded any more does not come back by itself.
    for (const watched of this.active.get(event.instrument.symbol) ?? []) {
      if (watched.buy !== member && watched.sell !== member) continue;
      if (watched.life) this.announce(close(watched.life, 'removed', this.nowMs).event);
      watched.life = null;
      this.active.get(event.instrument.symbol)?.delete(watched);
    }
    if (event.reason === NOT_WATCHED) this.forget(member);
  }

  private forget(member: Member): void {
    this.board.forget(member);
    this.routes.delete(member);
    for (const bySell of this.routes.values()) bySell.delete(member);
    if (!this.board.group(member.instrument.symbol)) this.active.delete(member.instrument.symbol);
  }

  // Judges every route of a member that is a candidate now or was a moment ago.
  private look(member: Member): void {
    const group = this.board.group(member.instrument.symbol);
    if (!group) return;
    for (const other of group.members) {
      if (other === member) continue;
      if (other.lastBid > member.lastAsk) this.watch(group, member, other);
      if (member.lastBid > other.lastAsk) this.watch(group, other, member);
    }
    const watched = this.active.get(group.symbol);
    if (!watched || watched.size === 0) return;
    for (const each of watched) if (each.buy === member || each.sell === member) this.judge(each, watched);
  }

  private judgeAll(watched: Set<Watched>): void {
    for (const each of watched) this.judge(each, watched);
  }

  private watch(group: SymbolGroup, buy: Member, sell: Member): void {
    let bySell = this.routes.get(buy);
    if (!bySell) this.routes.set(buy, (bySell = new Map<Member, Watched>()));
    let watched = bySell.get(sell);
    if (!watched) {
      const quote = parseSymbol(group.symbol)?.quote ?? '';
      watched = { route: crossRoute(buy.instrument, sell.instrument), buy, sell, quote, life: null };
      bySell.set(sell, watched);
    }
    const active = this.active.get(group.symbol);
    if (active) active.add(watched);
    else this.active.set(group.symbol, new Set([watched]));
  }

  private judge(watched: Watched, active: Set<Watched>): void {
    const verdict = this.verdict(watched);
    this.ledger.note(watched.route, verdict.kind === 'refused' ? verdict.reason : null, this.nowMs);
    if (watched.life) {
      const step = advance(watched.life, verdict, this.nowMs, this.settings.lifecycle);
      watched.life = step.life;
      this.announce(step.event);
    } else if (verdict.kind === 'accepted') {
      const step = open(
        {
          id: `${this.settings.epoch}-${this.position.toString(36)}-${this.ordinal++}`,
          kind: watched.route.kind,
          symbol: watched.route.buy.symbol,
          currency: watched.quote,
          routeId: watched.route.id,
          epoch: this.settings.epoch,
        },
        verdict.figures,
        openingBooks(this.candidate(watched)),
        this.nowMs,
      );
      watched.life = step.life;
      this.announce(step.event);
    }
    if (verdict.kind === 'no_candidate' && watched.life === null) active.delete(watched);
  }

  private verdict(watched: Watched): Verdict {
    if (!(watched.sell.lastBid > watched.buy.lastAsk)) return { kind: 'no_candidate' };
    const candidate = this.candidate(watched);
    const reason = judge(candidate);
    return reason === null ? { kind: 'accepted', figures: figuresOf(candidate) } : { kind: 'refused', reason };
  }

  private candidate({ route, buy, sell, quote, life }: Watched): Candidate {
    const { settings, nowMs } = this;
    let walked: LadderWalk | null = null;
    return {
      route,
      buy: this.leg(buy),
      sell: this.leg(sell),
      nowMs,
      minNetBps: life ? settings.minNetBps - settings.hysteresisBps : settings.minNetBps,
      limits: settings.limits,
      usdPerQuote: this.rates.rate(quote, nowMs),
      walk: () =>
        (walked ??= walkLadders(
          buy.book?.asks ?? NO_BOOK,
          sell.book?.bids ?? NO_BOOK,
          buy.takerFeeBps,
          sell.takerFeeBps,
        )),
    };
  }

  private leg(member: Member): Leg {
    return {
      instrument: member.instrument,
      exchangeState: member.exchange.state,
      bookState: member.bookState,
      doubt: member.doubt,
      book: member.book,
      asOfMs: member.aliveAtMs - member.transitMs,
      changedAtMs: member.changedAtMs,
      takerFeeBps: member.takerFeeBps,
      feeSource: member.feeSource,
    };
  }

  private announce(event: OpportunityEvent | null): void {
    if (event) this.emit(event);
  }
}
