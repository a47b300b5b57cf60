import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { Dice } from './dice.js';
import { type ForeignExchange, ForeignSocket, textOf } from './foreign-exchange.js';

const TICK_MS = 20;
const BEAT_MS = 1_000;

/** Serves exchanges behind one address: `https://HOST/PATH` and `wss://HOST/PATH` as `URL/HOST/PATH`. */
export class ForeignServer {
  private readonly http: Server;
  private readonly sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  private readonly timers: NodeJS.Timeout[];
  private readonly dice = new Dice(99);
  /** What no exchange answered, or answered with an error: a gap in the play. */
  readonly unknown = new Set<string>();

  private constructor(private readonly exchanges: readonly ForeignExchange[]) {
    this.http = createServer((request, response) => void this.answer(request, response));
    this.http.on('upgrade', (request, socket, head) => {
      const { host, path } = target(request);
      const exchange = this.at(host);
      if (!exchange) {
        this.unknown.add(`ws ${host}${path}`);
        socket.destroy();
        return;
      }
      this.sockets.handleUpgrade(request, socket, head, (ws) => {
        const client = new ForeignSocket(ws, path, this.dice);
        ws.on('message', (data) => {
          exchange.heard(client, textOf(data));
        });
        ws.on('close', () => exchange.sockets.delete(client));
        exchange.opened(client);
      });
    });
    this.timers = [
      setInterval(() => {
        for (const exchange of exchanges) exchange.tick(performance.now());
      }, TICK_MS),
      setInterval(() => {
        for (const exchange of exchanges) exchange.beat();
      }, BEAT_MS),
    ];
  }

  static async start(exchanges: readonly ForeignExchange[]): Promise<ForeignServer> {
    const server = new ForeignServer(exchanges);
    await new Promise<void>((resolve) => server.http.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    for (const ws of this.sockets.clients) ws.terminate();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  private at(host: string): ForeignExchange | undefined {
    return this.exchanges.find(({ hosts }) => hosts.includes(host));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host, path, query } = target(request);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const answer = this.at(host)?.rest({ host, path, query, body: Buffer.concat(parts).toString() });
    await delay(this.dice.whole(0, 40));
    if (answer === undefined) this.unknown.add(`${request.method ?? ''} ${host}${path}?${query.toString()}`);
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify((await answer) ?? { error: 'no such path' }, null, this.dice.chance(0.3) ? 1 : 0));
  }
}

function target(request: IncomingMessage): { host: string; path: string; query: URLSearchParams } {
  const url = new URL(request.url ?? '/', 'http://gateway');
  const [, host = '', ...rest] = url.pathname.split('/');
  return { host: decodeURIComponent(host), path: `/${rest.join('/')}`, query: url.searchParams };
}
