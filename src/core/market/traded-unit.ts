import type { ExchangeId } from './instrument.js';

/** What one unit of a symbol's base is. */
export interface TradedUnit {
  /** Asset code without multipliers: `PEPE` for `1000PEPE`. */
  readonly asset: string;
  /** Units of the asset in one unit of the base: 1000 for `1000PEPE`. */
  readonly unit: number;
}

const NUMBERED = /^(10{3,6})([A-Z][A-Z0-9]+)$/;
const MILLION = /^1M([A-Z][A-Z0-9]+)$/;
/** Hyperliquid writes a small `k` that ccxt raises; other tickers begin with K as well, so only these are meant. */
const HYPERLIQUID_THOUSANDS = /^[kK](PEPE|SHIB|BONK|FLOKI|LUNC|DOGS|NEIRO)$/;

/**
 * Takes the multiplier out of a ticker: exchanges list cheap coins by the thousand, so that prices keep their digits.
 *
 * A guess by the ticker alone, and therefore never a proof: the identity gate asks for one whatever this returns.
 *
 * @param exchange - Where it is listed.
 * @param base - Base of the symbol.
 * @returns Asset and multiplier; the base itself and 1 where it carries none.
 */
export function tradedUnit(exchange: ExchangeId, base: string): TradedUnit {
  const numbered = NUMBERED.exec(base);
  if (numbered) return { asset: numbered[2] as string, unit: Number(numbered[1]) };
  const million = MILLION.exec(base);
  if (million) return { asset: million[1] as string, unit: 1_000_000 };
  const thousand = exchange === 'hyperliquid' ? HYPERLIQUID_THOUSANDS.exec(base) : null;
  return thousand ? { asset: thousand[1] as string, unit: 1_000 } : { asset: base, unit: 1 };
}
