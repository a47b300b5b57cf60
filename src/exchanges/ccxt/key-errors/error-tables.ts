import { binanceErrors } from './binance.errors.js';
import { bitfinexErrors } from './bitfinex.errors.js';
import { bitgetErrors } from './bitget.errors.js';
import { bybitErrors } from './bybit.errors.js';
import { coinbaseErrors } from './coinbase.errors.js';
import { cryptocomErrors } from './cryptocom.errors.js';
import { deribitErrors } from './deribit.errors.js';
import type { ErrorTable } from './error-table.js';
import { gateErrors } from './gate.errors.js';
import { geminiErrors } from './gemini.errors.js';
import { htxErrors } from './htx.errors.js';
import { krakenErrors } from './kraken.errors.js';
import { kucoinErrors } from './kucoin.errors.js';
import { mexcErrors } from './mexc.errors.js';
import { okxErrors } from './okx.errors.js';
import { upbitErrors } from './upbit.errors.js';

/** What the raw codes of each exchange mean for a key, by ccxt id. */
export const ERROR_TABLES: Readonly<Record<string, ErrorTable>> = {
  binance: binanceErrors,
  bitfinex: bitfinexErrors,
  bitget: bitgetErrors,
  bybit: bybitErrors,
  coinbase: coinbaseErrors,
  cryptocom: cryptocomErrors,
  deribit: deribitErrors,
  gate: gateErrors,
  gemini: geminiErrors,
  htx: htxErrors,
  kraken: krakenErrors,
  kucoin: kucoinErrors,
  mexc: mexcErrors,
  okx: okxErrors,
  upbit: upbitErrors,
};
