import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { okxBreaks, okxFeed, okxUpdates } from '../../test/support/okx-feed.js';
import { WireClient } from '../../test/support/wire-client.js';
import { startSimulator, type Simulator } from './simulator.js';

describe('faults of frames and sockets', () => {
  let simulator: Simulator;
  let client: WireClient;
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, symbols: ['BTC/USDT', 'ETH/USDT'], tickMs: 20 });
    client = await okxFeed(simulator.url);
  });
  afterEach(async () => {
    client.close();
    await simulator.close();
  });
  const numbers = (): readonly number[] => okxUpdates(client, 'BTC-USDT').map(({ seqId }) => seqId);
  const more = async (count: number, instId = 'BTC-USDT'): Promise<void> => {
    const wanted = okxUpdates(client, instId).length + count;
    await client.until(() => okxUpdates(client, instId).length >= wanted, `${count} more of ${instId}`);
  };

  it('duplicate sends a frame twice', async () => {
    simulator.injectFault({ exchange: 'okx', symbol: 'BTC/USDT', fault: 'duplicate', count: 2 });
    const twice = (): number => numbers().filter((seqId, index, all) => seqId === all[index - 1]).length;
    await client.until(() => twice() === 2, 'two doubles');
    await more(3);
    expect(twice()).toBe(2);
    expect(okxBreaks(client, 'ETH-USDT')).toBe(0);
  });

  it('reorder lets a frame and the next one change places', async () => {
    simulator.injectFault({ exchange: 'okx', symbol: 'BTC/USDT', fault: 'reorder', count: 2 });
    const back = (): number => numbers().filter((seqId, index, all) => seqId < (all[index - 1] ?? 0)).length;
    await client.until(() => back() === 2, 'two swaps');
    await more(3);
    expect(back()).toBe(2);
    // Nothing is missing: in order of their numbers each continues the one before.
    const sorted = [...okxUpdates(client, 'BTC-USDT')].sort((a, b) => a.seqId - b.seqId);
    expect(sorted.every((update, index) => index === 0 || update.prevSeqId === sorted[index - 1]?.seqId)).toBe(true);
    expect(okxBreaks(client, 'ETH-USDT')).toBe(0);
  });

  it('delay holds the frames of a symbol and lets them go in order, while others go on', async () => {
    await more(1);
    const before = numbers().length;
    simulator.injectFault({ exchange: 'okx', symbol: 'BTC/USDT', fault: 'delay', durationMs: 60_000 });
    await more(10, 'ETH-USDT');
    expect(numbers().length).toBeLessThanOrEqual(before + 1);
    simulator.injectFault({ exchange: 'okx', fault: 'clear' });
    await client.until(() => numbers().length > before + 9, 'what was held');
    expect(okxBreaks(client, 'BTC-USDT')).toBe(0);
  });

  it('delay makes every frame late by the same time', async () => {
    simulator.injectFault({ exchange: 'okx', fault: 'delay', delayMs: 300, durationMs: 60_000 });
    await more(5);
    const mark = okxUpdates(client, 'BTC-USDT').length;
    await more(5);
    const late = Date.now() - Number(okxUpdates(client, 'BTC-USDT')[mark]?.ts);
    expect(late).toBeGreaterThanOrEqual(300);
    expect(okxBreaks(client, 'BTC-USDT')).toBe(0);
  });

  it('what is held back does not follow a snapshot that tells more', async () => {
    simulator.injectFault({ exchange: 'okx', symbol: 'BTC/USDT', fault: 'delay', durationMs: 60_000 });
    await more(5, 'ETH-USDT');
    client.send({ op: 'subscribe', args: [{ channel: 'books', instId: 'BTC-USDT' }] });
    const mark = client.frames.length;
    const { json } = await client.frame((frame) => frame.json?.['action'] === 'snapshot', 'the snapshot', mark);
    const [{ seqId }] = json?.['data'] as [{ seqId: number }];
    await more(5, 'ETH-USDT');
    simulator.injectFault({ exchange: 'okx', fault: 'clear' });
    await client.until(() => (numbers().at(-1) ?? 0) > seqId, 'the updates after it');
    expect(okxUpdates(client, 'BTC-USDT').find((update) => update.seqId > seqId)?.prevSeqId).toBe(seqId);
  });

  it('counted frames of a connection stay counted through every fault', async () => {
    const coinbase = await WireClient.connect(`${simulator.url.replace('http', 'ws')}/advanced-trade-ws.coinbase.com`);
    const sequence = (): readonly number[] => coinbase.frames.map(({ json }) => json?.['sequence_num'] as number);
    const step = (): readonly number[] =>
      sequence().map((number, index, all) => (index === 0 ? 1 : number - (all[index - 1] ?? 0)));
    coinbase.send({ type: 'subscribe', product_ids: ['BTC-USDT', 'ETH-USDT'], channel: 'level2' });
    await coinbase.until(() => sequence().length > 10, 'frames');
    simulator.injectFault({ exchange: 'coinbase', symbol: 'BTC/USDT', fault: 'delay', delayMs: 100, durationMs: 300 });
    await coinbase.until(() => sequence().length > 60, 'late frames');
    expect(step().every((by) => by === 1)).toBe(true);
    simulator.injectFault({ exchange: 'coinbase', symbol: 'BTC/USDT', fault: 'duplicate' });
    await coinbase.until(() => step().includes(0), 'a number twice');
    simulator.injectFault({ exchange: 'coinbase', symbol: 'BTC/USDT', fault: 'drop', count: 3 });
    await coinbase.until(() => step().filter((by) => by === 2).length === 3, 'three numbers that are missing');
    expect(new Set(step())).toEqual(new Set([0, 1, 2]));
    coinbase.close();
  }, 20_000);

  it('stall keeps the socket open, answers nothing, not even a ping, and goes on afterwards', async () => {
    await more(1);
    simulator.injectFault({ exchange: 'okx', fault: 'stall', durationMs: 60_000 });
    const other = await okxFeed(simulator.url);
    const mark = client.frames.length;
    client.send('ping');
    client.ping();
    await other.until(() => okxUpdates(other, 'BTC-USDT').length > 15, 'a new connection that works');
    expect(client.frames.length - mark).toBeLessThanOrEqual(2);
    expect([client.isClosed, client.pongs]).toEqual([false, 0]);
    simulator.injectFault({ exchange: 'okx', fault: 'clear' });
    await client.until(() => client.pongs === 1, 'the pong of the protocol');
    await client.frame(({ text }) => text === 'pong', 'the pong', mark);
    await client.until(() => okxBreaks(client, 'BTC-USDT') === 1, 'the gap of what was lost');
    other.close();
  });

  it('kill and stall can be limited to those who listen to a symbol', async () => {
    const other = await WireClient.connect(`${simulator.url.replace('http', 'ws')}/ws.okx.com:8443/ws/v5/public`);
    other.send({ op: 'subscribe', args: [{ channel: 'books', instId: 'ETH-USDT' }] });
    await other.until(() => okxUpdates(other, 'ETH-USDT').length > 2, 'updates');
    simulator.injectFault({ exchange: 'okx', symbol: 'BTC/USDT', fault: 'kill' });
    await client.until(() => client.isClosed, 'the end of the socket');
    const seen = okxUpdates(other, 'ETH-USDT').length;
    await other.until(() => okxUpdates(other, 'ETH-USDT').length > seen + 2, 'updates that go on');
    other.close();
  });
});
