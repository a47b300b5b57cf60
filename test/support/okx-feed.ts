import { WireClient } from './wire-client.js';

/** An update as okx numbers it. */
export interface OkxUpdate {
  readonly seqId: number;
  readonly prevSeqId: number;
  readonly bids: readonly (readonly string[])[];
  readonly asks: readonly (readonly string[])[];
  readonly ts: string;
}

/** Connects to the simulated okx, subscribes to the books of BTC and ETH, and waits until they move. */
export async function okxFeed(simulatorUrl: string): Promise<WireClient> {
  const client = await WireClient.connect(`${simulatorUrl.replace('http', 'ws')}/ws.okx.com:8443/ws/v5/public`);
  const args = ['BTC-USDT', 'ETH-USDT'].map((instId) => ({ channel: 'books', instId }));
  client.send({ op: 'subscribe', args });
  await client.until(() => okxUpdates(client, 'BTC-USDT').length > 2, 'updates');
  return client;
}

/** The updates of one instrument, in the order in which they came. */
export function okxUpdates(client: WireClient, instId: string): readonly OkxUpdate[] {
  return client.frames
    .filter(({ json }) => json?.['action'] === 'update' && (json['arg'] as { instId: string }).instId === instId)
    .map(({ json }) => (json?.['data'] as [OkxUpdate])[0]);
}

/** Updates that do not continue the one before them. */
export function okxBreaks(client: WireClient, instId: string): number {
  const updates = okxUpdates(client, instId);
  return updates.filter((update, index) => index > 0 && update.prevSeqId !== updates[index - 1]?.seqId).length;
}
