import { callEndpoint, type CcxtExchange, type CcxtMarket } from '../instance/ccxt-instance.js';

/** Taker fees by unified symbol, as shares of the notional. */
export type TakerShares = Readonly<Record<string, number>>;

/** Reads the account's taker fees of many markets at once. */
export type FeeReader = (keyed: CcxtExchange, markets: readonly CcxtMarket[]) => Promise<TakerShares>;

/** Pairs in one question; the answer names each of them. */
const KRAKEN_PAIRS_PER_CALL = 50;

function shares(markets: readonly CcxtMarket[], byId: ReadonlyMap<string, number>): TakerShares {
  const found = markets.flatMap(({ id, symbol }) => {
    const taker = byId.get(id);
    return taker === undefined || !Number.isFinite(taker) ? [] : [[symbol, taker] as const];
  });
  return Object.fromEntries(found);
}

/**
 * kraken: TradeVolume takes a list of pairs and answers percents by pair, and each call costs three seconds of its
 * limit (https://docs.kraken.com/api/docs/rest-api/get-trade-volume).
 */
const krakenFees: FeeReader = async (keyed, markets) => {
  const byId = new Map<string, number>();
  for (let from = 0; from < markets.length; from += KRAKEN_PAIRS_PER_CALL) {
    const pair = markets
      .slice(from, from + KRAKEN_PAIRS_PER_CALL)
      .map(({ id }) => id)
      .join(',');
    const answer = (await callEndpoint(keyed, 'privatePostTradeVolume', { pair })) as {
      readonly result?: { readonly fees?: Readonly<Record<string, { readonly fee?: unknown }>> };
    };
    for (const [id, row] of Object.entries(answer.result?.fees ?? {})) byId.set(id, Number(row.fee) / 100);
  }
  return shares(markets, byId);
};

/**
 * bybit: the fee rate without a symbol answers for every spot market, as shares
 * (https://bybit-exchange.github.io/docs/v5/account/fee-rate).
 */
const bybitFees: FeeReader = async (keyed, markets) => {
  const answer = (await callEndpoint(keyed, 'privateGetV5AccountFeeRate', { category: 'spot' })) as {
    readonly result?: { readonly list?: readonly { readonly symbol?: string; readonly takerFeeRate?: unknown }[] };
  };
  const rows = answer.result?.list ?? [];
  return shares(markets, new Map(rows.map((row) => [row.symbol ?? '', Number(row.takerFeeRate)])));
};

/**
 * bitget: ccxt's list of all fees is the public one unless the account is a unified one; market by market it is the
 * account's own for both kinds (https://www.bitget.com/api-doc/common/public/Get-Trade-Rate).
 */
const bitgetFees: FeeReader = async (keyed, markets) => {
  const found: Record<string, number> = {};
  for (const { symbol } of markets) {
    const { taker } = await keyed.fetchTradingFee(symbol);
    if (taker !== undefined && Number.isFinite(taker)) found[symbol] = taker;
  }
  return found;
};

/** Exchanges that tell many fees in one call where ccxt asks for each market alone, or not for the account's own. */
export const FEE_READERS: Readonly<Record<string, FeeReader>> = {
  bitget: bitgetFees,
  bybit: bybitFees,
  kraken: krakenFees,
};
