/** How wide candles are kept, narrowest first; each is made of the one before. */
export const CANDLE_WIDTHS = ['1s', '1m', '5m', '1h', '1d'] as const;

/** One of {@link CANDLE_WIDTHS}. */
export type CandleWidth = (typeof CANDLE_WIDTHS)[number];

/** Milliseconds of each width. */
export const WIDTH_MS: Readonly<Record<CandleWidth, number>> = {
  '1s': 1_000,
  '1m': 60_000,
  '5m': 300_000,
  '1h': 3_600_000,
  '1d': 86_400_000,
};

/** Names the table of a width; never made of anything from outside. */
export function candleTable<const W extends CandleWidth>(width: W): `spread_candles_${W}` {
  return `spread_candles_${width}`;
}

/** The start of the candle in which a moment lies, epoch ms. */
export function candleStart(width: CandleWidth, atMs: number): number {
  return Math.floor(atMs / WIDTH_MS[width]) * WIDTH_MS[width];
}
