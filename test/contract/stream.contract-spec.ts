import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import type { FeedClient, Message } from '../support/feed-client.js';
import { waitFor } from '../support/wait-for.js';
import { AsyncDocument } from './async-document.js';
import { refusedUpgrade } from './refused-upgrade.js';
import { WatchedService } from './watched-service.js';

const HEARTBEAT_MS = 2_000;
/** The least that a client may be behind before it is closed; large enough for what a reading client is told at once. */
const BUFFER_BYTES = 1_048_576;
const CLIENTS = 24;

const service = new WatchedService();
const document = await AsyncDocument.read();
const { enum: channels } = document.api.components.schemas['ChannelName'] as { enum: string[] };
/** A filter that restricts as little as the channel allows, and one by exchange where it knows exchanges. */
function filtersOf(channel: string): { readonly widest: object; readonly narrow: object } {
  const { properties, required = [] } = document.filterOf(channel);
  const widest = required.includes('symbols') ? { symbols: ['BTC/USDT'] } : {};
  return { widest, narrow: { ...widest, ...('exchanges' in properties ? { exchanges: ['kraken'] } : {}) } };
}
/** Close codes that a client was told. */
const closings = new Set<number>();
let main: FeedClient;
let okxKey: string;

const ofChannel = (channel: string): { type: string; data: Record<string, unknown>[] }[] =>
  main.messages.filter((message) => message['channel'] === channel && Array.isArray(message['data'])) as never;
const updatesOf = (channel: string): Record<string, unknown>[] =>
  ofChannel(channel).flatMap(({ type, data }) => (type === 'update' ? data : []));

async function untilClosed(client: FeedClient, code: number): Promise<string> {
  const closed = await client.untilClosed(15_000);
  closings.add(closed.code);
  expect(closed.code).toBe(code);
  return closed.reason;
}

beforeAll(async () => {
  await service.start({
    CROSSBOOK_FEED_HEARTBEAT_MS: String(HEARTBEAT_MS),
    CROSSBOOK_FEED_MAX_CLIENTS: String(CLIENTS),
    CROSSBOOK_FEED_MAX_BUFFERED_BYTES: String(BUFFER_BYTES),
    CROSSBOOK_PORTFOLIO_READ_EVERY_MS: '1000',
    CROSSBOOK_SYMBOLS: 'BTC/USDT,ETH/USDT,SOL/USDT,XRP/USDT,ADA/USDT,DOGE/USDT,BTC/USDC,BTC/USD,USDT/USD,USDC/USDT',
  });
  main = await service.connect(service.bearer);
  for (const channel of channels) {
    const { widest } = filtersOf(channel);
    const { filter } = await main.ask({ op: 'subscribe', id: channel, channel, filter: widest }, 'subscribed');
    expect(filter).toEqual(widest);
  }
  okxKey = await service.storeKey('okx', 'to be deleted');
  await service.storeKey('kraken', 'to stay');
}, 90_000);

afterAll(() => service.remove(), 30_000);

describe('the channels', () => {
  it('are those that the service names', async () => {
    const { message } = await main.ask({ op: 'subscribe', id: 'x', channel: 'nothing' }, 'error');
    const named = /^channel must be one of (.*), was "nothing"$/.exec(String(message))?.[1]?.split(', ');
    expect(named?.sort()).toEqual([...channels].sort());
  });

  it('begin with a snapshot and go on with updates', async () => {
    for (const channel of channels) {
      await waitFor(`updates of ${channel}`, () => updatesOf(channel).length > 0, 40_000);
      expect(ofChannel(channel)[0]?.type).toBe('snapshot');
    }
  }, 90_000);

  it('tell each of their events', async () => {
    const eventsOf = (channel: string): Set<unknown> => new Set(updatesOf(channel).map(({ event }) => event));
    await waitFor('a whole life', () => eventsOf('opportunities').size === 3, 40_000);
    await waitFor('balances', () => updatesOf('portfolio').some(({ account }) => account !== undefined), 40_000);
    await service.owner('DELETE', `/v1/keys/${okxKey}`);
    await waitFor('the key gone', () => eventsOf('keys').size === 2);
    await waitFor('its account gone', () => eventsOf('portfolio').size === 2, 20_000);
    expect(updatesOf('portfolio').some(({ total }) => total !== undefined)).toBe(true);
  }, 120_000);

  it('show again what is alive to whoever comes later, by filter and conflated', async () => {
    const later = await service.connect(service.bearer);
    const mode = { conflateMs: 500 };
    const filters: Record<string, object> = {
      opportunities: { symbols: ['BTC/USDT'], exchanges: ['okx'], minNetBps: 1, minNotional: 10 },
      spreads: { exchanges: ['okx', 'kraken'], minNetBps: -1_000 },
      refusals: { reasons: ['below_threshold'] },
    };
    for (const channel of channels) {
      const filter = filters[channel] ?? filtersOf(channel).narrow;
      later.say({ op: 'subscribe', id: `later ${channel}`, channel, filter, mode });
      expect(await later.next('subscribed')).toMatchObject({ filter, mode });
      await later.next('snapshot');
    }
    expect(await later.ask({ op: 'list', id: 'l' }, 'subscriptions')).toHaveProperty('data.length', channels.length);
    expect(await later.next('update')).toHaveProperty('skipped');
    const [first = ''] = channels;
    await later.ask({ op: 'unsubscribe', id: 'u', sub: `later ${first}` }, 'unsubscribed');
  }, 30_000);

  it('are resumed, or begun anew with the reason', async () => {
    const again = await service.connect(service.bearer);
    const epoch = service.clients[0]?.messages[0]?.['epoch'];
    const newest = ofChannel('exchanges').at(-1) as unknown as { seq: number };
    again.say({ op: 'subscribe', id: 'on', channel: 'exchanges', since: { epoch, seq: newest.seq } });
    await again.next('subscribed');
    expect(await again.next('update')).toMatchObject({ sub: 'on', prevSeq: newest.seq });
    again.say({ op: 'subscribe', id: 'anew', channel: 'exchanges', since: { epoch: 'another', seq: 1 } });
    expect(await again.next('snapshot')).toMatchObject({ sub: 'anew', reason: 'resync' });
  });
});

