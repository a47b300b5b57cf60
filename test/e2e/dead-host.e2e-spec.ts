import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Server, type Socket, createServer } from 'node:net';
import { once } from 'node:events';
import { Stack, TemporaryDirectory, freePort } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

/** Accepts every connection and never answers, as a host does whose network is gone. */
class DeadHost {
  received = '';
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((socket) => {
    this.sockets.add(socket);
    socket.on('data', (data) => (this.received += data.toString('latin1')));
    socket.on('error', () => undefined);
  });

  async listen(port: number): Promise<void> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

describe('a service whose exchange never answers', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);
  const host = new DeadHost();
  let service: Awaited<ReturnType<Stack['service']>>;

  beforeAll(async () => {
    const port = await freePort();
    service = await stack.service({
      CROSSBOOK_MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
      CROSSBOOK_EXCHANGES: 'kraken,binance',
      CROSSBOOK_EXCHANGE_GATEWAY: `http://127.0.0.1:${port}`,
      CROSSBOOK_KEYS_CHECK_INTERVAL_MS: '1000',
    });
    // Refused at once, so the key is stored without waiting for an answer.
    await service.client.post('/v1/keys', {
      exchange: 'kraken',
      label: 'waits',
      apiKey: 'k'.repeat(56),
      secret: Buffer.from('s'.repeat(64)).toString('base64'),
    });
    await host.listen(port);
  }, 60_000);

  afterAll(async () => {
    host.close();
    await stack.stop();
    directory.remove();
  }, 30_000);

  it('stops in order within a second, and remembers the signed call that it gave up', async () => {
    await waitFor('a check of the key waits', () => host.received.includes('GetApiKeyInfo'), 20_000);
    const askedAtMs = performance.now();
    await service.program.stop(15_000);
    expect(performance.now() - askedAtMs).toBeLessThan(1_000);
    expect(await service.program.ended()).toBe(0);
    expect(service.program.lastLog).not.toContain('cut off');
    service = await stack.service({
      CROSSBOOK_MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
      CROSSBOOK_EXCHANGES: 'kraken,binance',
      CROSSBOOK_EXCHANGE_GATEWAY: `http://127.0.0.1:${await freePort()}`,
    });
    const { data } = await service.client.get<{ data: { id: string; health: string }[] }>('/v1/keys');
    const { data: calls } = await service.client.get<{ data: { outcome: string }[] }>(
      `/v1/keys/${data[0]?.id ?? ''}/usage`,
    );
    expect(calls.map(({ outcome }) => outcome)).toContain('unknown');
  }, 90_000);
});
