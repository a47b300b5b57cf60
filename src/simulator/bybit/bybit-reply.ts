import type { RestReply, RestRequest } from '../wire/exchange-wire.js';

/** The envelope of every bybit answer; errors come with HTTP 200. */
export function bybitReply(request: RestRequest, retCode: number, retMsg: string, result: object = {}): RestReply {
  return { status: 200, body: { retCode, retMsg, result, retExtInfo: {}, time: Math.floor(request.nowMs) } };
}
