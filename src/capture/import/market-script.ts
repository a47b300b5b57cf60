import type { AssetEvent, DetectionInput } from '../../core/input/market-event.js';
import { ClockOffset } from '../../core/market/clock-offset.js';
import { type ExchangeId, type Instrument, instrumentKey } from '../../core/market/instrument.js';
import type { BookUpdate } from '../../core/order-book/book-update.js';

/** The exchange on which books stand that an import assumes; no such exchange exists, so nobody takes it for a real one. */
export const ASSUMED = 'assumed';
/** Size of a level where a recording tells none: so large that it never limits anything, base. */
export const NO_LIMIT = 1e9;
/** An offset is told when it moved by more than this, as the running service does, milliseconds. */
const OFFSET_STEP_MS = 1;
/** How often an assumed book is told again, so that it neither ages nor stands for frozen, milliseconds. */
const PAR_EVERY_MS = 1_000;

/** What an import adds to a recording. */
export interface ScriptOptions {
  /** Taker fee of an instrument, bps. */
  readonly feeBps: (instrument: Instrument) => number;
  /** Period of the clock between moments; null where only moments tell the time. */
  readonly tickMs: number | null;
  /** Symbols such as `USDT/USD` of which a book at 1.0 without fee is assumed. */
  readonly pars: readonly string[];
}

interface Exchange {
  readonly offset: ClockOffset;
  /** Undefined before anything was told of the exchange. */
  toldOffsetMs: number | null | undefined;
}

/**
 * Turns what a recording shows of markets into the input log that detection would have seen: adds fees, states, clock
 * offsets, ticks and assumed books around the books, each told when it would have been known.
 */
export class MarketScript {
  private readonly exchanges = new Map<ExchangeId, Exchange>();
  private readonly known = new Set<string>();
  private nextTickMs = NaN;
  private nextParMs = -Infinity;
  private lastMs = 0;
  private tickedAtMs = -Infinity;

  /**
   * @param emit - Takes the entries, in order.
   * @param options - What is added.
   */
  constructor(
    private readonly emit: (input: DetectionInput) => void,
    private readonly options: ScriptOptions,
  ) {}

  /** Time of the last moment, epoch milliseconds. */
  get endedAtMs(): number {
    return this.lastMs;
  }

  /** Instruments that were seen, as `exchange:symbol`; those that are assumed are not among them. */
  get instruments(): readonly string[] {
    return [...this.known].filter((key) => !key.startsWith(`${ASSUMED}:`));
  }

  /** Lets time pass: whatever is due until then is told. */
  passTo(atMs: number): void {
    const { tickMs } = this.options;
    if (tickMs !== null) {
      if (Number.isNaN(this.nextTickMs)) this.nextTickMs = atMs + tickMs;
      for (; this.nextTickMs <= atMs; this.nextTickMs += tickMs) this.tick(this.nextTickMs);
    }
    this.lastMs = Math.max(this.lastMs, atMs);
    this.tellPars(atMs);
  }

  /** Tells the clock at the end of a moment. */
  tick(nowMs: number): void {
    this.tickedAtMs = nowMs;
    this.tellPars(nowMs);
    this.emit({ type: 'tick', nowMs, loopDelayMs: 0, queueMs: 0 });
  }

  /** Takes a frame's two times, for the estimate of the exchange's clock. */
  timed(id: ExchangeId, receivedAtMs: number, exchangeTimeMs: number): void {
    this.exchange(id).offset.add(receivedAtMs, exchangeTimeMs);
  }

  /** Takes a book's frame; its first makes the instrument known. */
  book(update: BookUpdate): void {
    const { instrument, receivedAtMs, exchangeTimeMs } = update;
    if (exchangeTimeMs !== null) this.timed(instrument.exchange, receivedAtMs, exchangeTimeMs);
    const isNew = this.introduce(instrument, receivedAtMs);
    this.tellOffset(instrument.exchange, receivedAtMs);
    this.emit({ type: 'book', update });
    if (isNew) this.tellState(instrument, 'live', null, receivedAtMs);
  }

  /** Takes a book that is best bid and ask alone; one that did not change is only proof of life. */
  top(instrument: Instrument, top: Top, before: Top | null, atMs: number, exchangeTimeMs: number | null = null): void {
    if (before?.every((value, index) => value === top[index]) === true) {
      this.alive(instrument, atMs);
      return;
    }
    const [bid, bidSize, ask, askSize] = top;
    const levels = { bids: [bid, bidSize], asks: [ask, askSize] };
    const times = { exchangeTimeMs, receivedAtMs: atMs };
    this.book({ v: 1, instrument, kind: 'snapshot', ...levels, sequence: null, ...times });
  }

  /** Takes a proof of life. */
  alive({ exchange, symbol }: Instrument, atMs: number): void {
    this.emit({ type: 'alive', exchange, symbols: [symbol], atMs });
  }

  /** Notes that a book was lost, or is back. */
  tellState(instrument: Instrument, state: 'live' | 'resyncing', reason: string | null, atMs: number): void {
    this.emit({ type: 'bookState', instrument, state, reason, atMs });
  }

  /** Takes the networks of an asset. */
  networks(event: AssetEvent): void {
    this.emit(event);
  }

  /** Ends the log with the clock, unless that was the last word anyway. */
  finish(): void {
    if (this.tickedAtMs < this.lastMs) this.tick(this.lastMs);
  }

  private introduce(instrument: Instrument, atMs: number): boolean {
    const key = instrumentKey(instrument);
    if (this.known.has(key)) return false;
    this.known.add(key);
    const takerFeeBps = instrument.exchange === ASSUMED ? 0 : this.options.feeBps(instrument);
    this.emit({ type: 'fee', instrument, takerFeeBps, source: 'default', atMs });
    return true;
  }

  private tellOffset(id: ExchangeId, atMs: number): void {
    const exchange = this.exchange(id);
    const { toldOffsetMs } = exchange;
    const offsetMs = exchange.offset.valueMs;
    const hasMoved = offsetMs !== null && Math.abs(offsetMs - (toldOffsetMs ?? Infinity)) > OFFSET_STEP_MS;
    if (toldOffsetMs !== undefined && !hasMoved) return;
    exchange.toldOffsetMs = offsetMs;
    this.emit({ type: 'exchange', exchange: id, state: 'live', clockOffsetMs: offsetMs, atMs });
  }

  private exchange(id: ExchangeId): Exchange {
    let exchange = this.exchanges.get(id);
    if (!exchange) this.exchanges.set(id, (exchange = { offset: new ClockOffset(), toldOffsetMs: undefined }));
    return exchange;
  }

  private tellPars(atMs: number): void {
    if (atMs < this.nextParMs) return;
    this.nextParMs = atMs + PAR_EVERY_MS;
    for (const symbol of this.options.pars) {
      this.top({ exchange: ASSUMED, symbol }, [1, NO_LIMIT, 1, NO_LIMIT], null, atMs);
    }
  }
}

/** Best bid, its size, best ask, its size. */
export type Top = readonly [number, number, number, number];
