import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import type { ExchangeStatus } from '../../src/core/market/exchange-status.js';
import { Stack, TemporaryDirectory, freePort } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

const MASTER_KEY = Buffer.alloc(32, 1).toString('base64');
const OTHER_MASTER_KEY = Buffer.alloc(32, 2).toString('base64');

describe('a start that cannot succeed', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);

  afterAll(async () => {
    await stack.stop();
    directory.remove();
  }, 30_000);

  /** Starts the service and resolves with how it ended and what it said. */
  async function fails(settings: Record<string, string>): Promise<{ code: number | null; said: string }> {
    const program = stack.start('main.js', [], { CROSSBOOK_DATA_DIR: path.join(directory.path, 'data'), ...settings });
    const code = await program.ended();
    return { code, said: program.lastLog };
  }

  it('names every invalid setting at once, with its value and the remedy', async () => {
    const { code, said } = await fails({
      CROSSBOOK_PORT: '99999',
      CROSSBOOK_SYMBOLS: 'btcusdt',
      CROSSBOOK_DETECTION_MIN_NET_BPS: 'five',
      CROSSBOOK_DETECTION_MIN_NETBPS: '5',
    });
    expect(code).toBe(1);
    for (const part of [
      'CROSSBOOK_PORT',
      '99999',
      'btcusdt',
      'CROSSBOOK_DETECTION_MIN_NET_BPS',
      'five',
      'CROSSBOOK_DETECTION_MIN_NETBPS',
    ]) {
      expect(said).toContain(part);
    }
  }, 30_000);

  it('names an exchange that does not exist, and one that is near', async () => {
    const { code, said } = await fails({ CROSSBOOK_EXCHANGES: 'binanse,okx' });
    expect([code, said]).toEqual([1, expect.stringMatching(/binanse.*binance/s)]);
  }, 30_000);

  it('names a taken port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { code, said } = await fails({ CROSSBOOK_PORT: String(port) });
    server.close();
    expect([code, said]).toEqual([1, expect.stringContaining(String(port))]);
    expect(said).toContain('CROSSBOOK_PORT');
  }, 60_000);

  it('names a data directory that cannot be used', async () => {
    const file = path.join(directory.path, 'a-file');
    writeFileSync(file, '');
    const { code, said } = await fails({ CROSSBOOK_DATA_DIR: path.join(file, 'data') });
    expect([code, said]).toEqual([1, expect.stringContaining('CROSSBOOK_DATA_DIR')]);
  }, 30_000);

  it('names a database server that does not answer, without its password', async () => {
    const port = await freePort();
    const { code, said } = await fails({
      CROSSBOOK_DATABASE_URL: `postgresql://me:hunter2@127.0.0.1:${port}/crossbook`,
    });
    expect([code, said]).toEqual([1, expect.stringContaining(`127.0.0.1:${port}`)]);
    expect(said).not.toContain('hunter2');
  }, 30_000);

  it('refuses to listen beyond loopback while nothing protects it', async () => {
    const { code, said } = await fails({ CROSSBOOK_HOST: '0.0.0.0' });
    expect([code, said]).toEqual([1, expect.stringContaining('127.0.0.1')]);
  }, 30_000);
});

describe('a service in trouble', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);
  const settings = { CROSSBOOK_MASTER_KEY: MASTER_KEY, CROSSBOOK_EXCHANGES: 'okx,kraken' };
  let service: Awaited<ReturnType<Stack['service']>>;

  beforeAll(async () => {
    service = await stack.service({
      ...settings,
      CROSSBOOK_EXCHANGE_GATEWAY: `http://127.0.0.1:${await freePort()}`,
    });
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
    directory.remove();
  }, 30_000);

  it('stays up when no exchange can be reached, and names each host', async () => {
    const exchanges = async (): Promise<ExchangeStatus[]> =>
      (await service.client.get<{ data: ExchangeStatus[] }>('/v1/exchanges')).data;
    await waitFor('both are down', async () => (await exchanges()).every(({ status }) => status === 'down'), 20_000);
    for (const exchange of await exchanges()) {
      expect(exchange.lastError).toMatchObject({ code: 'unreachable', host: expect.stringMatching(/okx|kraken/) });
    }
  }, 30_000);

  it('keeps a key that it cannot verify while the exchange is away', async () => {
    const key = await service.client.post<{ id: string; health: string }>('/v1/keys', {
      exchange: 'kraken',
      label: 'unverified',
      apiKey: 'k'.repeat(56),
      secret: Buffer.from('s'.repeat(64)).toString('base64'),
    });
    expect(key).toMatchObject({ exchange: 'kraken', health: 'unknown' });
  }, 40_000);

  it('lets no second service into its data directory', async () => {
    const second = stack.start('main.js', [], {
      ...settings,
      CROSSBOOK_PORT: String(await freePort()),
      CROSSBOOK_DATA_DIR: path.join(directory.path, 'data'),
    });
    expect(await second.ended()).toBe(1);
    expect(second.lastLog).toContain(String(service.program.pid));
  }, 30_000);

  it('starts with no other master key than the one that sealed its keys, and loses nothing by the attempt', async () => {
    await service.program.stop(8_000);
    const dataDir = path.join(directory.path, 'data');
    const wrong = stack.start('main.js', [], {
      ...settings,
      CROSSBOOK_MASTER_KEY: OTHER_MASTER_KEY,
      CROSSBOOK_PORT: String(await freePort()),
      CROSSBOOK_DATA_DIR: dataDir,
    });
    expect(await wrong.ended()).toBe(1);
    expect(wrong.lastLog).toMatch(/master key/i);
    service = await stack.service({ ...settings, CROSSBOOK_EXCHANGE_GATEWAY: `http://127.0.0.1:${await freePort()}` });
    const { data } = await service.client.get<{ data: { label: string }[] }>('/v1/keys');
    expect(data.map(({ label }) => label)).toEqual(['unverified']);
  }, 90_000);
});
