/** Where a taker fee comes from, worst knowledge last. */
export type FeeSource = 'account' | 'market' | 'default';

/** State of a connection to one exchange. */
export type ExchangeState = 'connecting' | 'live' | 'degraded' | 'down';

/** State of one book: `resyncing` has no usable book, `unavailable` is not listed there. */
export type BookState = 'live' | 'resyncing' | 'stale' | 'unavailable';
