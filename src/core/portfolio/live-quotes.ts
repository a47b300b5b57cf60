import type { ExchangeStatus, SymbolStatus } from '../market/exchange-status.js';
import type { ExchangeId } from '../market/instrument.js';
import type { PricedStep } from '../money/usd-path.js';

/** One side of one book, as a value is told to have come from it. */
export interface QuoteStep {
  readonly symbol: string;
  readonly side: 'bid' | 'ask';
  readonly exchange: ExchangeId;
}

interface Quote {
  readonly exchange: ExchangeId;
  readonly bid: number;
  readonly ask: number;
}

/**
 * The tops of all books that may be leaned on at one moment: connected, in sync, two-sided, not crossed in themselves and
 * not stale. Bounded by the watched instruments.
 */
export class LiveQuotes {
  private readonly live = new Map<string, Quote[]>();
  /** By symbol: where it is listed, whatever state its book is in. */
  private readonly listed = new Map<string, ExchangeId[]>();

  /** @param statuses - Every exchange with its symbols, as of one moment. */
  constructor(statuses: Iterable<ExchangeStatus>) {
    for (const { id, status, symbols } of statuses) {
      const isConnected = status === 'live' || status === 'degraded';
      for (const symbol of symbols) this.take(id, symbol, isConnected);
    }
  }

  /**
   * Prices an asset in another, at what it could be sold for at once: the best bid, or one over the best ask where only
   * the symbol the other way round is traded.
   *
   * @param asset - What is sold.
   * @param pivot - What for.
   * @param mayUse - Whether the book of an exchange may take part.
   * @returns The best price and its book; null where no live book joins the two.
   */
  price(asset: string, pivot: string, mayUse: (exchange: ExchangeId) => boolean): PricedStep<QuoteStep> | null {
    const symbol = `${asset}/${pivot}`;
    const sold = best(this.live.get(symbol), mayUse, ({ bid }) => bid);
    if (sold) return { perUnit: sold.bid, step: { symbol, side: 'bid', exchange: sold.exchange } };
    const inverse = `${pivot}/${asset}`;
    const bought = best(this.live.get(inverse), mayUse, ({ ask }) => -ask);
    return bought && { perUnit: 1 / bought.ask, step: { symbol: inverse, side: 'ask', exchange: bought.exchange } };
  }

  /**
   * Tells where a symbol is listed among those watched, whether its book is live or not.
   *
   * @param symbol - Unified symbol.
   * @returns The exchanges.
   */
  listedAt(symbol: string): readonly ExchangeId[] {
    return this.listed.get(symbol) ?? [];
  }

  private take(exchange: ExchangeId, { symbol, state, bestBid, bestAsk }: SymbolStatus, isConnected: boolean): void {
    if (state === 'unavailable') return;
    add(this.listed, symbol, exchange);
    if (!isConnected || state !== 'live' || bestBid === null || bestAsk === null) return;
    if (!(bestBid > 0 && bestBid <= bestAsk)) return;
    add(this.live, symbol, { exchange, bid: bestBid, ask: bestAsk });
  }
}

function add<T>(index: Map<string, T[]>, key: string, value: T): void {
  const known = index.get(key);
  if (known) known.push(value);
  else index.set(key, [value]);
}

function best(
  quotes: readonly Quote[] | undefined,
  mayUse: (exchange: ExchangeId) => boolean,
  worth: (quote: Quote) => number,
): Quote | null {
  let found: Quote | null = null;
  for (const quote of quotes ?? []) {
    if (mayUse(quote.exchange) && !(found && worth(found) >= worth(quote))) found = quote;
  }
  return found;
}
