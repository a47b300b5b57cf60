import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { okxBreaks, okxFeed, okxUpdates } from '../../test/support/okx-feed.js';
import { WireClient } from '../../test/support/wire-client.js';
import { startSimulator, type Simulator } from './simulator.js';

describe('the simulator', () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, seed: 7, symbols: ['BTC/USDT', 'ETH/USDT'], tickMs: 20 });
  });
  afterEach(() => simulator.close());

  const get = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(`${simulator.url}${path}`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const post = async (path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(`${simulator.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const okxClient = (): Promise<WireClient> => okxFeed(simulator.url);

  describe('its own endpoints', () => {
    it('list themselves, also for a path that is none of them', async () => {
      const { body } = await get('/__sim');
      expect(Object.keys(body['endpoints'] as object)).toContain('GET /__sim/truth?sinceMs=');
      expect((await get('/__sim/nope')).status).toBe(404);
    });

    it('tell seed, fees and true spells', async () => {
      const { body } = await get('/__sim/truth?sinceMs=0');
      expect(body).toMatchObject({ seed: 7, fees: { binance: 7.5, okx: 8, bybit: 8, kraken: 14 } });
      expect(Array.isArray(body['spells'])).toBe(true);
      expect(await get('/__sim/truth?sinceMs=abc')).toMatchObject({ status: 400 });
    });

    it('tell the book now and at an earlier sequence, and refuse what is not kept', async () => {
      const now = (await get('/__sim/books?exchange=okx&symbol=BTC/USDT')).body;
      expect(now).toMatchObject({ exchange: 'okx', symbol: 'BTC/USDT' });
      const same = await get(`/__sim/books?exchange=okx&symbol=BTC/USDT&sequence=${String(now['sequence'])}`);
      // A newer book may have come between the two questions.
      expect(same.body).toEqual({ ...now, supersededAtMs: (same.body as { supersededAtMs: unknown }).supersededAtMs });
      const missing = await get('/__sim/books?exchange=okx&symbol=BTC/USDT&sequence=1');
      expect(missing).toMatchObject({ status: 404, body: { error: expect.stringContaining('sequence: 1') } });
      expect((await get('/__sim/books?exchange=okx&symbol=NO/PE')).status).toBe(404);
    });

    it('make and revoke keys, and name the field of a bad request', async () => {
      const made = await post('/__sim/keys', { exchange: 'okx', scopes: { read: true, withdraw: true }, ipList: [] });
      expect(made.status).toBe(201);
      expect(Object.keys(made.body)).toEqual(['apiKey', 'secret', 'passphrase']);
      const { apiKey } = made.body;
      expect(await post('/__sim/keys/revoke', { exchange: 'okx', apiKey })).toEqual({
        status: 200,
        body: { revoked: true },
      });
      expect((await post('/__sim/keys/revoke', { exchange: 'okx', apiKey: 'none' })).status).toBe(404);
      const bad = await post('/__sim/keys', { exchange: 'mtgox', scopes: {}, ipList: ['here'] });
      expect(bad.status).toBe(400);
      expect(bad.body['error']).toMatch(/exchange[\s\S]*ipList/);
      expect((await post('/__sim/keys', [])).status).toBe(400);
      expect((await post('/__sim/faults', { exchange: 'okx', fault: 'drop', symbol: 'NO/PE' })).status).toBe(404);
    });

    it('refuse a body that is too long', async () => {
      expect((await post('/__sim/keys', { label: 'x'.repeat(70_000) })).status).toBe(413);
    });

    it('count connections and frames', async () => {
      const client = await okxClient();
      const { body } = await get('/__sim/stats');
      expect(body['exchanges']).toMatchObject({ okx: { clients: 1 }, kraken: { clients: 0 } });
      client.close();
    });
  });

  describe('faults', () => {
    it('drop loses the next frames of one symbol and leaves the other whole', async () => {
      const client = await okxClient();
      await post('/__sim/faults', { exchange: 'okx', symbol: 'BTC/USDT', fault: 'drop', count: 3 });
      await client.until(() => okxBreaks(client, 'BTC-USDT') === 1, 'a gap');
      expect(okxBreaks(client, 'ETH-USDT')).toBe(0);
      client.close();
    });

    it('corrupt breaks the chain of one frame', async () => {
      const client = await okxClient();
      await post('/__sim/faults', { exchange: 'okx', symbol: 'ETH/USDT', fault: 'corrupt' });
      await client.until(() => okxBreaks(client, 'ETH-USDT') === 1, 'a wrong sequence');
      expect(okxBreaks(client, 'BTC-USDT')).toBe(0);
      client.close();
    });

    it('freeze keeps the socket open and silent, answers pings, and leaves a gap', async () => {
      const client = await okxClient();
      await post('/__sim/faults', { exchange: 'okx', fault: 'freeze', durationMs: 300 });
      const mark = client.frames.length;
      client.send('ping');
      await client.until(() => client.frames.slice(mark).some(({ text }) => text === 'pong'), 'the pong');
      expect(client.isClosed).toBe(false);
      await client.until(
        () => okxBreaks(client, 'BTC-USDT') === 1 && okxBreaks(client, 'ETH-USDT') === 1,
        'a gap in both',
      );
      client.close();
    });

    it('kill ends the sockets of that exchange only', async () => {
      const client = await okxClient();
      const other = await WireClient.connect(`${simulator.url.replace('http', 'ws')}/ws.kraken.com/v2`);
      await post('/__sim/faults', { exchange: 'okx', fault: 'kill' });
      await client.until(() => client.isClosed, 'the end of the socket');
      other.send({ method: 'ping' });
      await other.frame(({ json }) => json?.['method'] === 'pong', 'the pong');
      other.close();
    });

    it('refuse turns new sockets away until it is cleared', async () => {
      await post('/__sim/faults', { exchange: 'okx', fault: 'refuse' });
      await expect(okxClient()).rejects.toThrow('503');
      await post('/__sim/faults', { exchange: 'okx', fault: 'clear' });
      (await okxClient()).close();
    });

    it('restFail answers 503 on that exchange only', async () => {
      await post('/__sim/faults', { exchange: 'binance', fault: 'restFail' });
      expect((await get('/api.binance.com/api/v3/time')).status).toBe(503);
      expect((await get('/www.okx.com/api/v5/public/time')).status).toBe(200);
    });
  });

  describe('exchanges without accounts', () => {
    const sequence = (): number => simulator.book('coinbase', 'BTC/USDT')?.sequence ?? 0;

    it('stand still while nobody is connected, and move from the first connection to the last', async () => {
      const first = sequence();
      const okx = await okxClient();
      expect(sequence()).toBe(first);
      const client = await WireClient.connect(`${simulator.url.replace('http', 'ws')}/advanced-trade-ws.coinbase.com`);
      expect(sequence()).toBeGreaterThan(first);
      client.close();
      const clientsOf = async (): Promise<number> => {
        const stats = (await get('/__sim/stats')).body['exchanges'] as { coinbase: { clients: number } };
        return stats.coinbase.clients;
      };
      while ((await clientsOf()) > 0) await get('/__sim');
      const last = sequence();
      const mark = okxUpdates(okx, 'BTC-USDT').length;
      await okx.until(() => okxUpdates(okx, 'BTC-USDT').length > mark + 5, 'five ticks');
      expect(sequence()).toBe(last);
      okx.close();
    });

    it('hand out no keys', async () => {
      expect(await post('/__sim/keys', { exchange: 'hyperliquid', scopes: {} })).toMatchObject({ status: 400 });
    });
  });

  describe.each(['api.gemini.com', 'www.deribit.com', 'api.upbit.com'])(
    '%s, of which keys alone are played',
    (host) => {
      it('has no public endpoint and takes no socket', async () => {
        expect(await get(`/${host}/v1/symbols`)).toMatchObject({ status: 404, body: { error: 'Not Found' } });
        const base = simulator.url.replace('http', 'ws');
        await expect(WireClient.connect(`${base}/${host}/ws`)).rejects.toThrow('404');
      });

      it('has faults as the others have', async () => {
        const exchange = host.split('.')[1];
        await post('/__sim/faults', { exchange, fault: 'restFail', status: 502 });
        expect(await get(`/${host}/v1/symbols`)).toMatchObject({ status: 502 });
        await post('/__sim/faults', { exchange, fault: 'clear' });
        expect(await get(`/${host}/v1/symbols`)).toMatchObject({ status: 404 });
      });
    },
  );

  describe('connections', () => {
    it('need a host and a path of a played exchange', async () => {
      expect(await get('/example.org/api')).toMatchObject({
        status: 404,
        body: { hosts: expect.arrayContaining(['api.binance.com']) },
      });
      const base = simulator.url.replace('http', 'ws');
      await expect(WireClient.connect(`${base}/ws.okx.com:8443/nope`)).rejects.toThrow('404');
      await expect(WireClient.connect(`${base}/example.org/ws`)).rejects.toThrow('404');
    });

    it('are refused when the address cannot be read, and the simulator goes on', async () => {
      const { port } = simulator;
      for (const path of ['//', '/%E0%A4%A', '//[', '/ws.okx.com:8443//']) {
        const status = await new Promise<number | undefined>((resolve, reject) => {
          request({ port, path }, (response) => {
            resolve(response.resume().statusCode);
          })
            .on('error', reject)
            .end();
        });
        expect(status).toBe(404);
        await expect(WireClient.connect(`${simulator.url.replace('http', 'ws')}${path}`)).rejects.toThrow('404');
      }
      (await okxClient()).close();
    });

    it('end with a frame that is too long', async () => {
      const client = await okxClient();
      client.send('x'.repeat(70_000));
      await client.until(() => client.isClosed, 'the end of the socket');
    });

    it('end with the simulator, quickly', async () => {
      const client = await okxClient();
      const idle = request(`${simulator.url}/__sim`, { method: 'POST' });
      idle.on('error', () => undefined);
      idle.write('{');
      const started = Date.now();
      await simulator.close();
      await client.until(() => client.isClosed, 'the end of the socket');
      expect(Date.now() - started).toBeLessThan(1_000);
      simulator = await startSimulator({ port: 0, symbols: ['BTC/USDT'] });
    });
  });

  it('refuses symbols that nobody lists, and a port that is taken', async () => {
    await expect(startSimulator({ port: 0, symbols: ['NO/PE'] })).rejects.toThrow(/NO\/PE; choose from BTC\/USDT/);
    await expect(startSimulator({ port: simulator.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('cuts off a client that reads nothing, instead of keeping its frames for ever', async () => {
    // A combined connection of many streams on a socket that is never read from.
    const client = await okxClient();
    client.pause();
    const clientsOf = async (): Promise<number> => {
      const stats = (await get('/__sim/stats')).body['exchanges'] as { okx: { clients: number } };
      return stats.okx.clients;
    };
    expect(await clientsOf()).toBe(1);
    // Repeated subscriptions ask for a whole book each: the backlog grows by some 20 kB per request.
    const subscribe = { op: 'subscribe', args: new Array(200).fill({ channel: 'books', instId: 'BTC-USDT' }) };
    for (let round = 0; round < 40 && (await clientsOf()) === 1; round++) client.send(subscribe);
    for (const deadline = Date.now() + 5_000; (await clientsOf()) === 1 && Date.now() < deadline;) await get('/__sim');
    expect(await clientsOf()).toBe(0);
    client.close();
  });
});
