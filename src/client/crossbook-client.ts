import { BehaviorSubject, distinctUntilChanged, Observable, Subject } from 'rxjs';
import { ClientError } from './client.error.js';
import { FeedSubscription } from './feed-subscription.js';
import { platformSocket, type SocketConstructor, type SocketLike } from './socket.js';
import type { Channel, ChannelMessage, Channels, ServerMessage } from './wire.js';

const BACKOFF_BASE_MS = 250;
const BACKOFF_CAP_MS = 30_000;
/** A connection that lived so long was a good one: the next attempt comes soon again. */
const STABLE_AFTER_MS = 5_000;
/** Until `hello` tells the server's own. */
const DEFAULT_HEARTBEAT_MS = 10_000;
/** Closes after which coming back would end the same way: bad request, unauthenticated, scope. */
const FINAL_CLOSES: ReadonlySet<number> = new Set([4400, 4401, 4403]);

/** `behind`: the server thins what it sends, since this client reads too slowly. */
export type ClientState = 'connecting' | 'live' | 'behind' | 'closed';

/** How to reach the service. */
export interface ClientOptions {
  /** `ws://127.0.0.1:8080/v1/stream`; never with a token in it. */
  readonly url: string;
  /** Sent as the first message. */
  readonly token?: string;
  /** Default: the platform's, else `ws`. */
  readonly socket?: SocketConstructor;
  /** The longest wait between two attempts to connect; default 30,000. */
  readonly maxWaitMs?: number;
}

/** The live feed over connections that come and go: it connects at the first subscription and stays until `close`. */
export class CrossbookClient {
  private readonly stateNow$ = new BehaviorSubject<ClientState>('connecting');
  private readonly faults$ = new Subject<ClientError>();
  /** Bounded by what the server allows (`limits.maxSubscriptions`). */
  private readonly subscriptions = new Set<FeedSubscription>();
  private socket: SocketLike | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isOpening = false;
  private isGreeted = false;
  private epoch = '';
  private heartbeatMs = DEFAULT_HEARTBEAT_MS;
  private failures = 0;
  /** When the connection was greeted; Infinity while there is none. */
  private greetedAtMs = Infinity;
  private names = 0;
  private askedWaitMs: number | null = null;

  readonly state$ = this.stateNow$.pipe(distinctUntilChanged());
  /** What went wrong without ending a subscription. */
  readonly errors$ = this.faults$.asObservable();

  constructor(private readonly options: ClientOptions) {}

  /**
   * A snapshot, then updates without a hole: after a cut or a hole those missed, or a new snapshot. Errors with a
   * {@link ClientError} where the server refuses it; unsubscribing ends it on the server.
   */
  subscribe<C extends Channel>(
    channel: C,
    request: { filter?: Channels[C]['filter']; mode?: 'all' | { conflateMs: number } } = {},
  ): Observable<ChannelMessage<C>> {
    return new Observable<ChannelMessage<Channel>>((out) => {
      if (this.stateNow$.value === 'closed') {
        out.error(new ClientError('closed', 'the client is closed; make a new one'));
        return;
      }
      this.names += 1;
      const asked = { channel, filter: request.filter, mode: request.mode ?? 'all' };
      const subscription = new FeedSubscription(String(this.names), asked, out);
      this.subscriptions.add(subscription);
      if (this.isGreeted) this.send(subscription.ask());
      else if (!this.socket && !this.isOpening && this.timer === undefined) void this.open();
      out.add(() => {
        if (this.subscriptions.delete(subscription) && this.isGreeted) this.end(subscription);
      });
    });
  }

  /** Ends everything; subscriptions complete. */
  close(): void {
    this.finish((subscription) => {
      subscription.complete();
    });
  }

  private async open(): Promise<void> {
    this.isOpening = true;
    let socket: SocketLike;
    try {
      const Socket = this.options.socket ?? (await platformSocket());
      if (this.stateNow$.value === 'closed') return;
      socket = new Socket(this.options.url);
    } catch (error) {
      this.fail(new ClientError('bad_url', `url: ${(error as Error).message}`));
      return;
    } finally {
      this.isOpening = false;
    }
    this.socket = socket;
    socket.onmessage = ({ data }) => {
      if (socket === this.socket) this.read(data);
    };
    socket.onerror = () => undefined; // Every error is followed by a close.
    socket.onclose = ({ code, reason }) => {
      if (socket === this.socket) this.lost(code, reason);
    };
    this.watch();
  }

