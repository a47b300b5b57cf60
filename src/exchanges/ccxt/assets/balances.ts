/**
 * Reads what may be traded with out of ccxt's answer about balances.
 *
 * @param balance - What `fetchBalance` answered: `free` by unified code.
 * @param assets - Unified codes that are wanted.
 * @returns The free amount of each; zero where the answer does not name the asset, since exchanges leave out what is
 * empty; null where it names it without a free amount.
 * @throws {Error} If the answer has an unknown shape.
 */
export function freeIn(balance: unknown, assets: Iterable<string>): ReadonlyMap<string, number | null> {
  const free: unknown = typeof balance === 'object' && balance !== null && 'free' in balance ? balance.free : null;
  if (typeof free !== 'object' || free === null) throw new Error('the answer about balances has an unknown shape');
  const amounts = new Map<string, number | null>();
  for (const asset of assets) {
    if (!Object.hasOwn(free, asset)) {
      amounts.set(asset, 0);
      continue;
    }
    const amount: unknown = (free as Readonly<Record<string, unknown>>)[asset];
    amounts.set(asset, typeof amount === 'number' && Number.isFinite(amount) ? Math.max(0, amount) : null);
  }
  return amounts;
}
