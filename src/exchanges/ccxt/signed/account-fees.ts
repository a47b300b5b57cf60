import type { CcxtExchange } from '../instance/ccxt-instance.js';
import { isNotSupported } from '../key-errors/classify.js';
import { FEE_READERS, type TakerShares } from './fee-readers.js';
import type { ReadingPlan } from './signed-reading.js';

/** Who is told of the account's fees. */
export interface FeeListener {
  /** Gives the symbols that are listed now. */
  readonly symbols: () => readonly string[];
  /** Told the account's fee of a symbol, as a share of the notional. */
  readonly found: (symbol: string, taker: number) => void;
  /** Told that no key speaks for the account any more. */
  readonly lost: () => void;
}

const EVERY_MS = 3_600_000;

/** Plans the reading of the account's own taker fees. */
export function accountFees({ symbols, found, lost }: FeeListener): ReadingPlan {
  return {
    purpose: 'fees',
    what: 'account fees',
    everyMs: EVERY_MS,
    keepsSigning: false,
    lost,
    ask: async (keyed, isCurrent) => {
      const fees = await askAll(keyed, symbols());
      for (const symbol of symbols()) {
        let taker = fees[symbol];
        if (taker === undefined && keyed.has['fetchTradingFee'] === true) {
          taker = (await keyed.fetchTradingFee(symbol)).taker;
        }
        if (!isCurrent()) return;
        if (taker !== undefined && Number.isFinite(taker)) found(symbol, taker);
      }
    },
  };
}

async function askAll(keyed: CcxtExchange, symbols: readonly string[]): Promise<TakerShares> {
  const reader = FEE_READERS[keyed.id];
  if (reader) {
    const markets = Object.values(await keyed.loadMarkets());
    return reader(
      keyed,
      markets.filter(({ symbol }) => symbols.includes(symbol)),
    );
  }
  if (keyed.has['fetchTradingFees'] !== true) return {};
  try {
    const fees = await keyed.fetchTradingFees();
    return Object.fromEntries(
      Object.entries(fees).flatMap(([symbol, { taker }]) => (taker === undefined ? [] : [[symbol, taker]])),
    );
  } catch (error) {
    // Some answer for all markets of a kind only one by one.
    if (isNotSupported(error)) return {};
    throw error;
  }
}
