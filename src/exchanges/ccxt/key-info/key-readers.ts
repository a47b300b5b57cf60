import { binanceKey } from './binance.key.js';
import { bitfinexKey } from './bitfinex.key.js';
import { bitgetKey } from './bitget.key.js';
import { bybitKey } from './bybit.key.js';
import { coinbaseKey } from './coinbase.key.js';
import { gateKey } from './gate.key.js';
import { htxKey } from './htx.key.js';
import { deribitKey } from './deribit.key.js';
import { geminiKey } from './gemini.key.js';
import { hyperliquidKey } from './hyperliquid.key.js';
import type { KeyReader } from './key-reader.js';
import { krakenKey } from './kraken.key.js';
import { kucoinKey } from './kucoin.key.js';
import { okxKey } from './okx.key.js';
import { upbitKey } from './upbit.key.js';

/** Exchanges that tell what a key may do; all others get the safe probe. */
export const KEY_READERS: Readonly<Record<string, KeyReader>> = {
  binance: binanceKey,
  bitfinex: bitfinexKey,
  bitget: bitgetKey,
  bybit: bybitKey,
  coinbase: coinbaseKey,
  gate: gateKey,
  htx: htxKey,
  deribit: deribitKey,
  gemini: geminiKey,
  hyperliquid: hyperliquidKey,
  kraken: krakenKey,
  kucoin: kucoinKey,
  okx: okxKey,
  upbit: upbitKey,
};
