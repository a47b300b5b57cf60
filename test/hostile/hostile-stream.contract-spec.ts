import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { AsyncDocument } from '../contract/async-document.js';
import { WatchedService } from '../contract/watched-service.js';
import type { FeedClient, Message } from '../support/feed-client.js';
import { SecretHunt } from '../support/secret-hunt.js';
import { waitFor } from '../support/wait-for.js';
import { Attacker } from './attacker.js';
import { HonestClient } from './honest-client.js';
import { memoryOf } from './memory.js';

const service = new WatchedService();
const attacker = new Attacker(service);
const document = await AsyncDocument.read();
const hunt = new SecretHunt();
let honest: HonestClient;
let before: Awaited<ReturnType<typeof memoryOf>>;

const TEXT = 0x81;

const CLOSE = 0x88;
const PING = 0x89;
const PONG = 0x8a;

/** A frame of a client as RFC 6455 writes it; masked with zeros, so that what is sent is what stands here. */
function frame(head: number, payload: Buffer | string): Buffer {
  const body = Buffer.from(payload);
  const size = body.length;
  const length =
    size < 126
      ? Buffer.from([0x80 | size])
      : size < 65_536
        ? Buffer.from([0xfe, size >> 8, size & 0xff])
        : Buffer.concat([
            Buffer.from([0xff]),
            Buffer.from(BigInt.asUintN(64, BigInt(size)).toString(16).padStart(16, '0'), 'hex'),
          ]);
  return Buffer.concat([Buffer.from([head]), length, Buffer.alloc(4), body]);
}

const rawOf = (client: FeedClient): Socket => (client.socket as unknown as { _socket: Socket })._socket;

beforeAll(async () => {
  await service.start({
    CROSSBOOK_LOG_LEVEL: 'debug',
    CROSSBOOK_FEED_MAX_CLIENTS: '300',
    CROSSBOOK_FEED_HEARTBEAT_MS: '2000',
  });
  hunt.seek('the token of the owner', service.token);
  before = await memoryOf(service);
  honest = await HonestClient.start(service);
}, 90_000);

afterAll(() => service.remove(), 30_000);

