import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RestDocument } from '../contract/rest-document.js';
import { WatchedService } from '../contract/watched-service.js';
import type { Answer } from '../support/request.js';
import { SecretHunt } from '../support/secret-hunt.js';
import { waitFor } from '../support/wait-for.js';
import { Attacker, type RawConnection } from './attacker.js';
import { HonestClient } from './honest-client.js';
import { BODIES, BROKEN, TEXTS } from './hostile-texts.js';
import { memoryOf } from './memory.js';

const service = new WatchedService();
const attacker = new Attacker(service);
const document = await RestDocument.read();
const hunt = new SecretHunt();
/** Requests of the whole file that show a token. */
const SHOTS = 4_000;
const slow: RawConnection[] = [];
let honest: HonestClient;
let before: Awaited<ReturnType<typeof memoryOf>>;

beforeAll(async () => {
  await service.start({ CROSSBOOK_LOG_LEVEL: 'debug' });
  await attacker.arm(SHOTS);
  hunt.seek('the token of the owner', service.token);
  for (const [i, token] of attacker.secrets.entries()) hunt.seek(`token ${i}`, token);
  before = await memoryOf(service);
  honest = await HonestClient.start(service);
  // They hold on while everything else happens; the last test sees what became of them.
  for (let i = 0; i < 150; i += 1)
    slow.push(attacker.open('GET /v1/exchanges HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: '));
  for (let i = 0; i < 50; i += 1) slow.push(attacker.open(''));
  const body =
    'POST /v1/keys HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{';
  for (let i = 0; i < 50; i += 1) slow.push(attacker.open(body));
  const upgrade = 'GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';
  for (let i = 0; i < 50; i += 1) slow.push(attacker.open(upgrade));
}, 90_000);

afterAll(() => service.remove(), 30_000);

/** Every answer to an attack is one that the document knows, and none is a fault of ours. */
function expectDocumented(name: string, what: string, answer: Answer): void {
  expect([what, answer.status >= 500 ? answer.text : '']).toEqual([what, '']);
  expect([what, document.faultsOf(name, answer)]).toEqual([what, []]);
  expect(answer.headers['set-cookie']).toBeUndefined();
}

function pathWith(name: string, value: string): string {
  return (name.split(' ')[1] ?? '').replace(/\{\w+\}/g, value);
}

const methodOf = (name: string): string => (name.split(' ')[0] ?? '').toUpperCase();

interface Described {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: { 'application/json': { schema: { properties: object } } } };
}
const described = [...document.operations].map(([name, operation]) => [name, operation as Described] as const);

describe('what stands in a query or a path', () => {
  const queries = described.flatMap(([name, { parameters = [] }]) =>
    parameters.filter((one) => one.in === 'query').map((one) => [name, one.name] as const),
  );
  const paths = described.filter(([, { parameters = [] }]) => parameters.some((one) => one.in === 'path'));

  it('is a value and nothing else, in every parameter', async () => {
    expect(queries.length).toBeGreaterThan(60);
    for (const [name, parameter] of queries) {
      const path = pathWith(name, 'x');
      for (const [what, text] of Object.entries(TEXTS)) {
        const answer = await attacker.ask(`${path}?${parameter}=${encodeURIComponent(text)}`, {
          method: methodOf(name),
        });
        expectDocumented(name, `${what} in ${parameter} of ${name}`, answer);
      }
      for (const query of [`${parameter}=${BROKEN}`, `${parameter}=1&${parameter}=2`, `${parameter}[$gt]=1`]) {
        const answer = await attacker.ask(`${path}?${query}`, { method: methodOf(name) });
        expectDocumented(name, `${query} of ${name}`, answer);
        // Bytes that are no text are a value that nothing has; the others are no value at all.
        if (!query.endsWith(BROKEN)) expect([query, name, answer.status]).not.toContain(200);
      }
    }
  }, 120_000);

  it('is a value and nothing else, in every path', async () => {
    for (const [name] of paths) {
      for (const [what, text] of Object.entries(TEXTS)) {
        const answer = await attacker.ask(pathWith(name, encodeURIComponent(text)), { method: methodOf(name) });
        expectDocumented(name, `${what} in the path of ${name}`, answer);
        expect([what, name, answer.status >= 400]).toEqual([what, name, true]);
      }
    }
  }, 60_000);

  it('does not reach the prototype of anything', async () => {
    for (const query of ['__proto__[polluted]=1', 'constructor[prototype][polluted]=1', '__proto__.polluted=1']) {
      const answer = await attacker.ask(`/v1/opportunities?${query}`);
      expectDocumented('get /v1/opportunities', query, answer);
      expect(answer.status).toBe(400);
    }
    expect((await attacker.ask('/v1/settings')).json).not.toHaveProperty('polluted');
  });

  it('is bounded in length', async () => {
    const long = await attacker.ask(`/v1/opportunities?symbol=${'A'.repeat(12_000)}`);
    expectDocumented('get /v1/opportunities', 'a long query', long);
    expect(long.status).toBe(400);
    expect(long.text.length).toBeLessThan(2_000);
    expect((await attacker.ask(`/v1/opportunities?symbol=${'A'.repeat(40_000)}`)).status).toBe(431);
  });
});

