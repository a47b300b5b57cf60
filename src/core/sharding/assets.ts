import type { ExchangeId } from '../market/instrument.js';
import { isMoney } from '../market/quote.js';
import { parseSymbol } from '../market/symbol.js';
import { tradedUnit } from '../market/traded-unit.js';

/**
 * Says under which asset a book is compared with others: detectors share the work out by it, so that every route has all its
 * books in one place.
 *
 * @param exchange - Where it is listed.
 * @param symbol - Unified symbol.
 * @returns Asset code without multiplier.
 */
export function assetOf(exchange: ExchangeId, symbol: string): string {
  return tradedUnit(exchange, parseSymbol(symbol)?.base ?? symbol).asset;
}

/**
 * @param exchanges - Those that are watched.
 * @param symbols - Likewise.
 * @returns Every asset that a detector may own.
 */
export function assetsOf(exchanges: readonly ExchangeId[], symbols: readonly string[]): Set<string> {
  return new Set(symbols.flatMap((symbol) => exchanges.map((exchange) => assetOf(exchange, symbol))));
}

/**
 * Names the assets whose books every detector needs beside its own: they convert quotes, or say what a quote is worth in USD.
 *
 * @param exchanges - Those that are watched.
 * @param symbols - Likewise.
 * @returns Asset codes.
 */
export function conversionAssets(exchanges: readonly ExchangeId[], symbols: readonly string[]): Set<string> {
  const quotes = new Set(symbols.map((symbol) => parseSymbol(symbol)?.quote ?? ''));
  return new Set([...assetsOf(exchanges, symbols)].filter((asset) => isMoney(asset) || quotes.has(asset)));
}
