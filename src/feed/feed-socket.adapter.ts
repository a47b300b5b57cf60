import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { INestApplication } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import type { WebSocket, WebSocketServer } from 'ws';
import { AccessPolicy } from '../platform/auth/index.js';
import { Clock } from '../platform/clock/index.js';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { HostPolicy, hostRefusal, ProblemError, REQUEST_ID_HEADER, requestIdOf } from '../platform/http/index.js';
import { Log } from '../platform/logging/index.js';
import { readClientMessage } from './client-message.js';
import { FeedHub } from './feed-hub.js';
import { STREAM_PATH } from './feed.gateway.js';
import { MAX_MESSAGE_BYTES } from './feed-limits.js';
import type { TokenGuesses } from './token-guesses.js';

/** How long a client waits before it tries again when there is no room. */
const RETRY_AFTER_S = 5;

/** Headers of a refusal, beside those that all have. */
type Extra = Readonly<Record<string, string>>;

function refuse(socket: Duplex, problem: ProblemError, requestId: string, extra: Extra = {}): void {
  const title = STATUS_CODES[problem.status] ?? 'Error';
  const { status, code, detail, field } = problem;
  const told = { type: 'about:blank', title, status, detail, code, field, instance: STREAM_PATH, requestId };
  const body = JSON.stringify(told);
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Connection: close',
    `${REQUEST_ID_HEADER}: ${requestId}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 401 ? ['WWW-Authenticate: Bearer realm="crossbook"'] : []),
    ...(status === 503 ? [`Retry-After: ${RETRY_AFTER_S}`] : []),
    ...Object.entries(extra).map(([name, value]) => `${name}: ${value}`),
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
  private readonly guesses: TokenGuesses;
  private readonly clock: Clock;
  private readonly settings: Settings;
  private readonly log: Log;
  private unlisten: (() => void) | null = null;

  constructor(app: INestApplication) {
    super(app, { messageParser: readClientMessage });
    this.hosts = app.get(HostPolicy);
    this.access = app.get(AccessPolicy);
    this.guesses = app.get(FeedHub).guesses;
    this.clock = app.get(Clock);
    this.settings = app.get<Settings>(SETTINGS);
    this.log = app.get(Log);
  }

  override create(port: number, options: Record<string, unknown> = {}): unknown {
    return super.create(port, {
      ...options,
      maxPayload: MAX_MESSAGE_BYTES,
      // Compression costs twenty times the time per message, and memory per client.
      perMessageDeflate: false,
      // The gateway answers pings, within bounds: a client that sends them and does not read would fill its buffer.
      autoPong: false,
    });
  }

  /** What a client does wrong is no error of ours: the socket closes itself with the right code. */
  override bindErrorHandler(server: WebSocketServer): WebSocketServer {
    server.on('connection', (socket: WebSocket) => {
      // The gateway, which knows its id, tells of it.
      socket.on('error', () => undefined);
    });
    server.on('wsClientError', (error: Error, socket: Duplex, request: IncomingMessage) => {
      this.turnAway(
        request,
        socket,
        new ProblemError(400, 'bad_upgrade', `this is no WebSocket handshake: ${error.message}`),
        {
          'Sec-WebSocket-Version': '13',
        },
      );
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
      if (refusal) this.turnAway(request, socket, refusal, this.extraOf(refusal, request));
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

  private extraOf({ status }: ProblemError, request: IncomingMessage): Extra {
    if (status !== 429) return {};
    const waitMs = this.guesses.waitMs(this.clientOf(request), this.clock.nowMs());
    return { 'Retry-After': String(Math.ceil(waitMs / 1_000)) };
  }

  private clientOf({ socket, headers }: IncomingMessage): string {
    return this.access.clientOf(socket.remoteAddress, headers);
  }

  private turnAway(request: IncomingMessage, socket: Duplex, refusal: ProblemError, extra: Extra): void {
    const requestId = requestIdOf(request.headers);
    const { status, code } = refusal;
    this.log.debug('a client of the live feed was not let in', { requestId, status, code });
    refuse(socket, refusal, requestId, extra);
  }

  private refusal(port: number, request: IncomingMessage): ProblemError | null {
    const misplaced = hostRefusal(this.hosts, request.headers, request.socket.remoteAddress);
    if (misplaced) return misplaced;
    const target = (request.url ?? '').split('?', 1)[0];
    if (target !== STREAM_PATH) {
      return new ProblemError(404, 'not_found', `there is no stream here; the live feed is at ${STREAM_PATH}`);
    }
    const wrong = this.tokenRefusal(request);
    if (wrong) return wrong;
    const { maxClients } = this.settings.feed;
    const clients = this.servers(port).reduce((sum, server) => sum + server.clients.size, 0);
    if (clients < maxClients) return null;
    return new ProblemError(
      503,
      'too_many_clients',
      `there are ${maxClients} clients, which is the bound feed.maxClients`,
    );
  }

  /** Why the token that a client shows does not let it in; null where it does, or where none is shown. */
  private tokenRefusal(request: IncomingMessage): ProblemError | null {
    const client = this.clientOf(request);
    const nowMs = this.clock.nowMs();
    if (request.headers.authorization !== undefined && this.guesses.waitMs(client, nowMs) > 0) {
      return new ProblemError(
        429,
        'too_many_requests',
        'too many wrong tokens from this address; wait as Retry-After says',
      );
    }
    try {
      this.access.of(request.headers);
      return null;
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.guesses.note(client, nowMs);
      return error;
    }
  }
}

/** Lets the application speak the live feed's protocol; to be called before it listens. */
export function installFeed(app: INestApplication): void {
  app.useWebSocketAdapter(new FeedSocketAdapter(app));
}
