import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { WebSocket, WebSocketServer } from 'ws';
import { AccessPolicy } from '../platform/auth/index.js';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { HostPolicy, hostRefusal, ProblemError } from '../platform/http/index.js';
import { Log } from '../platform/logging/index.js';
import { readClientMessage } from './client-message.js';
import { STREAM_PATH } from './feed.gateway.js';
import { MAX_MESSAGE_BYTES } from './feed-limits.js';

/** How long a client waits before it tries again when there is no room. */
const RETRY_AFTER_S = 5;

function refuse(socket: Duplex, problem: ProblemError): void {
  const title = STATUS_CODES[problem.status] ?? 'Error';
  const { status, code, detail, field } = problem;
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, code, field, instance: STREAM_PATH });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 401 ? ['WWW-Authenticate: Bearer realm="crossbook"'] : []),
    ...(status === 503 ? [`Retry-After: ${RETRY_AFTER_S}`] : []),
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/**
 * The framework's WebSocket layer with what this feed needs: bounds, messages named by `op`, and a door that looks at
 * `Host`, `Origin` and the token before the upgrade and refuses with a problem document.
 */
export class FeedSocketAdapter extends WsAdapter {
  private readonly hosts: HostPolicy;
  private readonly access: AccessPolicy;
  private readonly settings: Settings;
  private readonly log: Log;
  private unlisten: (() => void) | null = null;

  constructor(app: INestApplication) {
    super(app, { messageParser: readClientMessage });
    this.hosts = app.get(HostPolicy);
    this.access = app.get(AccessPolicy);
    this.settings = app.get<Settings>(SETTINGS);
    this.log = app.get(Log);
  }

  override create(port: number, options: Record<string, unknown> = {}): unknown {
    return super.create(port, {
      ...options,
      maxPayload: MAX_MESSAGE_BYTES,
      // Compression costs twenty times the time per message, and memory per client.
      perMessageDeflate: false,
    });
  }

  /** What a client does wrong is no error of ours: the socket closes itself with the right code. */
  override bindErrorHandler(server: WebSocketServer): WebSocketServer {
    server.on('connection', (socket: WebSocket) => {
      socket.on('error', (error) => {
        this.log.debug('the connection of a feed client failed', { error: error.message });
      });
    });
    server.on('error', (error) => {
      this.log.error('the socket server failed', { error: error.message });
    });
    return server;
  }

  override dispose(): Promise<void> {
    this.unlisten?.();
    return super.dispose();
  }

  protected override ensureHttpServerExists(port: number, httpServer?: Server): Server | undefined {
    if (!httpServer || this.httpServersRegistry.has(port)) return undefined;
    this.httpServersRegistry.set(port, httpServer);
    const listener = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      socket.on('error', () => socket.destroy());
      const refusal = this.refusal(port, request);
      if (refusal) refuse(socket, refusal);
      else this.upgrade(port, request, socket, head);
    };
    httpServer.on('upgrade', listener);
    this.unlisten = () => httpServer.off('upgrade', listener);
    return httpServer;
  }

  private servers(port: number): WebSocketServer[] {
    return (this.wsServersRegistry.get(port) ?? []) as WebSocketServer[];
  }

  private upgrade(port: number, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const [server] = this.servers(port);
    server?.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request));
  }

  private refusal(port: number, request: IncomingMessage): ProblemError | null {
    const misplaced = hostRefusal(this.hosts, request.headers);
    if (misplaced) return misplaced;
    const target = (request.url ?? '').split('?', 1)[0];
    if (target !== STREAM_PATH) {
      return new ProblemError(404, 'not_found', `there is no stream here; the live feed is at ${STREAM_PATH}`);
    }
    try {
      this.access.of(request.headers);
    } catch (error) {
      if (error instanceof ProblemError) return error;
      throw error;
    }
    const { maxClients } = this.settings.feed;
    const clients = this.servers(port).reduce((sum, server) => sum + server.clients.size, 0);
    if (clients < maxClients) return null;
    return new ProblemError(
      503,
      'too_many_clients',
      `there are ${maxClients} clients, which is the bound feed.maxClients`,
    );
  }
}

/** Lets the application speak the live feed's protocol; to be called before it listens. */
export function installFeed(app: INestApplication): void {
  app.useWebSocketAdapter(new FeedSocketAdapter(app));
}
