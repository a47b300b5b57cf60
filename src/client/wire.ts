/** The side of a leg. */
type Side = 'buy' | 'sell';
/** Any further field: fields are only added within protocol 1. */
type Open = Readonly<Record<string, unknown>>;

/** One leg of an opportunity; `vwap` in quote per base, `size` in base, times in epoch ms. */
export interface WireLeg {
  readonly side: Side;
  readonly exchange: string;
  readonly symbol: string;
  readonly vwap: number;
  readonly size: number;
  readonly takerFeeBps: number;
  readonly feeSource: string;
  readonly exchangeTimeMs: number | null;
  readonly receivedAtMs: number;
  readonly sequence: number | null;
}

/** An opportunity as the stream and REST show it; every figure is told in docs/feed.md. */
export interface WireOpportunity {
  readonly id: string;
  readonly kind: string;
  readonly state: 'open' | 'closed';
  readonly symbol: string;
  readonly legs: readonly WireLeg[];
  readonly grossBps: number;
  readonly topNetBps: number;
  readonly size: number;
  readonly notional: number;
  readonly netProfit: number;
  readonly netBps: number;
  readonly currency: string;
  readonly notionalUsd: number | null;
  readonly routeId: string;
  readonly epoch: string;
  readonly revision: number;
  readonly openedAtMs: number;
  readonly updatedAtMs: number;
  readonly closedAtMs: number | null;
  readonly closeReason: string | null;
  readonly peakNetBps: number;
  readonly standing: boolean;
  readonly detectedAtMs: number;
  readonly books?: Open;
  readonly gates?: Open;
}

/** The best spread of a symbol in one second, net of both taker fees. */
export interface WireSpread {
  readonly startMs: number;
  readonly routeId: string;
  readonly symbol: string;
  readonly buyExchange: string;
  readonly sellExchange: string;
  readonly openBps: number;
  readonly highBps: number;
  readonly lowBps: number;
  readonly closeBps: number;
  readonly grossBps: number;
  readonly samples: number;
  readonly aboveMs: number;
}

/** The best price of one side over all shown exchanges. */
export interface WireBestQuote {
  readonly exchange: string;
  readonly price: number;
  readonly size: number;
}

/** The best levels of one exchange, as `[price, size]`, best first; times in epoch ms. */
export interface WireExchangeBook {
  readonly exchange: string;
  readonly state: 'live' | 'degraded';
  readonly exchangeTimeMs: number | null;
  readonly receivedAtMs: number;
  /** The last proof of life of its connection: its age counts from here. */
  readonly aliveAtMs: number;
  readonly sequence: number | null;
  readonly bids: readonly (readonly [number, number])[];
  readonly asks: readonly (readonly [number, number])[];
}

/** What the exchanges show of one symbol: fresh books only. */
export interface WireBook {
  readonly symbol: string;
  readonly atMs: number;
  readonly bestBid: WireBestQuote | null;
  readonly bestAsk: WireBestQuote | null;
  readonly isLocked: boolean;
  readonly isCrossed: boolean;
  readonly exchanges: readonly WireExchangeBook[];
}

/** Refusals of a route for one reason since the start of the epoch. */
export interface WireRefusal {
  readonly routeId: string;
  readonly symbol: string;
  readonly reason: string;
  readonly entries: number;
  readonly durationMs: number;
  readonly lastAtMs: number;
  readonly measured: Open;
}

/** The service itself; rates are of the last second, null before the first is over. */
export interface WireSystem {
  readonly version: string;
  readonly epoch: string;
  readonly atMs: number;
  readonly uptimeMs: number;
  readonly clients: number;
  readonly memory: { readonly rssBytes: number; readonly heapUsedBytes: number; readonly externalBytes: number };
  readonly recorder: Readonly<
    Record<
      string,
      { readonly waiting: number; readonly lagMs: number; readonly lost: number; readonly isBehind: boolean }
    >
  >;
  readonly updatesPerSecond: number | null;
  readonly messagesSentPerSecond: number | null;
  /** Of one core. */
  readonly cpuPart: number | null;
  readonly eventLoop: { readonly meanMs: number; readonly p99Ms: number; readonly maxMs: number } | null;
}

/** State of one exchange. */
export interface WireExchange extends Open {
  readonly id: string;
  readonly status: 'connecting' | 'live' | 'degraded' | 'down';
  readonly integrity: 'verified' | 'unverified';
  readonly clockOffsetMs: number | null;
  readonly messagesPerSecond: number;
}

/** A stored key and its health; a secret never appears. */
export interface WireKey extends Open {
  readonly id: string;
  readonly exchange: string;
  readonly label: string;
  readonly state: string;
  readonly health: string;
}

/** An account of the portfolio; balances are decimal strings. */
export interface WireAccount extends Open {
  readonly exchange: string;
}

/** What a filter may hold; each channel takes some of it. */
interface MarketFilter {
  readonly symbols?: readonly string[];
  readonly exchanges?: readonly string[];
}
type ExchangeFilter = Pick<MarketFilter, 'exchanges'>;

/** Each channel with its filter and what its snapshot and updates hold. A new channel is one more entry. */
export interface Channels {
  opportunities: {
    filter: MarketFilter & { readonly minNetBps?: number; readonly minNotional?: number };
    item: WireOpportunity;
    event: { readonly event: 'opened' | 'updated' | 'closed'; readonly opportunity: WireOpportunity };
  };
  spreads: {
    filter: MarketFilter & { readonly minNetBps?: number };
    item: WireSpread;
    event: { readonly event: 'updated'; readonly spread: WireSpread };
  };
  books: {
    filter: MarketFilter & { readonly symbols: readonly string[] };
    item: WireBook;
    event: { readonly event: 'updated'; readonly book: WireBook };
  };
  refusals: {
    filter: MarketFilter & { readonly reasons?: readonly string[] };
    item: WireRefusal;
    event: { readonly event: 'entered'; readonly entered: number; readonly refusal: WireRefusal };
  };
  exchanges: {
    filter: ExchangeFilter;
    item: WireExchange;
    event: { readonly event: 'updated'; readonly exchange: WireExchange };
  };
  keys: {
    filter: ExchangeFilter;
    item: WireKey;
    event: { readonly event: 'updated' | 'removed'; readonly key: WireKey };
  };
  portfolio: {
    filter: ExchangeFilter;
    item: { readonly account: WireAccount } | { readonly total: Open };
    event:
      | { readonly event: 'updated' | 'removed'; readonly account: WireAccount }
      | { readonly event: 'updated'; readonly total: Open };
  };
  system: {
    filter: Readonly<Record<string, never>>;
    item: WireSystem;
    event: { readonly event: 'updated'; readonly system: WireSystem };
  };
}

/** The name of a channel. */
export type Channel = keyof Channels;

/** What a subscription tells: the whole state, then what changed. */
export type ChannelMessage<C extends Channel> =
  | { readonly type: 'snapshot'; readonly seq: number; readonly data: readonly Channels[C]['item'][] }
  | {
      readonly type: 'update';
      readonly seq: number;
      readonly prevSeq: number;
      readonly skipped?: number;
      readonly data: readonly Channels[C]['event'][];
    };

/** A message of the server before it is told apart by `type`. */
export interface ServerMessage {
  readonly type: string;
  readonly id?: string | null;
  readonly sub?: string;
  readonly seq?: number;
  readonly prevSeq?: number;
  readonly skipped?: number;
  readonly epoch?: string;
  readonly heartbeatMs?: number;
  readonly reconnectAfterMs?: number;
  readonly code?: string | number;
  readonly message?: string;
  readonly data?: readonly unknown[];
}
