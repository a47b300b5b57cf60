import type { RestReply } from '../wire/exchange-wire.js';

/** An error as binance answers it. */
export function binanceError(status: number, code: number, msg: string): RestReply {
  return { status, body: { code, msg } };
}
