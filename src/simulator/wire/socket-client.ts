import type { WebSocket } from 'ws';

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

  constructor(
    readonly id: string,
    readonly path: string,
    private readonly socket: WebSocket,
    private readonly now: () => number,
  ) {}

  /** Sends text, or bytes where asked; a buffer is sent as it is, so that a frame for many is encoded once. */
  send(frame: string | Buffer, isBinary = false): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
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

  /** Ends the connection without a closing handshake. */
  kill(): void {
    this.socket.terminate();
  }

  /** Ends the connection with a close frame. */
  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }
}
