import { plainDecimal } from '../../../core/money/decimal-text.js';
import type { AssetBalance } from '../../../core/portfolio/account-reading.js';

const PARTS = ['free', 'used', 'total'] as const;

type Part = Readonly<Record<string, unknown>>;

/**
 * Reads all balances out of ccxt's answer.
 *
 * @param answer - What `fetchBalance` answered: `free`, `used` and `total`, each by unified code. An instance whose
 * `number` is `String` tells them digit by digit as the exchange did.
 * @returns By asset, empty ones among them; an amount is null where the answer does not tell it or it is no number.
 * @throws {Error} If the answer has an unknown shape.
 */
export function balancesIn(answer: unknown): ReadonlyMap<string, AssetBalance> {
  const [free, used, total] = PARTS.map((part) => partOf(answer, part)) as [Part | null, Part | null, Part | null];
  if (!free) throw new Error('the answer about balances has an unknown shape');
  const assets = new Set([free, used ?? {}, total ?? {}].flatMap((part) => Object.keys(part)));
  return new Map(
    [...assets].map((asset) => [
      asset,
      { asset, free: amountIn(free, asset), locked: amountIn(used, asset), total: amountIn(total, asset) },
    ]),
  );
}

/**
 * Tells what may be traded with at once.
 *
 * @param balances - All balances of an account.
 * @param assets - Unified codes that are wanted.
 * @returns The free amount of each; zero where the exchange does not name the asset, since exchanges leave out what is
 * empty; null where it names it without a free amount.
 */
export function freeIn(
  balances: ReadonlyMap<string, AssetBalance>,
  assets: Iterable<string>,
): ReadonlyMap<string, number | null> {
  const amounts = new Map<string, number | null>();
  for (const asset of assets) {
    const balance = balances.get(asset);
    if (!balance) amounts.set(asset, 0);
    else amounts.set(asset, balance.free === null ? null : Math.max(0, Number(balance.free)));
  }
  return amounts;
}

function partOf(answer: unknown, name: string): Part | null {
  const part: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : null;
  return typeof part === 'object' && part !== null ? (part as Part) : null;
}

function amountIn(part: Part | null, asset: string): string | null {
  const amount: unknown = part && Object.hasOwn(part, asset) ? part[asset] : null;
  return typeof amount === 'string' || typeof amount === 'number' ? plainDecimal(String(amount)) : null;
}
