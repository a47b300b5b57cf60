import type { WebSocket } from 'ws';
import type { Access } from '../platform/auth/index.js';
import type { Channel } from './channel.js';
import { CLOSE_CODES } from './close-codes.js';
import type { FeedCounters } from './feed-counters.js';
import { FeedFault } from './feed.errors.js';
import {
  CLOSE_GRACE_MS,
  CONGESTED_PART,
  DRAIN_CHECK_MS,
  MAX_FILTER_BYTES,
  PATIENCE_HEARTBEATS,
} from './feed-limits.js';
import { frame, wireTime } from './frames.js';
import type { Sender, Subscription } from './subscription.js';

/** What bounds a session; part of the settings of the feed. */
export interface SessionLimits {
  readonly heartbeatMs: number;
  readonly maxSubscriptions: number;
  readonly maxBufferedBytes: number;
  readonly ringSize: number;
}

/** What a session needs beside its socket. */
export interface SessionSurroundings {
  readonly nowMs: () => number;
  readonly counters: FeedCounters;
}

/** Messages are JSON, whether they come as text or as bytes that are encoded already. */
const AS_TEXT = { binary: false } as const;

/** The longest time without any scope: for a client that is to send its token in a message. */
const AUTH_HEARTBEATS = 1;

/** One connected client: what it may do, what it subscribed to, and whether it keeps up. */
export class Session implements Sender {
  /** What the client may do; grows when it shows a token. */
  access: Access;
  readonly nowMs: () => number;
  readonly counters: FeedCounters;
  private readonly subscriptions = new Map<string, { subscription: Subscription; channel: Channel }>();
  private filterBytes = 0;
  private isClosed = false;
  /** The code with which the service, or the WebSocket layer, closed; null while neither did. */
  closeCode: number | null = null;
  private lastSentMs: number;
  private lastHeardMs: number;
  private readonly openedAtMs: number;
  private congestedSinceMs: number | null = null;
  private drain: NodeJS.Timeout | null = null;

  constructor(
    readonly id: string,
    private readonly socket: WebSocket,
    access: Access,
    private readonly limits: SessionLimits,
    around: SessionSurroundings,
  ) {
    this.nowMs = around.nowMs;
    this.counters = around.counters;
    this.access = access;
    this.openedAtMs = this.nowMs();
    this.lastSentMs = this.openedAtMs;
    this.lastHeardMs = this.openedAtMs;
    socket.on('pong', () => {
      this.heard();
    });
  }

  get isCongested(): boolean {
    return this.socket.bufferedAmount > this.limits.maxBufferedBytes * CONGESTED_PART;
  }

  get isOpen(): boolean {
    return !this.isClosed;
  }

  get views(): object[] {
    return [...this.subscriptions.values()].map(({ subscription }) => subscription.view);
  }

  /** The client gave a sign of life. */
  heard(): void {
    this.lastHeardMs = this.nowMs();
  }

  send(message: string | Buffer, nowMs: number): void {
    if (this.isClosed || this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > this.limits.maxBufferedBytes) {
      this.closeSlow(nowMs);
      return;
    }
    this.socket.send(message, AS_TEXT);
    this.counters.sent += 1;
    this.lastSentMs = nowMs;
    if (this.isCongested) this.awaitDrain();
  }

  /** Sends a message that belongs to no subscription. */
  tell(type: string, fields: object): void {
    const nowMs = this.nowMs();
    this.send(frame(type, fields, nowMs), nowMs);
  }

  /** @throws {FeedFault} When the id is taken or there are too many already. */
  assertRoomFor(id: string): void {
    if (this.subscriptions.has(id)) {
      throw new FeedFault(
        'duplicate_id',
        `id ${JSON.stringify(id)} is subscribed already; unsubscribe it or take another id`,
        id,
      );
    }
    if (this.subscriptions.size >= this.limits.maxSubscriptions) {
      const bound = this.limits.maxSubscriptions;
      throw new FeedFault(
        'too_many_subscriptions',
        `there are ${bound} subscriptions, which is the bound; unsubscribe one`,
        id,
      );
    }
  }

