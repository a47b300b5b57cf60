import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { okxFeed, okxUpdates } from '../../test/support/okx-feed.js';
import { WireClient } from '../../test/support/wire-client.js';
import type { ApiKey } from './accounts/account-registry.js';
import { startSimulator, type Simulator } from './simulator.js';

describe('faults of clocks, listings and keys', () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, symbols: ['BTC/USDT', 'ETH/USDT'], tickMs: 20 });
  });
  afterEach(() => simulator.close());
  const get = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> =>
    (await fetch(`${simulator.url}${path}`, { headers })).json();
  const bybit = async (path: string, { apiKey, secret }: ApiKey): Promise<number> => {
    const at = String(Date.now());
    const sign = createHmac('sha256', secret).update(`${at}${apiKey}5000`).digest('hex');
    const headers = { 'x-bapi-api-key': apiKey, 'x-bapi-timestamp': at, 'x-bapi-sign': sign };
    return ((await get(`/api.bybit.com${path}`, headers)) as { retCode: number }).retCode;
  };

  it('clock shifts what frames and answers tell, and what signed requests are checked against', async () => {
    const key = simulator.createKey('bybit');
    simulator.injectFault({ exchange: 'okx', fault: 'clock', offsetMs: -45_000 });
    simulator.injectFault({ exchange: 'bybit', fault: 'clock', offsetMs: 20_000 });
    const client = await okxFeed(simulator.url);
    const lateMs = Date.now() - Number(okxUpdates(client, 'BTC-USDT').at(-1)?.ts);
    expect(lateMs).toBeGreaterThanOrEqual(45_000);
    expect(lateMs).toBeLessThan(50_000);
    client.close();
    const { data } = (await get('/www.okx.com/api/v5/public/time')) as { data: [{ ts: string }] };
    expect(Date.now() - Number(data[0].ts)).toBeGreaterThanOrEqual(45_000);
    expect(await bybit('/v5/user/query-api', key)).toBe(10002);
    simulator.injectFault({ exchange: 'bybit', fault: 'clear' });
    expect(await bybit('/v5/user/query-api', key)).toBe(0);
  });

  it('truth is told by the simulator’s own clock', async () => {
    simulator.injectFault({ exchange: 'okx', fault: 'clock', offsetMs: 3_600_000 });
    const client = await okxFeed(simulator.url);
    await client.until(() => okxUpdates(client, 'BTC-USDT').length > 20, 'steps');
    for (const { startMs, endMs } of simulator.truth().spells) {
      expect(startMs).toBeLessThanOrEqual(Date.now() + 1);
      expect(endMs ?? 0).toBeLessThanOrEqual(Date.now() + 1);
    }
    expect(simulator.book('okx', 'BTC/USDT')?.timeMs).toBeGreaterThan(Date.now() + 3_500_000);
    client.close();
  });

  it('delist takes a symbol off the market: no stream, no book, no new listener, until it is back', async () => {
    const client = await okxFeed(simulator.url);
    simulator.injectFault({ exchange: 'okx', symbol: 'BTC/USDT', fault: 'delist' });
    const last = simulator.book('okx', 'BTC/USDT')?.sequence ?? 0;
    const told = okxUpdates(client, 'ETH-USDT').length;
    await client.until(() => okxUpdates(client, 'ETH-USDT').length > told + 5, 'the other symbol');
    expect(simulator.book('okx', 'BTC/USDT')?.sequence).toBe(last);
    const ids = async (): Promise<readonly string[]> => {
      const body = await get('/www.okx.com/api/v5/public/instruments?instType=SPOT');
      return (body as { data: readonly { instId: string }[] }).data.map(({ instId }) => instId);
    };
    expect(await ids()).toEqual(['ETH-USDT']);
    expect(await get('/www.okx.com/api/v5/market/books?instId=BTC-USDT')).toMatchObject({ code: '51001' });
    const other = await WireClient.connect(`${simulator.url.replace('http', 'ws')}/ws.okx.com:8443/ws/v5/public`);
    other.send({ op: 'subscribe', args: [{ channel: 'books', instId: 'BTC-USDT' }] });
    await other.frame(({ json }) => json?.['code'] === '60018', 'the refusal');
    other.close();
    simulator.injectFault({ exchange: 'okx', symbol: 'BTC/USDT', fault: 'relist' });
    await client.until(() => (okxUpdates(client, 'BTC-USDT').at(-1)?.seqId ?? 0) > last, 'the stream');
    expect(await ids()).toEqual(['BTC-USDT', 'ETH-USDT']);
    client.close();
  });

  it.each([
    ['binance', '/api.binance.com/api/v3/exchangeInfo', { symbol: 'BTCUSDT', status: 'BREAK' }],
    [
      'coinbase',
      '/api.coinbase.com/api/v3/brokerage/market/products',
      { product_id: 'BTC-USDT', status: 'delisted', trading_disabled: true },
    ],
    ['gate', '/api.gateio.ws/api/v4/spot/currency_pairs', { id: 'BTC_USDT', trade_status: 'untradable' }],
    ['kucoin', '/api.kucoin.com/api/v2/symbols', { symbol: 'BTC-USDT', enableTrading: false }],
    ['htx', '/api.huobi.pro/v1/common/symbols', { symbol: 'btcusdt', state: 'offline' }],
    ['bitget', '/api.bitget.com/api/v2/spot/public/symbols', { symbol: 'BTCUSDT', status: 'offline' }],
  ] as const)('delist leaves the pair listed at %s, marked', async (exchange, path, marked) => {
    expect(await rows(path)).not.toContainEqual(expect.objectContaining(marked));
    simulator.injectFault({ exchange, symbol: 'BTC/USDT', fault: 'delist' });
    expect(await rows(path)).toContainEqual(expect.objectContaining(marked));
  });
  const rows = async (path: string): Promise<unknown> => {
    const body = (await get(path)) as Readonly<Record<string, unknown>>;
    return Array.isArray(body) ? body : (body['symbols'] ?? body['products'] ?? body['data']);
  };

  it('a key can lose scopes, its address and its time, and get them back', async () => {
    const key = simulator.createKey('bybit');
    const call = (): Promise<number> => bybit('/v5/account/info', key);
    expect(await call()).toBe(0);
    simulator.changeKey('bybit', key.apiKey, { scopes: { read: false } });
    expect(await call()).toBe(10005);
    simulator.changeKey('bybit', key.apiKey, { scopes: { read: true }, ipList: ['203.0.113.9'] });
    expect(await call()).toBe(10010);
    simulator.changeKey('bybit', key.apiKey, { ipList: [], expiresAtMs: 1 });
    expect(await call()).toBe(33004);
    simulator.changeKey('bybit', key.apiKey, { expiresAtMs: null });
    expect(await call()).toBe(0);
    const post = async (body: object): Promise<number> =>
      (await fetch(`${simulator.url}/__sim/keys/change`, { method: 'POST', body: JSON.stringify(body) })).status;
    expect(await post({ exchange: 'bybit', apiKey: key.apiKey, scopes: { read: false } })).toBe(200);
    expect(await call()).toBe(10005);
    expect(await post({ exchange: 'bybit', apiKey: key.apiKey, scope: 'all' })).toBe(400);
    simulator.revokeKey('bybit', key.apiKey);
    expect(await post({ exchange: 'bybit', apiKey: key.apiKey, scopes: { read: true } })).toBe(404);
    expect(await call()).toBe(10003);
  });
});
