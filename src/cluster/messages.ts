import type { EnteredRefusal } from '../core/gates/refusal-reason.js';
import type { BookEvent, BookStateEvent, FeeEvent, MarketEvent } from '../core/input/market-event.js';
import type { ExchangeStatus } from '../core/market/exchange-status.js';
import type { Opportunity, OpportunityEvent } from '../core/opportunity/opportunity.js';
import type { AccountReading } from '../core/portfolio/account-reading.js';

/** Version of every message here; a reader drops what is of another one. */
export const V = 1 as number;

/** Between two tellings of all that is open, milliseconds: readers begin somewhat further back. */
export const TELL_OPEN_MS = 240_000;

/** The head of all that a collector tells: whoever sees a greater term drops what it knew of a lesser one. */
export interface FromCollector {
  readonly v: number;
  /** Of the claim under which it is told. */
  readonly term: number;
  /** Counts the messages of this subject within the term, from 1: what is missing is noticed by it. */
  readonly n: number;
}

/** On the subject of a book. */
export interface BookMessage extends FromCollector {
  readonly event: BookEvent | BookStateEvent | FeeEvent;
  /** Told again for somebody who asked; who has the book already needs it not. */
  readonly again?: true;
}

/** What is told of an exchange as a whole. */
export type ExchangeTold =
  | Exclude<MarketEvent, BookEvent | BookStateEvent | FeeEvent>
  | { readonly type: 'status'; readonly status: ExchangeStatus }
  | { readonly type: 'account'; readonly reading: AccountReading }
  /** Nobody speaks under this term any more. */
  | { readonly type: 'gone' }
  /** A sign of life, with how many messages the subject of each book had so far. */
  | { readonly type: 'beat'; readonly counts: Readonly<Record<string, number>> };

/** On the subject of an exchange. */
export interface ExchangeMessage extends FromCollector {
  /** Who tells it: its clock is the one of all times in it. */
  readonly member: string;
  readonly told: ExchangeTold;
}

/** Asks a collector to tell anew. */
export interface AgainRequest {
  /** Books of these. */
  readonly symbols: readonly string[];
  /** And all that holds of the exchange as a whole. */
  readonly exchange: boolean;
}

/** On the subject of an asset, each naming the one before it to the broker: of two that claim to own it, one is refused. */
export type OpportunityMessage = {
  readonly v: number;
  readonly term: number;
  /** The run of the detector. */
  readonly epoch: string;
} & (
  | { readonly kind: 'events'; readonly events: readonly OpportunityEvent[] }
  /** The sender owns the asset from here on: what others left open is closed. */
  | { readonly kind: 'claim'; readonly member: string; readonly atMs: number }
  /** All that is open now, told from time to time for those who come late. */
  | { readonly kind: 'open'; readonly open: readonly Opportunity[] }
);

/** Refusals of one detector, each second. */
export interface RefusalsMessage {
  readonly v: number;
  readonly epoch: string;
  /** With counts since the start; where somebody asked, all of them, and none was entered. */
  readonly entered: readonly EnteredRefusal[];
}
