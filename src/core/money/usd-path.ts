/** Stablecoins through which a rate may pass, best first; each is worth what its own book says. */
export const STABLECOINS = ['USDT', 'USDC'] as const;
/** Assets in which an asset is looked for, best first. */
const PIVOTS = ['USD', ...STABLECOINS] as const;
/** Books on the way at most: the asset in a pivot, and that pivot in USD. */
const DEPTH = 2;

/** What one book makes of an asset. */
export interface PricedStep<S> {
  /** Units of the pivot per unit of the asset. */
  readonly perUnit: number;
  /** Whatever says which book that was. */
  readonly step: S;
}

/** How an asset becomes USD. */
export interface UsdPath<S> {
  /** USD per unit of the asset. */
  readonly rate: number;
  /** The books on the way, the asset's own first; none for USD itself. */
  readonly steps: readonly S[];
}

/**
 * Finds the way from an asset to USD through books alone and never through an assumed 1.0: straight, else through one
 * stablecoin.
 *
 * @param asset - Asset code.
 * @param price - What a book makes of one asset in another; null where none does.
 * @returns The first way that is whole; null where there is none.
 */
export function pathToUsd<S>(
  asset: string,
  price: (asset: string, pivot: string) => PricedStep<S> | null,
): UsdPath<S> | null {
  return pathWithin(asset, price, DEPTH);
}

function pathWithin<S>(
  asset: string,
  price: (asset: string, pivot: string) => PricedStep<S> | null,
  depth: number,
): UsdPath<S> | null {
  if (asset === 'USD') return { rate: 1, steps: [] };
  if (depth === 0) return null;
  for (const pivot of PIVOTS) {
    const priced = pivot === asset ? null : price(asset, pivot);
    const onward = priced && pathWithin(pivot, price, depth - 1);
    if (onward) return { rate: priced.perUnit * onward.rate, steps: [priced.step, ...onward.steps] };
  }
  return null;
}

/**
 * Names the symbols whose books may take part in the way of an asset's own first step.
 *
 * @param asset - Asset code.
 * @returns Unified symbols, either way round.
 */
export function usdSymbolsOf(asset: string): readonly string[] {
  return PIVOTS.flatMap((pivot) => (pivot === asset ? [] : [`${asset}/${pivot}`, `${pivot}/${asset}`]));
}
