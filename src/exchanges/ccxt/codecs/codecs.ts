import { binanceCodec } from './binance.codec.js';
import { bitfinexCodec } from './bitfinex.codec.js';
import { bitgetCodec } from './bitget.codec.js';
import { bybitCodec } from './bybit.codec.js';
import type { CodecKind } from './codec.js';
import { coinbaseCodec } from './coinbase.codec.js';
import { cryptocomCodec } from './cryptocom.codec.js';
import { gateCodec } from './gate.codec.js';
import { htxCodec } from './htx.codec.js';
import { hyperliquidCodec } from './hyperliquid.codec.js';
import { krakenCodec } from './kraken.codec.js';
import { kucoinCodec } from './kucoin.codec.js';
import { mexcCodec } from './mexc.codec.js';
import { okxCodec } from './okx.codec.js';

/** Exchanges whose book frames are read and proven by a codec of their own; all others take the generic way. */
export const CODECS: Readonly<Record<string, CodecKind>> = {
  binance: binanceCodec,
  bitfinex: bitfinexCodec,
  bitget: bitgetCodec,
  bybit: bybitCodec,
  coinbase: coinbaseCodec,
  cryptocom: cryptocomCodec,
  gate: gateCodec,
  htx: htxCodec,
  hyperliquid: hyperliquidCodec,
  kraken: krakenCodec,
  kucoin: kucoinCodec,
  mexc: mexcCodec,
  okx: okxCodec,
};
