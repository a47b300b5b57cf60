import type { BookState, ExchangeState } from './states.js';
import type { ExchangeId } from './instrument.js';

/** What is known of one book, as shown to people. */
export interface SymbolStatus {
  readonly symbol: string;
  readonly state: BookState;
  /** Since the last proof of life of its connection, milliseconds; null before the first. */
  readonly ageMs: number | null;
  /** Since the book last changed, milliseconds; a quiet book is not a stale one. */
  readonly quietMs: number | null;
  readonly sequence: number | null;
  readonly bestBid: number | null;
  readonly bestAsk: number | null;
}

/** The last thing that went wrong with an exchange, with where and what to do. */
export interface ExchangeFault {
  /** Stable snake_case code: `unreachable`, `sequence_gap`, `banned`, `maintenance`, `nothing_listed` … */
  readonly code: string;
  readonly message: string;
  /** The host that was called, null where none was. */
  readonly host: string | null;
  readonly atMs: number;
  /** Until when the exchange wants no calls, our clock; null where it did not ask for silence. */
  readonly untilMs: number | null;
}

/** One exchange as `GET /v1/exchanges` and the channel `exchanges` show it. */
export interface ExchangeStatus {
  readonly id: ExchangeId;
  readonly status: ExchangeState;
  /** `verified` when sequence or checksum of every book frame is proven; a break that was only counted ends that. */
  readonly integrity: 'verified' | 'unverified';
  readonly clockOffsetMs: number | null;
  readonly messagesPerSecond: number;
  /** Frames received since the start. */
  readonly messages: number;
  /** Book updates since the start. */
  readonly updates: number;
  /** Books thrown away and asked for again since the start. */
  readonly resyncs: number;
  /** Sockets opened again since the start. */
  readonly reconnects: number;
  /** Breaks of the exchange's own numbering since the start. */
  readonly sequenceBreaks: number;
  /** Faults inside the exchange's client that nobody awaited, since the start. */
  readonly strayFaults: number;
  readonly lastError: ExchangeFault | null;
  readonly symbols: readonly SymbolStatus[];
}

/** What an exchange was like at one moment. */
export interface ExchangePoint {
  /** Our clock, epoch ms. */
  readonly atMs: number;
  readonly status: ExchangeState;
  readonly integrity: ExchangeStatus['integrity'];
  /** Books that could be used. */
  readonly liveBooks: number;
  /** Since the last proof of life, milliseconds: the median of live books; null without one. */
  readonly ageMs: number | null;
  /**
   * How much later than its quickest frames the newest ones came, milliseconds: the median of live books whose frames carry the
   * time of the exchange; null without one.
   */
  readonly latencyMs: number | null;
  readonly clockOffsetMs: number | null;
  readonly messagesPerSecond: number;
  /** Since the start of the service. */
  readonly resyncs: number;
  /** Since the start of the service. */
  readonly reconnects: number;
}
