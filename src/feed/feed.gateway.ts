import type { IncomingMessage } from 'node:http';
import { type BeforeApplicationShutdown, Inject, type OnApplicationBootstrap } from '@nestjs/common';
import {
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  SubscribeMessage as On,
  WebSocketGateway,
} from '@nestjs/websockets';
import type { Subscription } from 'rxjs';
import type { WebSocket } from 'ws';
import { type Access, AccessPolicy } from '../platform/auth/index.js';
import { Clock } from '../platform/clock/index.js';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { ProblemError } from '../platform/http/index.js';
import { Log, LogContext } from '../platform/logging/index.js';
import type { AuthMessage, ListMessage, PingMessage, SubscribeMessage, UnsubscribeMessage } from './client-message.js';
import { CLOSE_CODES, closeCodeOf } from './close-codes.js';
import { FeedFault } from './feed.errors.js';
import { FeedHub } from './feed-hub.js';
import * as limits from './feed-limits.js';
import { wireTime } from './frames.js';
import { answerPings } from './answer-pings.js';
import { RequestAllowance } from './request-allowance.js';
import { Session } from './session.js';

/** Where the feed is reached. */
export const STREAM_PATH = '/v1/stream';

/** How often within a heartbeat every session is looked at. */
const SWEEPS_PER_HEARTBEAT = 4;
/** Clients come back after a restart spread over this time, so that they do not come all at once. */
const RECONNECT_AFTER_MS = { least: 500, spread: 2_000 } as const;
/** How long a shutdown waits for clients to answer the closing. */
const SHUTDOWN_WAIT_MS = 500;

interface Client {
  readonly session: Session;
  readonly allowance: RequestAllowance;
  /** Where it comes from. */
  readonly address: string;
  faultsInARow: number;
}