describe('a message of a client', () => {
  const deep = `${'['.repeat(32_000)}${']'.repeat(32_000)}`;
  const polluted = { polluted: true };
  it.each([
    ['brackets', deep, 'bad_message'],
    ['an object of objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 'unknown_op'],
    ['brackets as a filter', `{"op":"subscribe","id":"x","channel":"spreads","filter":${deep}}`, 'bad_filter'],
    ['half a document', '{"op":"ping"', 'bad_json'],
    ['nothing', '', 'bad_json'],
    ['a NUL', '\0', 'bad_json'],
    ['a mark of byte order', '\ufeff{"op":"ping"}', 'bad_json'],
    ['bytes', Buffer.from('{"op":"ping"}'), 'binary'],
    [
      'a number beyond all',
      '{"op":"subscribe","id":"x","channel":"spreads","filter":{"minNetBps":1e999}}',
      'bad_filter',
    ],
    ['a prototype', '{"__proto__":{"polluted":true},"op":"ping"}', 'bad_message'],
    [
      'a prototype as a filter',
      '{"op":"subscribe","id":"x","channel":"spreads","filter":{"__proto__":{"polluted":true}}}',
      'bad_filter',
    ],
    ['a constructor', { op: 'ping', constructor: { prototype: polluted } }, 'bad_message'],
    ['the name of a method', { op: 'hasOwnProperty' }, 'unknown_op'],
    ['a channel of a prototype', { op: 'subscribe', id: 'x', channel: '__proto__' }, 'unknown_channel'],
    ['a subscription of a prototype', { op: 'unsubscribe', sub: '__proto__' }, 'unknown_subscription'],
    ['a statement', { op: 'subscribe', id: 'x', channel: "'; DROP TABLE x; --" }, 'unknown_channel'],
    ['a header', { op: 'subscribe', id: 'x', channel: 'spreads', filter: { symbols: ['A/B\r\nX: y'] } }, 'bad_filter'],
    ['a token in the wrong place', { op: 'ping', token: 'planted-in-the-wrong-place' }, 'bad_message'],
  ])('is refused in words, and the connection lives: %s', async (_what, message, code) => {
    const client = await service.connect();
    const answer = await client.ask(message, 'error');
    expect(document.nameOf(answer)).toBe('error');
    expect(answer['code']).toBe(code);
    expect(String(answer['message']).length).toBeLessThan(1_000);
    expect(JSON.stringify(answer)).not.toContain('planted');
    await client.ask({ op: 'ping' }, 'pong');
    await client.close();
  });

  it('reaches no prototype', async () => {
    const client = await service.connect();
    const hello = client.messages[0] as Message;
    expect(document.nameOf(hello)).toBe('hello');
    expect((await client.ask({ op: 'ping' }, 'pong'))['polluted']).toBeUndefined();
    await client.close();
  });
});

describe('a frame', () => {
  const fragment = (size: number, count: number): Buffer =>
    Buffer.concat([
      frame(0x01, 'x'.repeat(size)),
      ...Array.from({ length: count }, () => frame(0x00, 'x'.repeat(size))),
    ]);
  const bomb = deflateRawSync(Buffer.alloc(20_000_000, 0x20));

  it.each([
    ['longer than may be', frame(TEXT, 'x'.repeat(65_537)), 1009],
    [
      'that claims a length beyond all',
      Buffer.from([TEXT, 0xff, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
      1009,
    ],
    ['in parts that are too long together', fragment(10_000, 8), 1009],
    ['without mask', Buffer.from([TEXT, 0x02, 0x7b, 0x7d]), 1002],
    ['with reserved bits', frame(0xf1, '{}'), 1002],
    ['packed though nothing was agreed', frame(0xc1, bomb), 1002],
    ['of an unknown kind', frame(0x83, '{}'), 1002],
    ['that goes on with nothing', frame(0x80, '{}'), 1002],
    ['that is no UTF-8', frame(TEXT, Buffer.from([0x22, 0xc3, 0x28, 0x22])), 1007],
    ['with half a character', frame(TEXT, Buffer.from([0xed, 0xa0, 0x80])), 1007],
    ['that closes with a code that is none', frame(CLOSE, Buffer.from([0x00, 0x01])), 1002],
    ['that closes in words that are none', frame(CLOSE, Buffer.from([0x03, 0xe8, 0xff])), 1007],
    ['a ping that is too long', frame(PING, 'x'.repeat(126)), 1002],
    ['in a hundred thousand parts', fragment(0, 100_000), 1008],
  ])('ends the connection with its code: %s', async (_what, bytes, code) => {
    const client = await service.connect();
    rawOf(client).write(bytes);
    expect((await client.untilClosed(10_000)).code).toBe(code);
    expect(document.closeCodes).toContain(code);
  });
});

describe('a flood', () => {
  it('of messages is bounded, and so are subscriptions: a hundred thousand of them', async () => {
    const codes = new Map<number, number>();
    let subscribed = 0;
    // Each connection is cut off at a few hundred; all that are sent must be read or refused without harm.
    for (let round = 0; round < 20; round += 1) {
      const client = await service.connect();
      for (let i = 0; i < 5_000 && client.closed === null; i += 1) {
        client.say({ op: 'subscribe', id: `s${i}`, channel: 'exchanges', filter: { exchanges: ['okx'] } });
      }
      const { code } = await client.untilClosed(10_000);
      codes.set(code, (codes.get(code) ?? 0) + 1);
      subscribed = Math.max(subscribed, client.messages.filter(({ type }) => type === 'subscribed').length);
    }
    // Fifty may be had, fifty more are refused, and that is enough.
    expect([...codes]).toEqual([[4400, 20]]);
    expect(subscribed).toBe(50);
  }, 60_000);

  it('of filters is bounded', async () => {
    const client = await service.connect();
    const symbols = Array.from({ length: 600 }, (_, i) => `A${i}${'X'.repeat(60)}/USDT`);
    const codes: unknown[] = [];
    for (let i = 0; i < 10; i += 1) {
      client.say({ op: 'subscribe', id: `s${i}`, channel: 'spreads', filter: { symbols } });
      client.say({ op: 'ping', id: `p${i}` });
      await waitFor('an answer', () => client.messages.some(({ type, id }) => type === 'pong' && id === `p${i}`));
      codes.push(client.messages.findLast(({ type }) => type === 'subscribed' || type === 'error')?.['code']);
    }
    expect(codes).toEqual(Array.from({ length: 10 }, (_, i) => (i < 6 ? undefined : 'too_many_subscriptions')));
    const { data } = await client.ask({ op: 'list' }, 'subscriptions');
    expect(JSON.stringify(data).length).toBeLessThan(300_000);
    await client.ask({ op: 'unsubscribe', sub: 's0' }, 'unsubscribed');
    await client.ask({ op: 'subscribe', id: 'again', channel: 'spreads', filter: { symbols } }, 'subscribed');
    await client.close();
  });

  it.each([
    ['pings whose answers nobody reads', PING],
    ['pongs that nobody asked for', PONG],
  ])(
    'of %s is bounded',
    async (_what, kind) => {
      const client = await service.connect();
      const socket = rawOf(client);
      socket.pause();
      const many = Buffer.concat(Array.from({ length: 2_000 }, () => frame(kind, 'x'.repeat(125))));
      const connected = (): Promise<number> => service.figure('crossbook_feed_clients');
      const open = await connected();
      for (let i = 0; i < 20; i += 1) socket.write(many);
      await waitFor('it is sent away', async () => (await connected()) < open);
      socket.resume();
      expect((await client.untilClosed(10_000)).code).toBe(4429);
    },
    30_000,
  );

  it('of connections ends at the bound, and there is room again afterwards', async () => {
    const sockets: WebSocket[] = [];
    let refused = 0;
    for (let i = 0; i < 400; i += 1) {
      const socket = new WebSocket(`ws://127.0.0.1:${service.port}/v1/stream`);
      socket.on('error', () => undefined);
      socket.on('unexpected-response', (_request, response) => {
        refused += response.statusCode === 503 ? 1 : 0;
        response.resume();
      });
      sockets.push(socket);
    }
    const open = (): number => sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length;
    await waitFor('every one opened or refused', () => open() + refused === sockets.length, 20_000);
    expect(refused).toBeGreaterThanOrEqual(100);
    for (const socket of sockets) socket.terminate();
    await waitFor('room', async () => (await service.figure('crossbook_feed_clients')) < 10);
    await (await service.connect()).close();
  }, 60_000);

  it('of wrong tokens is bounded for each address', async () => {
    const told: unknown[] = [];
    for (let i = 0; i < 70; i += 1) {
      const client = await service.connect();
      const token = randomBytes(32).toString('base64url');
      hunt.seek(`guess ${i}`, token);
      told.push((await client.ask({ op: 'auth', token }, 'error'))['code'], (await client.untilClosed()).code);
    }
    expect(told.slice(0, 120)).toEqual(Array.from({ length: 60 }, () => ['unauthenticated', 4401]).flat());
    expect(told.slice(120)).toEqual(Array.from({ length: 10 }, () => ['too_many_requests', 4429]).flat());
  }, 60_000);
});

describe('a handshake that is none', () => {
  const head = 'GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n';
  const key = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
  it.each([
    ['without key', `${head}Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n`, 400],
    [
      'with a key that is none',
      `${head}Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n`,
      400,
    ],
    ['of another version', `${head}Upgrade: websocket\r\nSec-WebSocket-Version: 12\r\n${key}`, 400],
    ['to another protocol', `${head}Upgrade: h2c\r\nSec-WebSocket-Version: 13\r\n${key}`, 400],
    [
      'by another method',
      `${head.replace('GET', 'POST')}Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n${key}`,
      400,
    ],
    ['with a body', `${head}Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nContent-Length: 5\r\n`, 400],
    ['to another path', `${head.replace('/v1/stream', '/v1/%73tream')}Upgrade: websocket\r\n`, 404],
    ['of a page of a stranger', `${head}Upgrade: websocket\r\nOrigin: https://evil.example\r\n`, 403],
    ['under the name of a stranger', `${head.replace('127.0.0.1', 'evil.example')}Upgrade: websocket\r\n`, 403],
  ])('is refused with a problem document: %s', async (_what, request, status) => {
    const connection = attacker.open(`${request}\r\n`);
    const heard = await connection.ended;
    expect(connection.status).toBe(status);
    expect(heard).toContain('Content-Type: application/problem+json');
    expect(JSON.parse(heard.slice(heard.indexOf('\r\n\r\n')))).toMatchObject({ status, instance: '/v1/stream' });
  });

  it('does not agree to packing, nor to a protocol within', async () => {
    const offer =
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nSec-WebSocket-Protocol: x\r\n';
    const connection = attacker.open(`${head}Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n${key}${offer}\r\n`);
    await waitFor('an answer', () => connection.heard.includes('\r\n\r\n'));
    connection.socket.destroy();
    expect(connection.status).toBe(101);
    expect(connection.heard).not.toContain('Sec-WebSocket-Extensions');
  });
});

describe('after all of this', () => {
  it('others were served all the time', async () => {
    await honest.stop();
    expect(honest.troubles).toEqual([]);
    expect(Math.max(...honest.waitsMs)).toBeLessThan(5_000);
  });

  it('the memory is what it was, and nobody is left', async () => {
    await waitFor('all gone', async () => (await service.figure('crossbook_feed_clients')) <= 1, 20_000);
    const after = await memoryOf(service);
    expect(after.heapMb - before.heapMb).toBeLessThan(60);
    expect(after.rssMb - before.rssMb).toBeLessThan(200);
  }, 40_000);

  it('nothing broke inside, and no secret is in the log', () => {
    expect(service.log.split('\n').filter((line) => line.includes('"level":"error"'))).toEqual([]);
    expect(hunt.foundIn(service.log)).toEqual([]);
    expect(service.log).not.toContain('planted');
  });
});
