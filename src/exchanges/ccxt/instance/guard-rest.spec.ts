import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../../platform/clock/index.js';
import { RestGate } from '../../supervision/rest-gate.js';
import { callEndpoint, type CcxtExchange, endRequests } from './ccxt-instance.js';
import { createInstance } from './create-instance.js';
import { guardRest, RestHeldError } from './guard-rest.js';

const PUBLIC_CALL: Readonly<Record<string, string>> = {
  binance: 'publicGetPing',
  okx: 'publicGetPublicTime',
  bybit: 'publicGetV5MarketTime',
  kraken: 'publicGetTime',
  kucoin: 'publicGetTimestamp',
  gate: 'publicSpotGetCurrencies',
  bitget: 'publicCommonGetV2PublicTime',
};
const NOW = Date.now();
const IN_A_MINUTE = new Date(NOW + 60_000).toUTCString();
const LIMITS = { 'retry-after': '7' };

// Real ccxt and a real server: what matters is which of their answers it takes for which kind of silence.
describe('guardRest', () => {
  const clock = new SystemClock();
  let server: Server;
  let answer: { status: number; headers: OutgoingHttpHeaders; body: string };
  let calls = 0;
  let exchange: CcxtExchange;
  let gate: RestGate;

  beforeEach(async () => {
    calls = 0;
    server = createServer((_, response) => {
      calls += 1;
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    await endRequests(exchange);
    server.close();
    server.closeAllConnections();
  });

  function guard(id: string): void {
    const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    exchange = createInstance({ exchange: id, gateway, keepAliveMs: 5_000 });
    gate = new RestGate(clock, () => undefined);
    guardRest(exchange, { gate, clock, offsetMs: () => null });
  }

  const call = (): Promise<unknown> => callEndpoint(exchange, PUBLIC_CALL[exchange.id]!);

  it.each([
    ['binance', { status: 429, headers: LIMITS, body: { code: -1003, msg: 'Too many requests' } }, 'rate_limited', 7],
    [
      'binance',
      { status: 418, headers: { 'retry-after': '120' }, body: { code: -1003, msg: 'Way too much' } },
      'banned',
      120,
    ],
    [
      'binance',
      { status: 429, headers: { 'retry-after': IN_A_MINUTE }, body: { code: -1003, msg: 'Too many' } },
      'rate_limited',
      60,
    ],
    [
      'binance',
      { status: 418, headers: {}, body: { code: -1003, msg: `IP banned until ${NOW + 300_000}.` } },
      'banned',
      300,
    ],
    [
      'okx',
      { status: 429, headers: LIMITS, body: { code: '50011', msg: 'Too Many Requests', data: [] } },
      'rate_limited',
      7,
    ],
    [
      'okx',
      { status: 200, headers: {}, body: { code: '50011', msg: 'Too Many Requests', data: [] } },
      'rate_limited',
      4,
    ],
    [
      'bybit',
      { status: 200, headers: {}, body: { retCode: 10006, retMsg: 'Too many visits!', result: {} } },
      'rate_limited',
      4,
    ],
    ['bybit', { status: 403, headers: {}, body: { error: 'access too frequent' } }, 'banned', 600],
    ['kraken', { status: 200, headers: {}, body: { error: ['EAPI:Rate limit exceeded'] } }, 'rate_limited', 4],
    ['kraken', { status: 200, headers: {}, body: { error: ['EGeneral:Temporary lockout'] } }, 'banned', 90],
    ['kucoin', { status: 200, headers: {}, body: { code: '429000', msg: 'Too many requests' } }, 'rate_limited', 4],
    [
      'gate',
      { status: 429, headers: LIMITS, body: { label: 'TOO_MANY_REQUESTS', message: 'slow down' } },
      'rate_limited',
      7,
    ],
    ['bitget', { status: 429, headers: LIMITS, body: { code: '429', msg: 'Too many requests' } }, 'rate_limited', 7],
    [
      'okx',
      { status: 503, headers: {}, body: { code: '50001', msg: 'Service temporarily unavailable', data: [] } },
      'maintenance',
      4,
    ],
    [
      'okx',
      { status: 503, headers: { 'retry-after': '90' }, body: { code: '50001', msg: 'Service', data: [] } },
      'maintenance',
      90,
    ],
    [
      'binance',
      { status: 503, headers: {}, body: { code: -1, msg: 'System is under maintenance.' } },
      'maintenance',
      4,
    ],
    [
      'bitget',
      { status: 400, headers: {}, body: { code: '40200', msg: 'Server upgrade, please try again later' } },
      'maintenance',
      4,
    ],
  ] as const)('of %s takes %j for %s', async (id, said, code, seconds) => {
    answer = { ...said, body: JSON.stringify(said.body) };
    guard(id);
    const startedMs = clock.nowMs();
    await expect(call()).rejects.toBeInstanceOf(Error);
    expect(gate.current?.code).toBe(code);
    const holdSeconds = (gate.current!.untilMs - startedMs) / 1_000;
    // Times that are not told are drawn between half and the whole of their bound.
    expect(holdSeconds).toBeGreaterThan(seconds * 0.6 - 1);
    expect(holdSeconds).toBeLessThan(seconds * 1.4 + 1);
    await expect(call()).rejects.toMatchObject({ name: 'RestHeldError', hold: { code } });
    await expect(call()).rejects.toBeInstanceOf(RestHeldError);
    expect(calls).toBe(1);
  });

  it.each([
    ['binance', 403, {}],
    ['okx', 500, {}],
    ['okx', 502, { code: '50026', msg: 'System error' }],
    ['kraken', 200, { error: ['EGeneral:Invalid arguments'] }],
  ] as const)('leaves %s with HTTP %p to the ordinary back-off', async (id, status, body) => {
    answer = { status, headers: {}, body: JSON.stringify(body) };
    guard(id);
    await expect(call()).rejects.toBeInstanceOf(Error);
    expect(gate.current).toBeNull();
  });

  it('lets calls leave again when the time has come', async () => {
    answer = { status: 429, headers: { 'retry-after': '1' }, body: '{}' };
    guard('binance');
    await expect(call()).rejects.toBeInstanceOf(Error);
    answer = { status: 200, headers: {}, body: '{}' };
    await expect(call()).rejects.toBeInstanceOf(RestHeldError);
    const hold = gate.current!;
    await new Promise((resolve) => setTimeout(resolve, hold.untilMs - clock.nowMs() + 5));
    await expect(call()).resolves.toEqual({});
    expect(calls).toBe(2);
  });
});
