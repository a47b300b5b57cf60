import type { AssetNetwork } from '../market/asset-network.js';
import type { BookUpdate } from '../order-book/book-update.js';
import type { ExchangeId, Instrument } from '../market/instrument.js';
import type { ExchangeState, FeeSource } from '../market/states.js';

/** Reason of a book that is unavailable since nobody watches it any more: whoever keeps something of it forgets it. */
export const NOT_WATCHED = 'removed';

/** The owner applied this update to its book just now. */
export interface BookEvent {
  readonly type: 'book';
  readonly update: BookUpdate;
}

/** A book came to be, or was thrown away with its reason. */
export interface BookStateEvent {
  readonly type: 'bookState';
  readonly instrument: Instrument;
  readonly state: 'live' | 'resyncing' | 'unavailable';
  /** Stable snake_case code: `sequence_gap`, `checksum`, `crossed_book`, `disconnected` …; null when live. */
  readonly reason: string | null;
  readonly atMs: number;
}

/** The state of an exchange as a whole, and our estimate of its clock. */
export interface ExchangeEvent {
  readonly type: 'exchange';
  readonly exchange: ExchangeId;
  readonly state: ExchangeState;
  /** Ours minus theirs, at the least network delay seen; null until a timed frame came. */
  readonly clockOffsetMs: number | null;
  readonly atMs: number;
}

/** Proof of life of a connection: any frame or pong on the socket that carries these symbols. */
export interface AliveEvent {
  readonly type: 'alive';
  readonly exchange: ExchangeId;
  readonly symbols: readonly string[];
  readonly atMs: number;
}

/** The taker fee that now holds for an instrument. */
export interface FeeEvent {
  readonly type: 'fee';
  readonly instrument: Instrument;
  /** Bps of notional; may be negative. */
  readonly takerFeeBps: number;
  readonly source: FeeSource;
  readonly atMs: number;
}

/** The networks on which an exchange moves an asset, all of them; told again when something changed. */
export interface AssetEvent {
  readonly type: 'asset';
  readonly exchange: ExchangeId;
  /** Unified currency code on that exchange. */
  readonly asset: string;
  readonly networks: readonly AssetNetwork[];
  readonly atMs: number;
}

/** What an account may trade with at once. */
export interface BalanceEvent {
  readonly type: 'balance';
  readonly exchange: ExchangeId;
  readonly asset: string;
  /** In the asset; null when it is not known any more. */
  readonly free: number | null;
  readonly atMs: number;
}

/** Everything that exchanges tell detection: plain data, in the order in which it came. */
export type MarketEvent =
  BookEvent | BookStateEvent | ExchangeEvent | AliveEvent | FeeEvent | AssetEvent | BalanceEvent;

/** What a person decided about two exchanges' use of one ticker; it outweighs what was learnt. */
export interface IdentityEvent {
  readonly type: 'identity';
  /** `clear` takes back what was decided before. */
  readonly verdict: 'allow' | 'deny' | 'clear';
  /** Asset code without multipliers: `NEIRO`. */
  readonly asset: string;
  /** The two exchanges, in any order; null for all of them. */
  readonly exchanges: readonly [ExchangeId, ExchangeId] | null;
  /** Why, in the person's words. */
  readonly evidence: string;
  readonly atMs: number;
}

/** Which assets this detector judges from now on, where several share the work; what it gave up is closed. */
export interface OwnershipEvent {
  readonly type: 'ownership';
  /** Asset codes without multipliers; null for all. */
  readonly assets: readonly string[] | null;
  readonly atMs: number;
}

/** The clock of detection; it knows no other. */
export interface TickEvent {
  readonly type: 'tick';
  readonly nowMs: number;
  /** How late our own event loop was, milliseconds. */
  readonly loopDelayMs: number;
  /** Longest time that an input since the last tick had waited between its receipt and detection, milliseconds. */
  readonly queueMs: number;
}

/** The time has come at which something was to be decided, between two ticks. */
export interface DueEvent {
  readonly type: 'due';
  readonly atMs: number;
}

/** One entry of the input log that detection consumes; equal logs give equal decisions. */
export type DetectionInput = MarketEvent | IdentityEvent | OwnershipEvent | TickEvent | DueEvent;
