import type { ForeignExchange } from './foreign-exchange.js';
import { Binance } from './wires/binance.js';
import { Bitfinex } from './wires/bitfinex.js';
import { Bitget } from './wires/bitget.js';
import { Bybit } from './wires/bybit.js';
import { Coinbase } from './wires/coinbase.js';
import { Cryptocom } from './wires/cryptocom.js';
import { Gate } from './wires/gate.js';
import { Htx } from './wires/htx.js';
import { Hyperliquid } from './wires/hyperliquid.js';
import { Kraken } from './wires/kraken.js';
import { Kucoin } from './wires/kucoin.js';
import { Mexc } from './wires/mexc.js';
import { Okx } from './wires/okx.js';

/** Every exchange that is played, made anew. */
export function foreignExchanges(): ForeignExchange[] {
  return [
    new Binance(),
    new Okx(),
    new Bybit(),
    new Kraken(),
    new Coinbase(),
    new Kucoin(),
    new Gate(),
    new Bitget(),
    new Htx(),
    new Mexc(),
    new Bitfinex(),
    new Cryptocom(),
    new Hyperliquid(),
  ];
}
