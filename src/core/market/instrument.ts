/** A place to trade, by its ccxt id (`binance`, `okx`). */
export type ExchangeId = string;

/** One order book in the world: an exchange and the full ccxt symbol on it (`BTC/USDT`, `BTC/USDT:USDT`). */
export interface Instrument {
  readonly exchange: ExchangeId;
  readonly symbol: string;
}

/** Stable text of an instrument, `exchange:symbol`; ccxt ids hold no colon, so the first one divides. */
export type InstrumentKey = string;

/**
 * Returns the stable text under which live state of an instrument is kept.
 *
 * @param instrument - The instrument.
 * @returns `exchange:symbol`, for example `okx:BTC/USDT`.
 */
export function instrumentKey(instrument: Instrument): InstrumentKey {
  return `${instrument.exchange}:${instrument.symbol}`;
}
