import type { ExchangeId } from '../market/instrument.js';
import { pathToUsd, type PricedStep, STABLECOINS, type UsdPath, usdSymbolsOf } from '../money/usd-path.js';
import type { AssetBalance, ReadingTrouble } from './account-reading.js';
import type { LiveQuotes, QuoteStep } from './live-quotes.js';
import type {
  AccountBalanceSheet,
  Portfolio,
  PortfolioAccount,
  PortfolioTotal,
  Valuation,
  ValuedAsset,
} from './portfolio.js';

/** What a valuation leans on. */
export interface ValuationTerms {
  readonly quotes: LiveQuotes;
  /** Assets whose ticker names one asset on every exchange; any other is valued by its own exchange's books alone. */
  readonly sameEverywhere: ReadonlySet<string>;
}

/**
 * Values accounts through live books: each asset at the best bid, straight in USD or through a stablecoin, which is never
 * taken for a dollar but valued by its own book.
 *
 * @param sheets - The accounts; an account that is lost or pending has no assets.
 * @param terms - What the valuation leans on.
 * @param hint - What to do where there is no account.
 * @returns Every account with its total, and the total of all.
 */
export function valuePortfolio(sheets: readonly AccountBalanceSheet[], terms: ValuationTerms, hint: string): Portfolio {
  const accounts = sheets.map((sheet) => valueAccount(sheet, terms));
  return { accounts, total: totalOf(accounts), hint: accounts.length === 0 ? hint : null };
}

function valueAccount(sheet: AccountBalanceSheet, terms: ValuationTerms): PortfolioAccount {
  const assets = sheet.assets.map((balance) => ({ ...balance, ...valueOf(balance, sheet.exchange, terms) }));
  const unvalued = assets.filter(({ valueUsd }) => valueUsd === null).map(({ asset }) => asset);
  return { ...sheet, assets, total: { valueUsd: sumOf(assets), unvalued } };
}

function totalOf(accounts: readonly PortfolioAccount[]): PortfolioTotal {
  const exchangesIn = (...states: PortfolioAccount['state'][]): ExchangeId[] =>
    accounts.filter(({ state }) => states.includes(state)).map(({ exchange }) => exchange);
  return {
    valueUsd: accounts.reduce((sum, { total }) => sum + total.valueUsd, 0),
    unvalued: accounts.flatMap(({ exchange, total }) => total.unvalued.map((asset) => ({ exchange, asset }))),
    stale: exchangesIn('stale'),
    missing: exchangesIn('lost', 'pending'),
  };
}

function sumOf(assets: readonly ValuedAsset[]): number {
  return assets.reduce((sum, { valueUsd }) => sum + (valueUsd ?? 0), 0);
}

function valueOf({ asset, total, free }: AssetBalance, exchange: ExchangeId, terms: ValuationTerms): Valuation {
  const amount = total ?? free;
  if (amount === null) return unvalued('no_amount', `${exchange} tells neither a total nor a free amount of ${asset}`);
  const market = marketOf(asset, exchange, terms);
  const path = pathToUsd(asset, market.price);
  if (!path) return unvalued(...whyNoPath(asset, market));
  return { valueUsd: Number(amount) * path.rate, priceUsd: path.rate, valuedBy: textOf(path), reason: null };
}

/** The books that may value one holding. */
interface HoldingMarket {
  readonly price: (from: string, pivot: string) => PricedStep<QuoteStep> | null;
  /** Watched symbols that the exchange in question lists for the asset, live or not. */
  readonly listed: readonly string[];
  /** Said of the exchange where no other may be asked; else empty. */
  readonly bound: string;
}

function marketOf(asset: string, exchange: ExchangeId, { quotes, sameEverywhere }: ValuationTerms): HoldingMarket {
  const isShared = sameEverywhere.has(asset);
  const isOwn = (other: ExchangeId): boolean => isShared || other === exchange;
  return {
    // What follows the first step is a stablecoin's own book, and that means the same on every exchange.
    price: (from, pivot) => quotes.price(from, pivot, from === asset ? isOwn : () => true),
    listed: usdSymbolsOf(asset).filter((symbol) => quotes.listedAt(symbol).some(isOwn)),
    bound: isShared ? '' : ` on ${exchange} (elsewhere the ticker may mean another asset)`,
  };
}

function textOf({ steps }: UsdPath<QuoteStep>): string {
  if (steps.length === 0) return 'USD itself';
  return steps.map(({ symbol, side, exchange }) => `${symbol} ${side} at ${exchange}`).join(' × ');
}

function unvalued(code: ReadingTrouble['code'], message: string): Valuation {
  return { valueUsd: null, priceUsd: null, valuedBy: null, reason: { code, message } };
}

function whyNoPath(asset: string, { price, listed, bound }: HoldingMarket): [string, string] {
  if (listed.length === 0) {
    const remedy = 'add one to the setting symbols, or by PUT /v1/symbols';
    return ['not_watched', `no watched symbol trades ${asset} for USD, USDT or USDC${bound}; ${remedy}`];
  }
  const joined = STABLECOINS.filter((pivot) => price(asset, pivot) !== null);
  if (joined.length === 0) return ['not_live', `no book of ${listed.join(', ')} is live now${bound}`];
  const wanted = joined.map((pivot) => `${pivot}/USD`).join(' or ');
  return ['no_usd_rate', `${asset} is traded for ${joined.join(', ')}, but no live book of ${wanted} tells its worth`];
}
