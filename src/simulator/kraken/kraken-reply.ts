import type { RestReply } from '../wire/exchange-wire.js';

/** A successful kraken answer. */
export function krakenOk(result: object): RestReply {
  return { status: 200, body: { error: [], result } };
}

/** An error as kraken answers it: HTTP 200 with a list of texts. */
export function krakenError(error: string): RestReply {
  return { status: 200, body: { error: [error] } };
}