  private read(data: unknown): void {
    this.watch();
    let message: ServerMessage;
    try {
      message = JSON.parse(String(data)) as ServerMessage;
    } catch {
      this.faults$.next(new ClientError('bad_json', 'the server sent what is not JSON'));
      this.lost(1006, 'not JSON');
      return;
    }
    if (message.type === 'hello') this.greeted(message);
    else if (message.type === 'closing') this.askedWaitMs = message.reconnectAfterMs ?? null;
    else if (message.type === 'error') this.refused(message);
    else if (message.type === 'snapshot' || message.type === 'update') this.deliver(message);
  }

  private greeted({ epoch = '', heartbeatMs = DEFAULT_HEARTBEAT_MS }: ServerMessage): void {
    this.epoch = epoch;
    this.heartbeatMs = heartbeatMs;
    this.isGreeted = true;
    this.greetedAtMs = performance.now();
    if (this.options.token !== undefined) this.send({ op: 'auth', token: this.options.token });
    for (const subscription of this.subscriptions) this.send(subscription.ask());
    this.stateNow$.next('live');
  }

  private deliver(message: ServerMessage): void {
    const subscription = this.find(message.sub);
    if (!subscription) return; // Of one that ended, or of its earlier name.
    if (!subscription.take(message, this.epoch)) {
      this.end(subscription);
      this.send(subscription.ask());
    }
    if (this.isGreeted) this.stateNow$.next([...this.subscriptions].some((each) => each.isBehind) ? 'behind' : 'live');
  }

  private refused({ id, code, message }: ServerMessage): void {
    const error = new ClientError(String(code), message ?? String(code));
    const subscription = this.find(id);
    if (subscription) {
      this.subscriptions.delete(subscription);
      subscription.fail(error);
      return;
    }
    this.faults$.next(error);
    // What was asked meanwhile was not read: come back later and ask again.
    if (code === 'too_many_requests') this.lost(1006, 'too many requests');
  }

  private lost(code: number, reason: string): void {
    const closed = this.drop();
    if (!closed) return;
    if (FINAL_CLOSES.has(code)) {
      this.fail(new ClientError(`closed_${code}`, `the server closed with ${code}: ${reason}`));
      return;
    }
    this.stateNow$.next('connecting');
    // One that greets and cuts must not be dialled at full speed.
    if (performance.now() - this.greetedAtMs > STABLE_AFTER_MS) this.failures = 0;
    this.greetedAtMs = Infinity;
    const cap = this.options.maxWaitMs ?? BACKOFF_CAP_MS;
    const bound = Math.min(cap, BACKOFF_BASE_MS * 2 ** Math.min(this.failures, 16));
    this.failures += 1;
    const waitMs = this.askedWaitMs ?? bound / 2 + (Math.random() * bound) / 2;
    this.askedWaitMs = null;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.open();
    }, waitMs);
  }

  /** A connection that told nothing for two heartbeats is dead. */
  private watch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.faults$.next(new ClientError('silent', `nothing came for ${2 * this.heartbeatMs} ms; connecting again`));
      this.lost(1006, 'silent');
    }, 2 * this.heartbeatMs);
  }

  private drop(): boolean {
    const socket = this.socket;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.socket = null;
    this.isGreeted = false;
    socket?.close();
    return socket !== null;
  }

  private fail(error: ClientError): void {
    this.finish((subscription) => {
      subscription.fail(error);
    });
  }

  private finish(tell: (subscription: FeedSubscription) => void): void {
    if (this.stateNow$.value === 'closed') return;
    this.drop();
    this.stateNow$.next('closed');
    const ended = [...this.subscriptions];
    this.subscriptions.clear();
    for (const subscription of ended) tell(subscription);
    this.stateNow$.complete();
    this.faults$.complete();
  }

  private end(subscription: FeedSubscription): void {
    this.send({ op: 'unsubscribe', sub: subscription.wireId });
  }

  private send(message: object): void {
    this.socket?.send(JSON.stringify(message));
  }

  private find(wireId: string | null | undefined): FeedSubscription | undefined {
    return [...this.subscriptions].find((each) => each.wireId === wireId);
  }
}
