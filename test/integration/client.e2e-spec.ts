import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Observable, Subscription } from 'rxjs';
import { WebSocket, WebSocketServer } from 'ws';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CrossbookClient, type SocketConstructor } from '../../src/client/index.js';
import { FeedApp } from '../support/feed-app.js';
import { opportunity } from '../support/opportunities.js';
import { waitFor } from '../support/wait-for.js';

describe('the client', () => {
  let app: FeedApp;
  let client: CrossbookClient;
  let server: WebSocketServer | undefined;
  let listening: Subscription;
  /** Keeps what is told and what went wrong. */
  const listen = <T>(source$: Observable<T>): { told: T[]; errors: unknown[] } => {
    const heard: { told: T[]; errors: unknown[] } = { told: [], errors: [] };
    const take = { next: (value: T) => heard.told.push(value), error: (error: unknown) => heard.errors.push(error) };
    listening.add(source$.subscribe(take));
    return heard;
  };

  beforeAll(async () => {
    app = await FeedApp.start();
  });
  beforeEach(() => {
    listening = new Subscription();
  });
  afterEach(() => {
    listening.unsubscribe();
    client.close();
    for (const socket of server?.clients ?? []) socket.terminate();
    server?.close();
    server = undefined;
  });
  afterAll(async () => {
    await app.stop();
  });

  const connect = (token?: string): CrossbookClient => {
    client = new CrossbookClient({
      url: `ws://127.0.0.1:${app.port}/v1/stream`,
      ...(token !== undefined && { token }),
    });
    return client;
  };

  it('gives a snapshot and then updates of the real feed, and ends the session when it is closed', async () => {
    const { told } = listen(connect().subscribe('opportunities', { filter: { symbols: ['BTC/USDT'] } }));
    await waitFor('a snapshot', () => told.length === 1);
    app.opportunities.emit({ v: 1, event: 'opened', opportunity: opportunity({ id: 'a' }) });
    app.opportunities.emit({ v: 1, event: 'closed', opportunity: opportunity({ id: 'a', state: 'closed' }) });
    const events = (): string[] => told.flatMap((m) => (m.type === 'update' ? m.data.map(({ event }) => event) : []));
    await waitFor('both events', () => events().length === 2);
    expect(told[0]?.type).toBe('snapshot');
    expect(events()).toEqual(['opened', 'closed']);
    client.close();
    await waitFor('no session is left', () => app.sessions() === 0);
  });

  it('hears after a cut exactly what it missed of the real feed, and leaves when nobody listens', async () => {
    const sockets: WebSocket[] = [];
    class Kept extends WebSocket {
      constructor(url: string) {
        super(url);
        sockets.push(this);
      }
    }
    client = new CrossbookClient({ url: `ws://127.0.0.1:${app.port}/v1/stream`, socket: Kept as SocketConstructor });
    const states = listen(client.state$).told;
    const { told } = listen(client.subscribe('opportunities'));
    await waitFor('a snapshot', () => told.length === 1);
    app.opportunities.emit({ v: 1, event: 'opened', opportunity: opportunity({ id: 'b' }) });
    await waitFor('the opening', () => told.length === 2);
    sockets[0]?.terminate();
    app.opportunities.emit({ v: 1, event: 'closed', opportunity: opportunity({ id: 'b', state: 'closed' }) });
    await waitFor('the closing', () => told.length === 3);
    expect(told.map(({ type }) => type)).toEqual(['snapshot', 'update', 'update']);
    expect(told[2]).toMatchObject({ prevSeq: told[1]?.seq, data: [{ event: 'closed', opportunity: { id: 'b' } }] });
    expect(states).toEqual(['connecting', 'live', 'connecting', 'live']);
    listening.unsubscribe();
    sockets[1]?.send('{"op":"list","id":"l"}');
    const left = await new Promise((resolve) =>
      sockets[1]?.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as { type: string; data: unknown };
        if (message.type === 'subscriptions') resolve(message.data);
      }),
    );
    expect(left).toEqual([]);
  });

  it('errors with the code of what the real feed refuses, while others go on', async () => {
    const filter = { minNetBps: 'x' as unknown as number };
    const { errors } = listen(connect().subscribe('opportunities', { filter }));
    const { told } = listen(client.subscribe('exchanges'));
    await waitFor('a refusal and a snapshot', () => errors.length === 1 && told.length === 1);
    expect(errors[0]).toMatchObject({ code: 'bad_filter' });
  });

  it('shows keys with a token, and ends with closed_4401 where the token is not known', async () => {
    const { told } = listen(connect(app.token).subscribe('keys'));
    await waitFor('a snapshot', () => told.length === 1);
    client.close();
    const { errors } = listen(connect('wrong').subscribe('opportunities'));
    await waitFor('the end', () => errors.length === 1);
    expect(errors[0]).toMatchObject({ code: 'closed_4401' });
  });

  it('asks again from the last position after a hole and after a cut, and takes silence for death', async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const asked: Record<string, unknown>[] = [];
    const sockets: WebSocket[] = [];
    server.on('connection', (socket) => {
      sockets.push(socket);
      socket.send(JSON.stringify({ type: 'hello', epoch: 'e1', heartbeatMs: 100 }));
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as { op: string; id: string; since?: unknown };
        asked.push(message);
        if (message.op !== 'subscribe' || message.since !== undefined) return;
        socket.send(JSON.stringify({ type: 'snapshot', sub: message.id, seq: 5, data: [] }));
        socket.send(JSON.stringify({ type: 'update', sub: message.id, seq: 9, prevSeq: 7, data: [] }));
      });
    });
    client = new CrossbookClient({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` });
    const { told: faults } = listen(client.errors$);
    const { told } = listen(client.subscribe('opportunities'));
    await waitFor('it asks again', () => asked.length >= 3);
    expect(asked.slice(0, 3).map(({ op }) => op)).toEqual(['subscribe', 'unsubscribe', 'subscribe']);
    expect(asked[2]).toMatchObject({ since: { epoch: 'e1', seq: 5 } });
    await waitFor('it comes back after silence', () => sockets.length >= 2 && asked.length >= 4);
    expect(faults.map(({ code }) => code)).toContain('silent');
    const before = asked.length;
    sockets.at(-1)?.terminate();
    await waitFor('it comes back after a cut', () => asked.length > before);
    expect(asked.at(-1)).toMatchObject({ op: 'subscribe', since: { epoch: 'e1', seq: 5 } });
    expect(told.map(({ seq }) => seq)).toEqual([5]);
  });
});