describe('the messages of clients', () => {
  const base = { op: 'subscribe', id: 'm', channel: 'exchanges' };
  const cases: [object, string][] = [
    [{ op: 'ping' }, 'pong'],
    [{ op: 'ping', id: null }, 'pong'],
    [{ op: 'ping', id: '' }, 'bad_message'],
    [{ op: 'ping', id: 'x'.repeat(64) }, 'pong'],
    [{ op: 'ping', id: 'x'.repeat(65) }, 'bad_message'],
    [{ op: 'ping', more: 1 }, 'bad_message'],
    [{ op: 'list', id: 'l' }, 'subscriptions'],
    [{ op: 'list', id: 1 }, 'bad_message'],
    [{ op: 'unsubscribe', sub: 'm' }, 'unknown_subscription'],
    [{ op: 'unsubscribe' }, 'bad_message'],
    [{ op: 'unsubscribe', sub: 'x'.repeat(65) }, 'bad_message'],
    [{ op: 'auth' }, 'bad_message'],
    [{ op: 'auth', token: '' }, 'bad_message'],
    [{ op: 'auth', token: 'x'.repeat(513) }, 'bad_message'],
    [{ op: 'unknown' }, 'unknown_op'],
    [{ op: 'constructor' }, 'unknown_op'],
    [{}, 'unknown_op'],
    [base, 'subscribed'],
    [{ ...base, filter: null }, 'subscribed'],
    [{ ...base, filter: {} }, 'subscribed'],
    [{ ...base, filter: [] }, 'bad_filter'],
    [{ ...base, filter: { exchanges: [] } }, 'bad_filter'],
    [{ ...base, filter: { exchanges: ['OKX'] } }, 'bad_filter'],
    [{ ...base, filter: { exchanges: Array.from({ length: 200 }, (_, i) => `e${i}`) } }, 'subscribed'],
    [{ ...base, filter: { exchanges: Array.from({ length: 201 }, (_, i) => `e${i}`) } }, 'bad_filter'],
    [{ ...base, filter: { symbols: ['BTC/USDT'] } }, 'bad_filter'],
    [{ ...base, channel: 'spreads', filter: { symbols: ['BTC/USDT:USDT'], minNetBps: -1.5 } }, 'subscribed'],
    [{ ...base, channel: 'spreads', filter: { symbols: ['btc/usdt'] } }, 'bad_filter'],
    [{ ...base, channel: 'spreads', filter: { minNotional: 1 } }, 'bad_filter'],
    [{ ...base, channel: 'opportunities', filter: { minNotional: 0 } }, 'subscribed'],
    [{ ...base, channel: 'opportunities', filter: { minNotional: -1 } }, 'bad_filter'],
    [{ ...base, channel: 'opportunities', filter: { minNetBps: '5' } }, 'bad_filter'],
    [{ ...base, channel: 'refusals', filter: { reasons: ['too_thin', 'stale'] } }, 'subscribed'],
    [{ ...base, channel: 'refusals', filter: { reasons: ['thin'] } }, 'bad_filter'],
    [{ ...base, channel: 'portfolio', filter: { exchanges: ['okx'] } }, 'subscribed'],
    [{ ...base, channel: 'keys', filter: { labels: ['x'] } }, 'bad_filter'],
    [{ ...base, channel: 'Exchanges' }, 'unknown_channel'],
    [{ ...base, id: '' }, 'bad_message'],
    [{ op: 'subscribe', channel: 'exchanges' }, 'bad_message'],
    [{ ...base, mode: 'all' }, 'subscribed'],
    [{ ...base, mode: { conflateMs: 10 } }, 'subscribed'],
    [{ ...base, mode: { conflateMs: 60_000 } }, 'subscribed'],
    [{ ...base, mode: { conflateMs: 9 } }, 'bad_mode'],
    [{ ...base, mode: { conflateMs: 60_001 } }, 'bad_mode'],
    [{ ...base, mode: { conflateMs: 10.5 } }, 'bad_mode'],
    [{ ...base, mode: { conflateMs: 10, more: 1 } }, 'bad_mode'],
    [{ ...base, mode: null }, 'bad_mode'],
    [{ ...base, since: { epoch: 'e', seq: 0 } }, 'subscribed'],
    [{ ...base, since: { epoch: 'e', seq: -1 } }, 'bad_since'],
    [{ ...base, since: { epoch: 'e' } }, 'bad_since'],
    [{ ...base, since: { epoch: 'x'.repeat(65), seq: 1 } }, 'bad_since'],
    [{ ...base, since: null }, 'bad_since'],
  ];

  const ANSWERS = new Set(['pong', 'subscriptions', 'subscribed', 'unsubscribed', 'error']);

  it('are done where the document says that they may be sent, and refused where not', async () => {
    const client = await service.connect(service.bearer);
    await client.ask(base, 'subscribed');
    for (const [message, expected] of cases) {
      const from = client.messages.length;
      client.say(message);
      client.say({ op: 'unsubscribe', id: 'the end', sub: 'm' });
      const isEnd = ({ type, id }: Message): boolean => type !== 'update' && id === 'the end';
      await waitFor(`an answer to ${JSON.stringify(message).slice(0, 100)}`, () =>
        client.messages.slice(from).some(isEnd),
      );
      const answer = client.messages.slice(from).find(({ type }) => ANSWERS.has(type));
      const told = answer?.type === 'error' ? answer['code'] : answer?.type;
      const isGood = ['pong', 'subscriptions', 'unknown_subscription', 'subscribed'].includes(expected);
      expect([message, told, document.accepts(message as never)]).toEqual([message, expected, isGood]);
      // Faster than the allowance would be refused for that.
      await waitFor('room for two more messages', () => Date.now() >= Number(answer?.['sentAtMs']) + 110);
    }
  }, 60_000);

  it('are refused in the documented words where the state does not allow them', async () => {
    const client = await service.connect(service.bearer);
    const codeOf = async (message: unknown): Promise<unknown> => (await client.ask(message, 'error'))['code'];
    expect(await codeOf('{')).toBe('bad_json');
    expect(await codeOf('[]')).toBe('bad_message');
    expect(await codeOf(Buffer.from('{"op":"ping"}'))).toBe('binary');
    expect(await codeOf({ op: 'unsubscribe', sub: 'nothing' })).toBe('unknown_subscription');
    for (let i = 0; i < 50; i += 1) await client.ask({ ...base, id: String(i) }, 'subscribed');
    expect(await codeOf({ ...base, id: '7' })).toBe('duplicate_id');
    expect(await codeOf({ ...base, id: 'one more' })).toBe('too_many_subscriptions');
    const stranger = await service.connect();
    expect((await stranger.ask({ ...base, channel: 'keys' }, 'error'))['code']).toBe('unauthenticated');
    const { token } = await service.makeToken('of-the-market', ['feed']);
    await stranger.ask({ op: 'auth', token }, 'authenticated');
    expect((await stranger.ask({ ...base, channel: 'keys' }, 'error'))['code']).toBe('scope');
    await stranger.close();
  });
});

