import type { WebSocket } from 'ws';
import { FrameLane } from './frame-lane.js';

/** A client that has so much unread is too slow and is cut off. */
const MOST_BUFFERED_BYTES = 4 * 1024 * 1024;

/** A channel of one symbol with what its subscribers have been told. */
export interface Topic<State> {
  readonly key: string;
  readonly symbol: string;
  readonly state: State;
  readonly clients: Set<SocketClient>;
}

/** One connection to one exchange. */
export class SocketClient {
  readonly topics = new Map<string, Topic<unknown>>();
  /** The simulator's clock, ms: when anything last went out. */
  lastSentMs = 0;
  framesSent = 0;
  isAlive = true;
  private readonly lanes = new Map<string, FrameLane>();
  private stall: NodeJS.Timeout | null = null;

  constructor(
    readonly id: string,
    readonly path: string,
    private readonly socket: WebSocket,
    private readonly now: () => number,
  ) {}

  /** True while nothing leaves and nothing is read. */
  get isStalled(): boolean {
    return this.stall !== null;
  }

  /** True when a channel of the symbol is subscribed. */
  listensTo(symbol: string): boolean {
    return [...this.topics.values()].some((topic) => topic.symbol === symbol);
  }

  /** Sends text, or bytes where asked; a buffer is sent as it is, so that a frame for many is encoded once. */
  send(frame: string | Buffer, isBinary = false): void {
    if (this.socket.readyState !== this.socket.OPEN || this.isStalled) return;
    if (this.socket.bufferedAmount > MOST_BUFFERED_BYTES) {
      this.kill();
      return;
    }
    this.socket.send(frame, { binary: isBinary });
    this.lastSentMs = this.now();
    this.framesSent += 1;
  }

  /** Sends a JSON text. */
  sendJson(message: unknown): void {
    this.send(JSON.stringify(message));
  }

  /** Sends a protocol ping. */
  ping(): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.ping();
  }

  /** The lane of a topic; null when nothing of it was ever held back and `isNeeded` does not ask for one. */
  laneOf(key: string, isNeeded: boolean): FrameLane | null {
    const lane = this.lanes.get(key);
    if (lane || !isNeeded) return lane ?? null;
    const made = new FrameLane(this.now);
    this.lanes.set(key, made);
    return made;
  }

  /** Forgets what is held back of a topic. */
  forgetLane(key: string): void {
    this.lanes.get(key)?.close();
    this.lanes.delete(key);
  }

  /** Ends a stall and sends everything that is held back. */
  recover(): void {
    this.resume();
    for (const lane of this.lanes.values()) lane.flush();
  }

  /**
   * Turns the connection into one whose far end is gone: it stays open, but no byte leaves, not even a pong, and none is
   * read. Afterwards it reads on; what would have left meanwhile is lost.
   */
  stallFor(durationMs: number): void {
    this.resume();
    this.socket.pause();
    this.stall = setTimeout(() => {
      this.resume();
    }, durationMs);
  }

  /** Ends a stall. */
  resume(): void {
    if (!this.stall) return;
    clearTimeout(this.stall);
    this.stall = null;
    this.socket.resume();
  }

  /** Ends the connection without a closing handshake. */
  kill(): void {
    this.resume();
    this.socket.terminate();
  }

  /** Ends the connection with a close frame. */
  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }
}