/** The live feed's door: connections, the messages of clients, heartbeats and the end. */
@WebSocketGateway({ path: STREAM_PATH })
export class FeedGateway
  implements OnGatewayConnection, OnGatewayDisconnect, OnApplicationBootstrap, BeforeApplicationShutdown
{
  private readonly clients = new Map<WebSocket, Client>();
  private readonly startedAt = Date.now().toString(36);
  private connections = 0;
  private isStopping = false;
  private sweep: NodeJS.Timeout | null = null;
  private tokens: Subscription | null = null;

  constructor(
    private readonly hub: FeedHub,
    private readonly access: AccessPolicy,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Clients that are connected and not on their way out. */
  get clientCount(): number {
    let count = 0;
    for (const { session } of this.clients.values()) if (session.isOpen) count += 1;
    return count;
  }

  /** Bytes that wait in the sockets of all clients together. */
  get bufferedBytes(): number {
    let sum = 0;
    for (const socket of this.clients.keys()) sum += socket.bufferedAmount;
    return sum;
  }

  onApplicationBootstrap(): void {
    this.hub.start();
    this.sweep = setInterval(() => {
      const nowMs = this.clock.nowMs();
      this.closeLost();
      for (const { session } of this.clients.values()) session.keepAlive(nowMs);
    }, this.settings.feed.heartbeatMs / SWEEPS_PER_HEARTBEAT);
    this.tokens = this.access.changed$.subscribe({
      next: () => {
        this.closeLost();
      },
      error: (error: unknown) => {
        this.log.error('revoked tokens are noticed late from now on', { error: String(error) });
      },
    });
  }

  /** Says goodbye with the time after which to come back; after the detector has told its last events. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    if (this.sweep) clearInterval(this.sweep);
    this.tokens?.unsubscribe();
    this.hub.stop();
    const sockets = [...this.clients.keys()];
    for (const { session } of [...this.clients.values()]) this.sendAway(session);
    const closed = Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => (timer = setTimeout(resolve, SHUTDOWN_WAIT_MS)));
    await Promise.race([closed, patience]);
    clearTimeout(timer);
  }

  handleConnection(socket: WebSocket, request: IncomingMessage): void {
    this.connections += 1;
    const id = `${this.startedAt}-${this.connections}`;
    const nowMs = (): number => this.clock.nowMs();
    const { counters } = this.hub;
    const access = this.accessOf(socket, request);
    if (!access) return;
    const session = new Session(id, socket, access, this.settings.feed, { nowMs, counters });
    counters.opened();
    socket.on('error', (error) => {
      session.closeCode ??= closeCodeOf(error);
      this.log.debug('the connection of a feed client failed', { connectionId: id, error: error.message });
    });
    socket.once('close', (heard) => {
      // A client that is cut off for not answering the closing ends with 1006: what it was told counts.
      const code = session.closeCode ?? heard;
      counters.ended(code);
      this.log.debug('a client of the live feed left', { connectionId: id, code });
    });
    const address = this.access.clientOf(request.socket.remoteAddress, request.headers);
    this.clients.set(socket, { session, allowance: new RequestAllowance(nowMs()), address, faultsInARow: 0 });
    answerPings(socket, session);
    this.log.debug('a client of the live feed connected', { connectionId: id, clients: this.clients.size });
    session.tell('hello', {
      protocol: 1,
      connectionId: id,
      serverTimeMs: wireTime(nowMs()),
      heartbeatMs: this.settings.feed.heartbeatMs,
      epoch: this.hub.epoch,
      limits: this.limits(),
    });
    if (this.isStopping) this.sendAway(session);
  }

  handleDisconnect(socket: WebSocket): void {
    const client = this.clients.get(socket);
    if (!client) return;
    client.session.dispose();
    this.clients.delete(socket);
  }

  @On('subscribe')
  subscribe(socket: WebSocket, message: SubscribeMessage): void {
    this.answer(socket, message.id, (session) => {
      this.hub.subscribe(session, message);
    });
  }

  @On('unsubscribe')
  unsubscribe(socket: WebSocket, { id, sub }: UnsubscribeMessage): void {
    this.answer(socket, id, (session) => {
      if (!session.remove(sub)) {
        throw new FeedFault(
          'unknown_subscription',
          `there is no subscription ${JSON.stringify(sub)}; see {"op":"list"}`,
          id,
        );
      }
      session.tell('unsubscribed', { id, sub });
    });
  }

  @On('list')
  list(socket: WebSocket, { id }: ListMessage): void {
    this.answer(socket, id, (session) => {
      session.tell('subscriptions', { id, data: session.views });
    });
  }

  @On('ping')
  ping(socket: WebSocket, { id }: PingMessage): void {
    this.answer(socket, id, (session) => {
      session.tell('pong', { id, serverTimeMs: wireTime(this.clock.nowMs()) });
    });
  }

  @On('auth')
  auth(socket: WebSocket, { id, token }: AuthMessage): void {
    this.answer(socket, id, (session) => {
      if (!this.isHeard(socket, session, id)) return;
      try {
        session.access = this.access.withToken(session.access, token);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        this.hub.guesses.note(this.clients.get(socket)?.address ?? '', this.clock.nowMs());
        session.tell('error', { id, code: 'unauthenticated', message: error.detail });
        session.close(CLOSE_CODES.unauthenticated, 'the token is not known, or was revoked, or has expired');
        return;
      }
      const scopes = [...session.access.scopes];
      session.tell('authenticated', { id, scopes });
      if (!scopes.includes('feed') && !scopes.includes('keys:read')) {
        session.close(CLOSE_CODES.scope, 'the token allows nothing that the feed offers');
      }
    });
  }

  @On('fault')
  fault(socket: WebSocket, fault: unknown): void {
    this.answer(socket, fault instanceof FeedFault ? fault.id : null, () => {
      throw fault;
    });
  }

  /** Counts a message, does it, and answers what cannot be done with an error frame. */
  private answer(socket: WebSocket, id: string | null, work: (session: Session) => void): void {
    const client = this.clients.get(socket);
    if (!client || !this.admit(client, id)) return;
    const context = new LogContext({ connectionId: client.session.id });
    context.run(() => {
      try {
        work(client.session);
        client.faultsInARow = 0;
      } catch (error) {
        this.refuse(client, error, id);
      }
    });
    context.end();
  }

  /** Whether a token of this client is looked at; one whose address guessed too often is sent away. */
  private isHeard(socket: WebSocket, session: Session, id: string | null): boolean {
    const waitMs = this.hub.guesses.waitMs(this.clients.get(socket)?.address ?? '', this.clock.nowMs());
    if (waitMs === 0) return true;
    const message = `too many wrong tokens from this address; wait ${Math.ceil(waitMs / 1_000)} s`;
    session.tell('error', { id, code: 'too_many_requests', message });
    session.close(CLOSE_CODES.tooMany, 'too many wrong tokens from this address');
    return false;
  }

  private admit({ session, allowance }: Client, id: string | null): boolean {
    session.heard();
    this.hub.counters.received += 1;
    const verdict = allowance.take(this.clock.nowMs());
    if (verdict === 'close') session.close(CLOSE_CODES.tooMany, 'went on sending faster than the limits allow');
    if (verdict === 'warn') {
      const message = `more than ${limits.MESSAGES_PER_SECOND} messages a second; those beyond are not read`;
      session.tell('error', { id, code: 'too_many_requests', message });
    }
    return verdict === 'ok';
  }

  private refuse(client: Client, error: unknown, id: string | null): void {
    if (error instanceof FeedFault) {
      client.session.tell('error', { id: error.id ?? id, code: error.code, message: error.message });
    } else {
      this.log.error('a message of a feed client could not be served', {
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      client.session.tell('error', { id, code: 'internal', message: 'something unforeseen went wrong; see the log' });
    }
    client.faultsInARow += 1;
    if (client.faultsInARow >= limits.MAX_FAULTS_IN_A_ROW) {
      client.session.close(CLOSE_CODES.badRequest, `${client.faultsInARow} malformed messages in a row`);
    }
  }

  /** What a client may do; null, and gone, where its token ended since the door let it in. */
  private accessOf(socket: WebSocket, request: IncomingMessage): Access | null {
    try {
      return this.access.of(request.headers);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      socket.close(CLOSE_CODES.unauthenticated, 'the token was revoked or has expired');
      return null;
    }
  }

  /** Closes the sessions that rest on a token which was revoked or has expired. */
  private closeLost(): void {
    for (const { session } of this.clients.values()) {
      const name = this.access.lost(session.access);
      if (name !== null) session.close(CLOSE_CODES.unauthenticated, `the token ${name} was revoked or has expired`);
    }
  }

  private sendAway(session: Session): void {
    const reconnectAfterMs = Math.round(RECONNECT_AFTER_MS.least + Math.random() * RECONNECT_AFTER_MS.spread);
    session.tell('closing', { code: CLOSE_CODES.restart, reason: 'restart', reconnectAfterMs });
    session.close(CLOSE_CODES.restart, `restart; reconnect after ${reconnectAfterMs} ms`);
  }

  private limits(): object {
    const { maxSubscriptions, maxBufferedBytes, ringSize } = this.settings.feed;
    return {
      maxSubscriptions,
      maxMessageBytes: limits.MAX_MESSAGE_BYTES,
      messagesPerSecond: limits.MESSAGES_PER_SECOND,
      messageBurst: limits.MESSAGE_BURST,
      maxBufferedBytes,
      ringSize,
      conflateMs: { min: limits.MIN_CONFLATE_MS, max: limits.MAX_CONFLATE_MS },
    };
  }
}
