import { binanceKey } from './binance.key.js';
import { bybitKey } from './bybit.key.js';
import type { KeyReader } from './key-reader.js';
import { krakenKey } from './kraken.key.js';
import { okxKey } from './okx.key.js';

/** Exchanges that tell what a key may do; all others get the safe probe. */
export const KEY_READERS: Readonly<Record<string, KeyReader>> = {
  binance: binanceKey,
  bybit: bybitKey,
  kraken: krakenKey,
  okx: okxKey,
};
