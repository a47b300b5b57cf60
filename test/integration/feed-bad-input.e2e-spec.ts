import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { FeedApp } from '../support/feed-app.js';

let feed: FeedApp;

beforeAll(async () => {
  feed = await FeedApp.start();
});

afterEach(async () => {
  for (const client of feed.clients.splice(0)) await client.close();
});

afterAll(() => feed.stop());

/** Within the size of a message, and deeper than a recursive reader can follow. */
const nested = '['.repeat(32_000) + ']'.repeat(32_000);

describe('bad input', () => {
  const subscribe = { op: 'subscribe', id: 'x', channel: 'opportunities' };

  it.each([
    ['no JSON', '{"op":', { id: null, code: 'bad_json' }],
    ['an array', '[1]', { id: null, code: 'bad_message' }],
    ['null', 'null', { id: null, code: 'bad_message' }],
    ['a number', '7', { id: null, code: 'bad_message' }],
    ['a binary frame', Buffer.from('{"op":"ping"}'), { id: null, code: 'binary' }],
    ['nothing but brackets', nested, { id: null, code: 'bad_message' }],
    ['an op of brackets', `{"id":"x","op":${nested}}`, { id: 'x', code: 'unknown_op' }],
    [
      'a filter of brackets',
      `{"op":"subscribe","id":"x","channel":"opportunities","filter":${nested}}`,
      { id: 'x', code: 'bad_filter', message: 'filter must be an object, was object' },
    ],
    ['no op', { id: 'x' }, { id: 'x', code: 'unknown_op' }],
    ['an op of Object', { op: 'toString', id: 'x' }, { id: 'x', code: 'unknown_op' }],
    ['the name of an inner event', { op: 'fault', id: 'x' }, { id: 'x', code: 'unknown_op' }],
    ['an id that is no text', { op: 'ping', id: 7 }, { id: null, message: 'id must be a string, was 7' }],
    ['no id', { op: 'subscribe', channel: 'opportunities' }, { message: 'id must be a string, was nothing' }],
    ['an unknown channel', { ...subscribe, channel: 'opps' }, { id: 'x', code: 'unknown_channel' }],
    ['a mistyped field', { ...subscribe, filters: {} }, { id: 'x', code: 'bad_message' }],
    [
      'a filter that is no object',
      { ...subscribe, filter: 5 },
      { code: 'bad_filter', message: 'filter must be an object, was 5' },
    ],
    [
      'a figure as text',
      { ...subscribe, filter: { minNetBps: 'x' } },
      { id: 'x', code: 'bad_filter', message: 'minNetBps must be a number, was "x"' },
    ],
    ['a mistyped filter', { ...subscribe, filter: { minNetBsp: 5 } }, { code: 'bad_filter' }],
    ['a symbol in lower case', { ...subscribe, filter: { symbols: ['btc/usdt'] } }, { code: 'bad_filter' }],
    ['an empty list', { ...subscribe, filter: { exchanges: [] } }, { code: 'bad_filter' }],
    ['a window of nothing', { ...subscribe, mode: { conflateMs: 0 } }, { code: 'bad_mode' }],
    ['an unknown mode', { ...subscribe, mode: 'some' }, { code: 'bad_mode' }],
    ['a position that is no number', { ...subscribe, since: { epoch: 'e1', seq: '5' } }, { code: 'bad_since' }],
    ['an unknown subscription', { op: 'unsubscribe', id: 'x', sub: 'zz' }, { id: 'x', code: 'unknown_subscription' }],
  ])('is answered, and the connection lives: %s', async (_what, message, expected) => {
    const client = await feed.connect();
    expect(await client.ask(message, 'error')).toMatchObject({ type: 'error', ...expected });
    expect(await client.ask({ op: 'ping', id: 'p' }, 'pong')).toMatchObject({ id: 'p' });
  });

  it('does not repeat a token that stands in a message cut off', async () => {
    const client = await feed.connect();
    const { message } = await client.ask('{"op":"auth","token":"planted-token', 'error');
    expect(message).toBe('the message is not valid JSON, it has 35 characters');
  });

  it('names every wrong field of a filter with its value', async () => {
    const client = await feed.connect();
    const filter = { minNetBps: null, exchanges: ['OKX'], depth: 3 };
    const { message } = await client.ask({ ...subscribe, filter }, 'error');
    expect(message).toContain('minNetBps must be a number, was null');
    expect(message).toContain('exchanges[0] must be a ccxt id such as "okx", was "OKX"');
    expect(message).toContain('depth is not known here; known are symbols, exchanges, minNetBps, minNotional');
  });

  it('refuses an id twice and too many subscriptions', async () => {
    const client = await feed.connect();
    await client.subscribe({ id: 'x', channel: 'opportunities' });
    expect(await client.ask(subscribe, 'error')).toMatchObject({ code: 'duplicate_id' });
    for (let i = 1; i < 50; i += 1) client.say({ ...subscribe, id: `x${i}` });
    expect(await client.ask({ ...subscribe, id: 'last' }, 'error')).toMatchObject({ code: 'too_many_subscriptions' });
  });

  it('closes with 1009 what is longer than the limit', async () => {
    const client = await feed.connect();
    client.say({ op: 'ping', id: 'x'.repeat(70_000) });
    expect(await client.untilClosed()).toMatchObject({ code: 1009 });
    expect(feed.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  it('closes with 4400 a client that sends nothing else', async () => {
    const client = await feed.connect();
    for (let i = 0; i < 50; i += 1) client.say('{');
    expect(await client.untilClosed()).toMatchObject({ code: 4400 });
  });

  it('warns a client that sends too fast, and closes with 4429 one that goes on', async () => {
    const client = await feed.connect();
    for (let i = 0; i < 400; i += 1) client.say({ op: 'ping', id: 'p' });
    expect(await client.untilClosed()).toMatchObject({ code: 4429 });
    expect(client.messages.filter(({ code }) => code === 'too_many_requests')).toHaveLength(1);
  });
});

describe('the door', () => {
  const refusedUpgrade = (target: string, headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${feed.port}${target}`, { headers });
      socket.on('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0);
        socket.terminate();
      });
      socket.on('open', () => {
        reject(new Error('it opened'));
      });
      socket.on('error', () => undefined);
    });

  it.each([
    ['a page of a stranger', '/v1/stream', { Origin: 'https://evil.example' }, 403],
    ['a name of a stranger', '/v1/stream', { Host: 'evil.example' }, 403],
    ['a wrong token', '/v1/stream', { Authorization: 'Bearer nonsense' }, 401],
    ['another path', '/stream', {}, 404],
  ])('stays shut for %s', async (_who, target, headers, status) => {
    expect(await refusedUpgrade(target, headers)).toBe(status);
  });

  it('asks a token of whoever comes through a proxy', async () => {
    const client = await feed.connect({ 'X-Forwarded-For': '203.0.113.9' });
    const refused = await client.ask({ op: 'subscribe', id: 'x', channel: 'opportunities' }, 'error');
    expect(refused).toMatchObject({ code: 'unauthenticated' });
    await client.ask({ op: 'auth', token: feed.token }, 'authenticated');
    await client.subscribe({ id: 'x', channel: 'opportunities' });
  });
});
