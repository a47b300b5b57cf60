import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FollowedBook, WireClient } from '../../../test/support/wire-client.js';
import { startSimulator, type Simulator } from '../simulator.js';

interface Result {
  readonly t: number;
  readonly full?: boolean;
  readonly s: string;
  readonly U?: number;
  readonly u: number;
  readonly b?: [string, string][];
  readonly a?: [string, string][];
}

describe('gate on the wire', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 6, symbols: ['BTC/USDT', 'ETH/USDT'], tickMs: 20 });
  });
  afterAll(() => simulator.close());

  const socket = (): Promise<WireClient> =>
    WireClient.connect(`${simulator.url.replace('http', 'ws')}/api.gateio.ws/ws/v4/`);
  const resultsOf = (client: WireClient, stream: string): Result[] =>
    client.frames.flatMap(({ json }) => {
      const result = json?.['result'] as Result | undefined;
      return json?.['event'] === 'update' && result?.s === stream ? [result] : [];
    });
  const request = (event: string, ...payload: string[]): object => ({
    ...{ time: 1_700_000_000, id: 7, channel: 'spot.obu', event, payload },
  });

  it.each([50, 400])('keeps a subscriber of %i levels true through an unbroken chain of numbers', async (depth) => {
    const client = await socket();
    const stream = `ob.BTC_USDT.${depth}`;
    client.send(request('subscribe', stream));
    await client.until(() => resultsOf(client, stream).length >= 40, 'forty frames');
    client.close();
    const results = resultsOf(client, stream);
    const book = new FollowedBook();
    for (const [index, result] of results.entries()) {
      expect(result.full).toBe(index === 0 ? true : undefined);
      expect(result.U).toBe(index === 0 ? undefined : results[index - 1]!.u + 1);
      book.apply('bids', result.b ?? []);
      book.apply('asks', result.a ?? []);
    }
    const truth = simulator.book('gate', 'BTC/USDT', results.at(-1)!.u);
    expect(book.top('bids', 999)).toEqual(truth?.bids.slice(0, depth));
    expect(book.top('asks', 999)).toEqual(truth?.asks.slice(0, depth));
  });

  it('sends the full book before the acknowledgement, refuses a second one, stops after unsubscribe', async () => {
    const client = await socket();
    const [own, other] = ['ob.ETH_USDT.50', 'ob.BTC_USDT.50'] as const;
    client.send(request('subscribe', own));
    const answer = await client.frame(({ json }) => json?.['event'] === 'subscribe', 'the acknowledgement');
    expect(answer.json).toMatchObject({ id: 7, channel: 'spot.obu', payload: [own], result: { status: 'success' } });
    expect((client.frames[0]?.json?.['result'] as Result).full).toBe(true);
    client.send(request('subscribe', own));
    const refusal = await client.frame(({ json }) => json?.['error'] !== undefined, 'the refusal');
    expect(refusal.json).toMatchObject({ error: { code: 2, message: `Alert sub ${own}` }, result: { status: 'fail' } });
    client.send(request('unsubscribe', own));
    const left = await client.frame(({ json }) => json?.['event'] === 'unsubscribe', 'the second acknowledgement');
    const mark = client.frames.indexOf(left);
    client.send(request('subscribe', other));
    await client.until(() => resultsOf(client, other).length > 3, 'frames of the other');
    expect(client.frames.slice(mark).some(({ text }) => text.includes('ETH_USDT.50","u"'))).toBe(false);
    client.close();
  });

  it('answers pings, and refuses pairs, channels and events that do not exist', async () => {
    const client = await socket();
    const answer = async (message: object): Promise<unknown> => {
      const mark = client.frames.length;
      client.send(message);
      const { json } = await client.frame(() => true, 'an answer', mark);
      return (json?.['error'] as { message?: unknown } | undefined)?.message ?? json?.['channel'];
    };
    expect(await answer({ time: 1, channel: 'spot.ping' })).toBe('spot.pong');
    expect(await answer(request('subscribe', 'ob.NO_PE.50'))).toBe('unknown currency pair: NO_PE');
    expect(await answer(request('subscribe', 'ob.BTC_USDT.7'))).toBe('unknown currency pair: ob.BTC_USDT.7');
    expect(await answer(request('subscribe'))).toBe('invalid payload');
    expect(await answer(request('nope'))).toBe('unknown event nope');
    expect(await answer({ channel: 'nope' })).toBe('unknown channel nope');
    client.close();
  });

  it('tells pairs, one pair and the book over REST', async () => {
    const get = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
      const response = await fetch(`${simulator.url}/api.gateio.ws/api/v4${path}`);
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    expect((await get('/spot/currency_pairs')).body).toMatchObject([
      { id: 'BTC_USDT', fee: '0.2' },
      { id: 'ETH_USDT' },
    ]);
    expect((await get('/spot/currency_pairs/ETH_USDT')).body).toMatchObject({ amount_precision: 4, precision: 2 });
    expect((await get('/futures/usdt/contracts')).body).toEqual([]);
    const { body } = await get('/spot/order_book?currency_pair=BTC_USDT&limit=3&with_id=true');
    expect(body).toMatchObject({ id: simulator.book('gate', 'BTC/USDT')?.sequence });
    expect(body['bids']).toHaveLength(3);
    for (const path of ['/spot/order_book?currency_pair=NO_PE', '/spot/currency_pairs/NO_PE']) {
      expect(await get(path)).toMatchObject({ status: 400, body: { label: 'INVALID_CURRENCY_PAIR' } });
    }
    expect((await get('/nope')).status).toBe(404);
  });
});