  /** @throws {FeedFault} When the filters of all subscriptions, with this one, are too long together. */
  assertFilterFits({ id, filterBytes }: Subscription): void {
    if (this.filterBytes + filterBytes <= MAX_FILTER_BYTES) return;
    const detail = `the filters of all subscriptions may have ${MAX_FILTER_BYTES} bytes together; unsubscribe one`;
    throw new FeedFault('too_many_subscriptions', detail, id);
  }

  add(subscription: Subscription, channel: Channel): void {
    this.filterBytes += subscription.filterBytes;
    this.subscriptions.set(subscription.id, { subscription, channel });
  }

  /** @returns Whether there was such a subscription. */
  remove(id: string): boolean {
    const found = this.subscriptions.get(id);
    if (!found) return false;
    found.channel.leave(found.subscription);
    found.subscription.close();
    this.filterBytes -= found.subscription.filterBytes;
    return this.subscriptions.delete(id);
  }

  awaitDrain(): void {
    this.congestedSinceMs ??= this.nowMs();
    this.drain ??= setTimeout(() => {
      this.drain = null;
      this.checkDrain();
    }, DRAIN_CHECK_MS);
  }

  /** Pings, sends a heartbeat after silence, and closes a client that is silent itself. Asked several times a heartbeat. */
  keepAlive(nowMs: number): void {
    const { heartbeatMs } = this.limits;
    const silentMs = nowMs - this.lastHeardMs;
    if (silentMs > PATIENCE_HEARTBEATS * heartbeatMs) {
      if (this.congestedSinceMs !== null) this.closeSlow(nowMs);
      else this.close(CLOSE_CODES.idle, `no answer to pings for ${Math.round(silentMs)} ms`);
      return;
    }
    if (this.access.scopes.size === 0 && nowMs - this.openedAtMs > AUTH_HEARTBEATS * heartbeatMs) {
      this.close(CLOSE_CODES.unauthenticated, 'no token was shown');
      return;
    }
    if (silentMs >= heartbeatMs / 2) this.socket.ping();
    if (nowMs - this.lastSentMs >= heartbeatMs) {
      this.send(JSON.stringify({ type: 'heartbeat', serverTimeMs: wireTime(nowMs), sentAtMs: wireTime(nowMs) }), nowMs);
    }
  }

  /** Ends every subscription and closes; a client that does not answer the closing is cut off. */
  close(code: number, reason: string): void {
    if (this.isClosed) return;
    this.closeCode = code;
    this.dispose();
    this.socket.close(code, reason);
    setTimeout(() => {
      this.socket.terminate();
    }, CLOSE_GRACE_MS).unref();
  }

  /** The connection is gone, or about to go: nothing is kept for it. */
  dispose(): void {
    this.isClosed = true;
    if (this.drain) clearTimeout(this.drain);
    this.drain = null;
    for (const id of [...this.subscriptions.keys()]) this.remove(id);
  }

  private checkDrain(): void {
    const nowMs = this.nowMs();
    const since = this.congestedSinceMs ?? nowMs;
    const isFull = this.socket.bufferedAmount > this.limits.maxBufferedBytes || this.waiting() > this.limits.ringSize;
    if (isFull || (this.isCongested && nowMs - since > PATIENCE_HEARTBEATS * this.limits.heartbeatMs)) {
      this.closeSlow(nowMs);
      return;
    }
    if (this.isCongested) {
      this.awaitDrain();
      return;
    }
    this.congestedSinceMs = null;
    for (const { subscription } of this.subscriptions.values()) subscription.flush();
  }

  private waiting(): number {
    let sum = 0;
    for (const { subscription } of this.subscriptions.values()) sum += subscription.waiting;
    return sum;
  }

  private closeSlow(nowMs: number): void {
    const seconds = ((nowMs - (this.congestedSinceMs ?? nowMs)) / 1_000).toFixed(1);
    const bytes = this.socket.bufferedAmount;
    this.close(CLOSE_CODES.slow, `slow: ${this.waiting()} events and ${bytes} bytes behind, for ${seconds} s`);
  }
}
