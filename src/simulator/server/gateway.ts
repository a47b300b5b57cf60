import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { SocketClient } from '../wire/socket-client.js';
import type { ExchangeDesk } from './exchange-desk.js';
import { troubleReply } from './trouble-replies.js';
import { BodyTooLargeError, readBody, sendJson } from './http-body.js';

/** Connections at a time over all exchanges; more are refused. */
const MOST_CLIENTS = 200;
/** Longest text frame from a client, bytes. */
const MOST_FRAME_BYTES = 64 * 1024;
/** Seconds between two protocol pings to a client; one that does not answer until the next is cut off. */
const PING_EVERY_BEATS = 20;

/** Answers what is not an exchange: the simulator's own endpoints. */
export type ControlRoute = (request: IncomingMessage, url: URL, body: string) => { status: number; body: unknown };

/** The one HTTP and WebSocket server: `/HOST/PATH` is the exchange with that host, `/__sim` the simulator itself. */
export class Gateway {
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({
    ...{ noServer: true, perMessageDeflate: false, maxPayload: MOST_FRAME_BYTES },
  });
  private beatTimer: NodeJS.Timeout | null = null;
  private beats = 0;
  private nextId = 0x5a3ee853;

  constructor(
    private readonly desks: readonly ExchangeDesk[],
    private readonly control: ControlRoute,
    private readonly now: () => number,
    private readonly wake: (desk: ExchangeDesk) => void,
  ) {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else sendJson(response, error instanceof BodyTooLargeError ? 413 : 500, { error: String(error) });
      });
    });
    this.server.on('upgrade', (request, socket, head) => {
      this.upgrade(request, socket, head);
    });
  }

  /** Listens; rejects with the system's error when the port is taken. */
  async listen(port: number, host: string): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    this.beatTimer = setInterval(() => {
      this.beat();
    }, 1_000);
    return this.server.address() as AddressInfo;
  }

  /** Ends every connection and stops listening. */
  async close(): Promise<void> {
    if (this.beatTimer) clearInterval(this.beatTimer);
    for (const desk of this.desks) for (const client of desk.clients) client.kill();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const address = locate(request);
    if (!address) {
      sendJson(response, 400, { error: 'the address cannot be read' });
      return;
    }
    const { url, host, path } = address;
    if (url.pathname === '/__sim' || url.pathname.startsWith('/__sim/')) {
      const reply = this.control(request, url, body);
      sendJson(response, reply.status, reply.body);
      return;
    }
    const desk = this.deskOf(host);
    if (!desk) {
      sendJson(response, 404, { error: `no exchange here has the host ${host}`, hosts: this.hosts() });
      return;
    }
    const trouble = desk.faults.rest.take(path);
    if (trouble?.fault.fault === 'restTimeout') {
      this.hang(response, trouble.untilMs);
      return;
    }
    const nowMs = desk.clock();
    const reply =
      (trouble && troubleReply(desk, trouble, path)) ??
      desk.rest({
        ...{ method: request.method ?? 'GET', host, path, query: url.searchParams, rawQuery: url.search.slice(1) },
        ...{ headers: request.headers, body, remoteAddress: request.socket.remoteAddress ?? '', nowMs },
      });
    sendJson(response, reply.status, reply.body, reply.headers);
  }

  // The request has been taken and is never answered; the connection ends with the fault.
  private hang(response: ServerResponse, untilMs: number): void {
    const timer = setTimeout(() => {
      response.destroy();
    }, untilMs - this.now());
    response.once('close', () => {
      clearTimeout(timer);
    });
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = locate(request);
    const desk = this.deskOf(address?.host ?? '');
    const isKnown = address !== null && desk?.wire.accepts(address.host, address.path) === true;
    const count = this.desks.reduce((sum, { clients }) => sum + clients.size, 0);
    const isRefused = !desk || !isKnown || desk.faults.isRefusing || count >= MOST_CLIENTS;
    if (desk) {
      desk.dials.asked += 1;
      desk.dials.refused += isRefused ? 1 : 0;
    }
    if (isRefused) {
      socket.on('error', () => socket.destroy());
      socket.end(`HTTP/1.1 ${isKnown ? '503 Service Unavailable' : '404 Not Found'}\r\nConnection: close\r\n\r\n`);
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.open(desk, webSocket, address);
    });
  }

  private open(desk: ExchangeDesk, webSocket: WebSocket, { url, path }: Address): void {
    const client = new SocketClient((this.nextId++).toString(16), path, webSocket, desk.clock);
    if (!desk.isMoving) this.wake(desk);
    desk.clients.add(client);
    webSocket.on('message', (data, isBinary) => {
      client.isAlive = true;
      if (isBinary) client.close(1003, 'text frames only');
      else desk.wire.receive(client, (data as Buffer).toString('utf8'));
    });
    webSocket.on('pong', () => {
      client.isAlive = true;
    });
    webSocket.on('ping', () => {
      client.isAlive = true;
    });
    // A broken or oversized frame ends this connection; `close` follows and clears up.
    webSocket.on('error', () => {
      client.kill();
    });
    webSocket.on('close', () => {
      client.resume();
      desk.clients.delete(client);
      desk.wire.leave(client);
    });
    desk.wire.open(client, url.searchParams);
  }

  private beat(): void {
    this.beats += 1;
    for (const { wire, clients, clock } of this.desks) {
      for (const client of clients) {
        if (client.isStalled) continue;
        wire.beat?.(client, clock());
        if (this.beats % PING_EVERY_BEATS !== 0) continue;
        if (!client.isAlive) client.kill();
        client.isAlive = false;
        client.ping();
      }
    }
  }

  private deskOf(host: string): ExchangeDesk | null {
    return this.desks.find((desk) => desk.wire.hosts.includes(host)) ?? null;
  }

  private hosts(): readonly string[] {
    return this.desks.flatMap((desk) => desk.wire.hosts);
  }
}

interface Address {
  readonly url: URL;
  /** Without port. */
  readonly host: string;
  /** As the exchange with that host sees it. */
  readonly path: string;
}

// `/stream.binance.com:9443/ws/1` is the path `/ws/1` of the host `stream.binance.com`; null when it is no address.
function locate(request: IncomingMessage): Address | null {
  const text = `http://simulator${request.url ?? '/'}`;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const [, first = '', ...rest] = url.pathname.split('/');
  return { url, host: first.replace(/(:|%3A)\d+$/i, ''), path: `/${rest.join('/')}` };
}
