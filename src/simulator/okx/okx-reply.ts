import type { RestReply } from '../wire/exchange-wire.js';

/** A successful okx answer. */
export function okxOk(data: readonly unknown[]): RestReply {
  return { status: 200, body: { code: '0', data, msg: '' } };
}

/** An error as okx answers it. */
export function okxError(status: number, code: string, msg: string): RestReply {
  return { status, body: { msg, code } };
}