describe('what stands in a body', () => {
  const written = described.filter(([, { requestBody }]) => requestBody !== undefined);
  const json = { 'Content-Type': 'application/json' };

  it('is JSON of the documented form and nothing else', async () => {
    for (const [name] of written) {
      for (const [what, body] of Object.entries(BODIES)) {
        const answer = await attacker.ask(pathWith(name, 'x'), { method: methodOf(name), headers: json, body });
        expectDocumented(name, `${what} for ${name}`, answer);
        expect([what, name, answer.status >= 400]).toEqual([what, name, true]);
      }
    }
  }, 60_000);

  it('is no way into the database, in any field', async () => {
    for (const [name, { requestBody }] of written) {
      for (const field of Object.keys(requestBody?.content['application/json'].schema.properties ?? {})) {
        for (const [what, text] of [...Object.entries(TEXTS), ['half a character', '\ud800'] as const]) {
          const whole = { ...exampleOf(name), [field]: text };
          const answer = await attacker.ask(pathWith(name, 'x'), {
            ...{ method: methodOf(name), headers: json, body: JSON.stringify(whole) },
          });
          expectDocumented(name, `${what} in ${field} of ${name}`, answer);
        }
      }
    }
    const { status } = await attacker.ask('/v1/opportunities?limit=1');
    expect(status).toBe(200);
  }, 60_000);

  it.each([
    ['a bomb', { 'Content-Encoding': 'gzip' }, gzipSync(Buffer.alloc(50_000_000)), 413, 'too_large'],
    ['what is not packed', { 'Content-Encoding': 'gzip' }, '{}', 400, 'bad_request'],
    ['an unknown packing', { 'Content-Encoding': 'zstd' }, '{}', 415, 'unsupported_media_type'],
    ['an unknown alphabet', { 'Content-Type': 'application/json; charset=utf-7' }, '{}', 415, 'unsupported_media_type'],
    ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }, 'name=x&scopes[]=feed', 400, 'bad_body'],
    ['parts', { 'Content-Type': 'multipart/form-data; boundary=x' }, '--x--', 400, 'bad_body'],
    [
      'XML',
      { 'Content-Type': 'application/xml' },
      '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
      400,
      'bad_body',
    ],
    ['text', { 'Content-Type': 'text/plain' }, '{"name":"x","scopes":["feed"]}', 400, 'bad_body'],
  ])('is refused as %s', async (what, headers, body, status, code) => {
    const answer = await attacker.ask('/v1/tokens', { method: 'POST', headers: { ...json, ...headers }, body });
    expectDocumented('post /v1/tokens', what, answer);
    expect(answer.json).toMatchObject({ status, code });
  });
});

/** A body that the operation would take. */
function exampleOf(name: string): Record<string, unknown> {
  if (name === 'post /v1/tokens') return { name: `t${randomBytes(4).toString('hex')}`, scopes: ['feed'] };
  if (name === 'put /v1/identity/deny') return { asset: 'DOGE', exchanges: null, evidence: 'an attack' };
  if (name === 'post /v1/keys/compromise') return { exchange: 'bitget' };
  return { exchange: 'okx', label: 'an attack', apiKey: 'k'.repeat(36), secret: 's'.repeat(32), passphrase: 'p' };
}

describe('a path that leads elsewhere', () => {
  it.each([
    '/../../etc/passwd',
    '/docs/../../../package.json',
    '/docs/..%2f..%2f..%2fpackage.json',
    '/docs/%2e%2e/%2e%2e/package.json',
    '/docs/..%5c..%5cpackage.json',
    '/docs/%252e%252e%252fpackage.json',
    '/docs//etc/passwd',
    '/docs/.%00./package.json',
    '/v1/keys/../../admin.token',
    '/v1/exchanges/..%2f..%2fkeys/capabilities',
    '//evil.example/v1/keys',
    '/v1/exchanges;a=b',
    '/V1/KEYS/%2e',
    '/%c0%ae%c0%ae/etc/passwd',
    '/%',
    '/\u00ff',
  ])('leads nowhere: %s', async (target) => {
    const head = `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`;
    const connection = attacker.open(Buffer.from(head, 'latin1'));
    const heard = await connection.ended;
    expect([target, [400, 401, 403, 404].includes(connection.status)]).toEqual([target, true]);
    expect(heard).not.toMatch(/root:|"dependencies"|at .*\.js:\d+/);
    expect(hunt.foundIn(heard)).toEqual([]);
  });
});

