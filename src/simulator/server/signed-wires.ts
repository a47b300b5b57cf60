import type { AccountRegistry } from '../accounts/account-registry.js';
import { coinbaseSigned } from '../coinbase/coinbase-signed.js';
import { gateSigned } from '../gate/gate-signed.js';
import { kucoinSigned } from '../kucoin/kucoin-signed.js';
import { bitfinexSigned } from '../bitfinex/bitfinex-signed.js';
import { bitgetSigned } from '../bitget/bitget-signed.js';
import { htxSigned } from '../htx/htx-signed.js';
import { cryptocomSigned } from '../cryptocom/cryptocom-signed.js';
import { deribitSigned } from '../deribit/deribit-signed.js';
import { geminiSigned } from '../gemini/gemini-signed.js';
import { mexcSigned } from '../mexc/mexc-signed.js';
import { upbitSigned } from '../upbit/upbit-signed.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';

/** Answers an exchange's signed endpoints; null when the path is none of them. */
export type SignedWire = (request: RestRequest, market: ExchangeMarket, accounts: AccountRegistry) => RestReply | null;

/** The signed endpoints of exchanges whose wires play public market data alone; asked before the wire. */
export const SIGNED_WIRES: Readonly<Partial<Record<string, SignedWire>>> = {
  coinbase: coinbaseSigned,
  gate: gateSigned,
  kucoin: kucoinSigned,
  bitfinex: bitfinexSigned,
  bitget: bitgetSigned,
  htx: htxSigned,
  cryptocom: cryptocomSigned,
  deribit: deribitSigned,
  gemini: geminiSigned,
  mexc: mexcSigned,
  upbit: upbitSigned,
};
