import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WireClient } from '../../test/support/wire-client.js';
import { startSimulator, type Simulator } from './simulator.js';

const TIME = {
  ...{ binance: '/api.binance.com/api/v3/time', okx: '/www.okx.com/api/v5/public/time' },
  ...{ bybit: '/api.bybit.com/v5/market/time', kraken: '/api.kraken.com/0/public/Time' },
  ...{ coinbase: '/api.coinbase.com/v2/time', bitget: '/api.bitget.com/api/v2/public/time' },
  ...{ gate: '/api.gateio.ws/api/v4/spot/time', kucoin: '/api.kucoin.com/api/v1/timestamp' },
  ...{ htx: '/api.huobi.pro/v1/common/timestamp', mexc: '/api.mexc.com/api/v3/time' },
  cryptocom: '/api.crypto.com/exchange/v1/public/get-instruments',
} as const;

describe('faults of requests', () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, symbols: ['BTC/USDT'], tickMs: 20 });
  });
  afterEach(() => simulator.close());
  const get = async (path: string): Promise<{ status: number; body: unknown; retryAfter: string | null }> => {
    const response = await fetch(`${simulator.url}${path}`);
    const retryAfter = response.headers.get('retry-after');
    return { status: response.status, body: await response.json(), retryAfter };
  };
  const stats = async (exchange: string): Promise<unknown> => {
    const { body } = await get('/__sim/stats');
    return (body as { exchanges: Record<string, unknown> }).exchanges[exchange];
  };

  it('restFail answers the status that was asked for, 503 in the words of the exchange', async () => {
    simulator.injectFault({ exchange: 'binance', fault: 'restFail' });
    expect(await get(TIME.binance)).toEqual({
      ...{ status: 503, body: { code: -1, msg: 'System is under maintenance.' }, retryAfter: null },
    });
    simulator.injectFault({ exchange: 'binance', fault: 'restFail', status: 500 });
    expect(await get(TIME.binance)).toMatchObject({ status: 500 });
    expect(await get(TIME.okx)).toMatchObject({ status: 200 });
  });

  it('a ban tells how long to stay away and counts those who do not', async () => {
    simulator.injectFault({ exchange: 'binance', fault: 'restFail', status: 418, retryAfterSeconds: 30 });
    const refused = await get(TIME.binance);
    expect(refused).toMatchObject({ status: 418, retryAfter: '30', body: { code: -1003 } });
    const until = Number(/until (\d+)/.exec(JSON.stringify(refused.body))?.[1]);
    expect(until - Date.now()).toBeGreaterThan(29_000);
    expect(await stats('binance')).toMatchObject({ requests: 1, requestsDuringBan: 0 });
    await get(TIME.binance);
    expect(await stats('binance')).toMatchObject({ requests: 2, requestsDuringBan: 1 });
    simulator.injectFault({ exchange: 'binance', fault: 'clear' });
    expect(await get(TIME.binance)).toMatchObject({ status: 200 });
    expect(await stats('binance')).toMatchObject({ requests: 3, requestsDuringBan: 1 });
  });

  it('limits a fault to paths', async () => {
    simulator.injectFault({ exchange: 'okx', fault: 'restFail', path: '/market/books', status: 429 });
    expect(await get('/www.okx.com/api/v5/market/books?instId=BTC-USDT')).toMatchObject({
      ...{ status: 429, body: { code: '50011' }, retryAfter: '10' },
    });
    expect(await get(TIME.okx)).toMatchObject({ status: 200 });
    expect(await stats('okx')).toMatchObject({ requestsDuringBan: 0 });
  });

  it.each([
    ['binance', 429, { code: -1003 }, { code: -1 }],
    ['okx', 429, { code: '50011' }, { code: '50001' }],
    ['bybit', 200, { retCode: 10006 }, { retCode: 10016 }],
    ['kraken', 200, { error: ['EAPI:Rate limit exceeded'] }, { error: ['EService:Unavailable'] }],
    ['coinbase', 429, { errors: [{ id: 'rate_limit_exceeded' }] }, { errors: [{ id: 'service_unavailable' }] }],
    ['bitget', 429, { code: '429' }, { code: '40200' }],
    ['gate', 429, { label: 'TOO_MANY_REQUESTS' }, { label: 'SERVER_ERROR' }],
    ['kucoin', 429, { code: '429000' }, { code: '503000' }],
    ['htx', 429, { 'err-code': 'base-request-exceed-frequency-limit' }, { 'err-code': 'system-maintenance' }],
    ['mexc', 429, { code: 429 }, { code: 801 }],
    ['cryptocom', 429, { code: 42901 }, { code: 9010001 }],
  ] as const)('rateLimit and maintenance speak as %s does', async (exchange, status, limited, closed) => {
    simulator.injectFault({ exchange, fault: 'rateLimit' });
    expect(await get(TIME[exchange])).toMatchObject({ status, body: limited });
    simulator.injectFault({ exchange, fault: 'clear' });
    simulator.injectFault({ exchange, fault: 'maintenance' });
    expect((await get(TIME[exchange])).body).toMatchObject(closed);
  });

  it('restTimeout takes a request and never answers it', async () => {
    simulator.injectFault({ exchange: 'kraken', fault: 'restTimeout', durationMs: 60_000 });
    const patience = new AbortController();
    const hanging = fetch(`${simulator.url}${TIME.kraken}`, { signal: patience.signal });
    const taken = async (): Promise<boolean> => ((await stats('kraken')) as { requests: number }).requests === 1;
    while (!(await taken())) await get(TIME.okx);
    const winner = await Promise.race([hanging, get(TIME.okx).then(() => 'another exchange')]);
    expect(winner).toBe('another exchange');
    patience.abort();
    await expect(hanging).rejects.toThrow('abort');
    simulator.injectFault({ exchange: 'kraken', fault: 'restTimeout', durationMs: 100 });
    await expect(fetch(`${simulator.url}${TIME.kraken}`)).rejects.toThrow('fetch failed');
    expect(await get(TIME.kraken)).toMatchObject({ status: 200 });
  });

  it('maintenance ends the sockets, turns new ones away, and tells so where the exchange does', async () => {
    const url = `${simulator.url.replace('http', 'ws')}/ws.okx.com:8443/ws/v5/public`;
    const client = await WireClient.connect(url);
    simulator.injectFault({ exchange: 'okx', fault: 'maintenance' });
    await client.until(() => client.isClosed, 'the end of the socket');
    await expect(WireClient.connect(url)).rejects.toThrow('503');
    expect(await stats('okx')).toMatchObject({ dials: 2, dialsRefused: 1 });
    const { body } = await get('/www.okx.com/api/v5/system/status');
    expect(body).toMatchObject({ code: '0', data: [{ state: 'ongoing' }] });
    simulator.injectFault({ exchange: 'kraken', fault: 'maintenance' });
    expect((await get('/api.kraken.com/0/public/SystemStatus')).body).toMatchObject({
      ...{ result: { status: 'maintenance' } },
    });
    simulator.injectFault({ exchange: 'okx', fault: 'clear' });
    expect(await get('/www.okx.com/api/v5/system/status')).toMatchObject({ body: { data: [] } });
    (await WireClient.connect(url)).close();
  });
});