describe('a request that is none', () => {
  const head = 'GET /v1/exchanges HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n';
  const post = 'POST /v1/tokens HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n';
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['TLS', Buffer.from('16030100a5010000a10303', 'hex'), 400],
    ['no name', 'GET /v1/exchanges HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a header that is folded', `${head}X-Request-Id: a\r\n b\r\n\r\n`, 400],
    ['a header with a bare CR', `${head}X-A: a\rSet-Cookie: b\r\n\r\n`, 400],
    ['a header with a NUL', `${head}X-A: a\0b\r\n\r\n`, 400],
    ['a space before the colon', `${head}X-A : a\r\n\r\n`, 400],
    ['two lengths', `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
    ['a length and chunks', `${post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['a length that is none', `${post}Content-Length: -1\r\n\r\n`, 400],
    ['a chunk that is none', `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`, 400],
    ['an unknown method', 'FROB /v1/exchanges HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', 400],
    ['headers beyond 16 kB', `${head}X-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'another server',
      'GET http://evil.example/v1/keys HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
      403,
    ],
    ['the name of a stranger', 'GET /v1/exchanges HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n', 403],
    [
      'a name with a newline',
      'GET /v1/exchanges HTTP/1.1\r\nHost: 127.0.0.1%0d%0aX: y\r\nConnection: close\r\n\r\n',
      403,
    ],
    ['the page of a stranger', `${head}Origin: https://evil.example\r\n\r\n`, 403],
    ['a page without a name', `${head}Origin: null\r\n\r\n`, 403],
  ])('is refused: %s', async (_what, bytes, status) => {
    const connection = attacker.open(bytes);
    const heard = await connection.ended;
    expect(connection.status).toBe(status);
    expect(heard.toLowerCase()).not.toContain('set-cookie');
    expect(heard.toLowerCase()).not.toContain('access-control-allow');
  });

  it('is not answered as another method', async () => {
    for (const name of ['get /v1/exchanges', 'post /v1/tokens', 'get /v1/keys', 'get /health/live']) {
      for (const method of ['PATCH', 'TRACE', 'PROPFIND', 'OPTIONS', 'PUT', 'DELETE']) {
        const answer = await attacker.ask(pathWith(name, 'x'), { method });
        expect([name, method, answer.status, answer.json['code']]).toEqual([name, method, 404, 'not_found']);
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      }
    }
    const tunnel = attacker.open('CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    expect(await tunnel.ended).toBe('');
  });
});

describe('guesses of a token', () => {
  it('are bounded for each address, and cost others nothing', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 640; i += 1) {
      const wrong = randomBytes(32).toString('base64url');
      if (i < 50) hunt.seek(`guess ${i}`, wrong);
      const { status } = await attacker.send(
        '/v1/keys',
        { headers: { Authorization: `Bearer ${wrong}` } },
        '127.3.0.1',
      );
      statuses.push(status);
    }
    expect(new Set(statuses.slice(0, 600))).toEqual(new Set([401]));
    expect(new Set(statuses.slice(600))).toEqual(new Set([429]));
    const right = { headers: { Authorization: `Bearer ${service.token}` } };
    expect((await attacker.send('/v1/keys', right, '127.3.0.1')).status).toBe(429);
    expect((await attacker.send('/v1/keys', right, '127.3.0.2')).status).toBe(200);
  }, 30_000);

  it('are bounded at the door of the feed too', async () => {
    const statuses: number[] = [];
    const guess = async (token: string, from: string): Promise<number> => {
      const connection = attacker.open(upgradeWith(token), from);
      await waitFor('an answer', () => connection.status > 0);
      connection.socket.destroy();
      return connection.status;
    };
    for (let i = 0; i < 80; i += 1) statuses.push(await guess(randomBytes(32).toString('base64url'), '127.3.0.3'));
    expect(new Set(statuses.slice(0, 60))).toEqual(new Set([401]));
    expect(new Set(statuses.slice(60))).toEqual(new Set([429]));
    expect(await guess(service.token, '127.3.0.3')).toBe(429);
    expect(await guess(service.token, '127.3.0.4')).toBe(101);
  }, 30_000);
});

function upgradeWith(token: string): string {
  return [
    'GET /v1/stream HTTP/1.1',
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    `Authorization: Bearer ${token}\r\n\r\n`,
  ].join('\r\n');
}

describe('after all of this', () => {
  it('those who dawdled are gone', async () => {
    await Promise.all(slow.map(({ ended }) => ended));
    expect(new Set(slow.map(({ status }) => status))).toEqual(new Set([408]));
  }, 90_000);

  it('others were answered all the time', async () => {
    await honest.stop();
    expect(honest.troubles).toEqual([]);
    expect(honest.waitsMs.length).toBeGreaterThan(20);
    // Generous: a busy machine is no fault. A service that hangs takes longer.
    expect(Math.max(...honest.waitsMs)).toBeLessThan(5_000);
  });

  it('the memory is what it was', async () => {
    const after = await memoryOf(service);
    expect(after.heapMb - before.heapMb).toBeLessThan(60);
    expect(after.rssMb - before.rssMb).toBeLessThan(200);
  });

  it('nothing broke inside, and no secret is in the log', () => {
    const lines = service.log.split('\n').filter((line) => line.includes('"level":"error"'));
    expect(lines).toEqual([]);
    expect(hunt.size).toBeGreaterThan(50);
    expect(hunt.foundIn(service.log)).toEqual([]);
  });
});