describe('the ends of a connection', () => {
  const open = (headers: Record<string, string> = {}): Promise<FeedClient> => service.connect(headers);
  const elsewhere = { 'X-Forwarded-For': '203.0.113.9' };

  it('have their documented codes', async () => {
    const clients = await Promise.all(Array.from({ length: 4 }, () => open()));
    const [large, wrong, malformed, fast] = clients as [FeedClient, FeedClient, FeedClient, FeedClient];
    large.say({ op: 'ping', id: 'x'.repeat(65_536) });
    await untilClosed(large, 1009);
    await wrong.ask({ op: 'auth', token: 'x'.repeat(43) }, 'error');
    await untilClosed(wrong, 4401);
    for (let i = 0; i < 50; i += 1) malformed.say('{');
    await untilClosed(malformed, 4400);
    for (let i = 0; i < 2_000 && fast.closed === null; i += 1) fast.say({ op: 'ping' });
    await untilClosed(fast, 4429);
    expect(fast.messages.some(({ code }) => code === 'too_many_requests')).toBe(true);
  }, 30_000);

  it('follow from what a token gives', async () => {
    const [useless, revoked] = await Promise.all([
      service.makeToken('of-the-past', ['history']),
      service.makeToken('to-be-revoked', ['feed']),
    ]);
    const holder = await open({ ...elsewhere, Authorization: `Bearer ${revoked.token}` });
    await service.owner('DELETE', `/v1/tokens/${revoked.id}`);
    expect(await untilClosed(holder, 4401)).toBe('the token to-be-revoked was revoked or has expired');
    const reader = await open(elsewhere);
    await reader.ask({ op: 'auth', token: useless.token }, 'authenticated');
    await untilClosed(reader, 4403);
    expect(await untilClosed(await open(elsewhere), 4401)).toBe('no token was shown');
  }, 30_000);

  it('come to those who break the protocol', async () => {
    const raw = (client: FeedClient): Socket => (client.socket as unknown as { _socket: Socket })._socket;
    const [unmasked, latin] = [await open(), await open()];
    raw(unmasked).write(Buffer.from([0x81, 0x02, 0x7b, 0x7d]));
    await untilClosed(unmasked, 1002);
    // A masked text frame of one byte that no UTF-8 has.
    raw(latin).write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]));
    await untilClosed(latin, 1007);
  });

  it('come to those who do not answer, or do not read', async () => {
    const mute = await service.connect({}, false);
    await untilClosed(mute, 4408);
    const slow = await open();
    const symbols = Array.from({ length: 600 }, (_, i) => `A${i}${'X'.repeat(60)}/USDT`);
    for (let i = 0; i < 5; i += 1) {
      await slow.ask({ op: 'subscribe', id: `s${i}`, channel: 'spreads', filter: { symbols } }, 'subscribed');
    }
    const { _socket: socket } = slow.socket as unknown as { _socket: Socket };
    socket.pause();
    const connected = (): Promise<number> => service.figure('crossbook_feed_clients');
    const before = await connected();
    for (let i = 0; i < 90; i += 1) slow.say({ op: 'list' });
    await waitFor('the slow one given up', async () => (await connected()) < before, 20_000);
    socket.resume();
    expect(await untilClosed(slow, 1008)).toMatch(/^slow: \d+ events and \d+ bytes behind, for \d+\.\d s$/);
  }, 40_000);

  it.each([
    ['a token that is not known', '/v1/stream', { Authorization: 'Bearer nonsense' }, 401, 'unauthenticated'],
    ['a header that holds no token', '/v1/stream', { Authorization: 'Basic eA==' }, 401, 'unauthenticated'],
    ['the name of a stranger', '/v1/stream', { Host: 'evil.example' }, 403, 'host_not_allowed'],
    ['a page of a stranger', '/v1/stream', { Origin: 'https://evil.example' }, 403, 'origin_not_allowed'],
    ['another path', '/v1/streams', {}, 404, 'not_found'],
  ])('come before the upgrade for %s', async (_what, target, headers, status, code) => {
    const refusal = await refusedUpgrade(service.port, target, headers);
    expect(refusal).toMatchObject({ status, json: { status, code, instance: '/v1/stream' } });
    expect(refusal.headers['content-type']).toBe('application/problem+json');
    expect(refusal.headers['x-request-id']).toBe(refusal.json['requestId']);
  });

  it('come before the upgrade where there is no room', async () => {
    const more: FeedClient[] = [];
    let refusal: unknown;
    for (let i = 0; i <= CLIENTS && refusal === undefined; i += 1) {
      try {
        more.push(await open());
      } catch {
        refusal = await refusedUpgrade(service.port, '/v1/stream', {});
      }
    }
    expect(refusal).toMatchObject({ status: 503, headers: { 'retry-after': '5' }, json: { code: 'too_many_clients' } });
    await Promise.all(more.map((client) => client.close()));
  });
});

describe('all that was said', () => {
  it('ends with a goodbye', async () => {
    await waitFor('silence filled', () =>
      service.clients.some((each) => each.messages.some(({ type }) => type === 'heartbeat')),
    );
    const stopping = service.stop();
    await main.next('closing');
    await untilClosed(main, 1012);
    await stopping;
  }, 30_000);

  it('is documented, every frame of it, and all that is documented was said', () => {
    const seen = new Map<string, number>();
    for (const message of service.clients.flatMap(({ messages }) => messages)) {
      const name = document.nameOf(message);
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(document.messagesOf('send'));
    expect([...closings].sort()).toEqual(document.closeCodes.sort());
    const codes = new Set(service.clients.flatMap(({ messages }) => messages.map(({ code }) => code)));
    // `internal` is a fault of ours: nothing that a client may do provokes it.
    expect(document.errorCodes.filter((code) => !codes.has(code))).toEqual(['internal']);
  });
});
