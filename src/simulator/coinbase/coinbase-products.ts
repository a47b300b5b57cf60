import { fixedText } from '../wire/decimal-text.js';
import type { ExchangeMarket } from '../wire/exchange-wire.js';
import type { SimBook } from '../world/sim-book.js';

const USD = '-USD';
const USDC = '-USDC';

/**
 * The book of a product. Pairs against USDC have none of their own: they are other names of the pairs against the
 * dollar, and the feed tells of them under those.
 */
export function findProduct(market: ExchangeMarket, productId: string): SimBook | null {
  return market.find(productId.endsWith(USDC) ? productId.replace(USDC, USD) : productId);
}

/** Every product, marked when it is off the market: each book, and a second name for each against the dollar. */
export function products(market: ExchangeMarket): readonly object[] {
  return market.all.flatMap((book) => {
    const row = (id: string, alias: string, aliasTo: readonly string[]): object =>
      product(book, id, alias, { aliasTo, isTrading: market.isTrading(book) });
    const { wireId, base } = book.listing;
    // USDC is changed into dollars without an order book.
    if (!wireId.endsWith(USD) || base.startsWith('USD')) return [row(wireId, '', [])];
    const second = wireId.replace(USD, USDC);
    return [row(wireId, '', [second]), row(second, wireId, [])];
  });
}

/** The row of one product; null when there is none. */
export function productRow(market: ExchangeMarket, productId: string): object | null {
  return products(market).find((row) => 'product_id' in row && row.product_id === productId) ?? null;
}

function product(
  book: SimBook,
  id: string,
  alias: string,
  { aliasTo, isTrading }: { readonly aliasTo: readonly string[]; readonly isTrading: boolean },
): object {
  const { listing } = book;
  const [base = '', quote = ''] = id.split('-');
  const price = fixedText(book.asks.ticks[0] ?? 0, listing.priceDecimals);
  const tick = fixedText(1, listing.priceDecimals);
  const lot = fixedText(1, listing.sizeDecimals);
  return {
    ...{ product_id: id, price, price_percentage_change_24h: '0.41', volume_24h: '9035.28731773' },
    ...{ volume_percentage_change_24h: '7.9', base_increment: lot, quote_increment: tick, quote_min_size: '1' },
    ...{ quote_max_size: '150000000', base_min_size: lot, base_max_size: '3400', base_name: base, quote_name: quote },
    ...{
      watched: false,
      is_disabled: !isTrading,
      new: false,
      status: isTrading ? 'online' : 'delisted',
      cancel_only: false,
      limit_only: false,
    },
    ...{ post_only: false, trading_disabled: !isTrading, auction_mode: false, product_type: 'SPOT' },
    ...{ quote_currency_id: quote, base_currency_id: base, fcm_trading_session_details: null, mid_market_price: '' },
    ...{ alias, alias_to: aliasTo, base_display_symbol: base, quote_display_symbol: quote, view_only: false },
    ...{ price_increment: tick, display_name: id, product_venue: 'CBE' },
  };
}
