import type { BookDesk } from '../books/book-desk.js';
import type { FeeDesk } from '../books/fee-desk.js';
import { sizeUnitOf } from './books/base-size.js';
import type { GenericMarket } from './books/generic-books.js';
import type { CodecKind, CodecMarket } from './codecs/codec.js';
import type { CcxtExchange, CcxtMarket } from './instance/ccxt-instance.js';

/** Which symbols are listed, and which way each book is taken. */
export interface MarketPlan {
  readonly proven: readonly CodecMarket[];
  readonly generic: readonly GenericMarket[];
}

/** Exchanges whose public metadata carries the taker fee of a market; elsewhere ccxt fills in its default. */
export const METADATA_HAS_FEES: ReadonlySet<string> = new Set([
  'kraken',
  'kucoin',
  'gate',
  'bitget',
  'mexc',
  'hyperliquid',
  'whitebit',
  'bitvavo',
]);
/** A fee that is too high only hides opportunities; used where nothing at all is known. */
const CAUTIOUS_TAKER = 0.006;

/** Sorts the watched symbols by what the exchange lists, and tells what is not listed there. */
export function planMarkets(
  symbols: Iterable<string>,
  listed: Readonly<Record<string, CcxtMarket>>,
  kind: CodecKind | undefined,
  desk: BookDesk,
  nowMs: number,
): MarketPlan {
  const proven: CodecMarket[] = [];
  const generic: GenericMarket[] = [];
  for (const symbol of symbols) {
    const line = desk.open(symbol, nowMs);
    const market = listed[symbol];
    if (!market) {
      desk.unavailable(line, 'not_listed', nowMs);
      continue;
    }
    const unit = sizeUnitOf(market);
    if (typeof unit === 'string') {
      desk.unavailable(line, unit, nowMs);
      continue;
    }
    desk.available(line, nowMs);
    if (kind && market.spot === true) {
      const { info } = market;
      proven.push({
        line,
        id: kind.idOf(market),
        priceDecimals: Number(info?.['pair_decimals'] ?? 0),
        sizeDecimals: Number(info?.['lot_decimals'] ?? 0),
      });
    } else {
      generic.push({ line, market, unit });
    }
  }
  return { proven, generic };
}

/** Tells the fee that holds without a key, with where it comes from. */
export function tellPublicFees(exchange: CcxtExchange, markets: readonly CcxtMarket[], fees: FeeDesk): void {
  const fallback = exchange.fees.trading?.taker;
  for (const { symbol, taker } of markets) {
    if (taker !== undefined && METADATA_HAS_FEES.has(exchange.id)) fees.public(symbol, taker, 'market');
    else fees.public(symbol, taker ?? fallback ?? CAUTIOUS_TAKER, 'default');
  }
}
