import { gunzipSync } from 'node:zlib';
import { WebSocket } from 'ws';

/** A frame as it came, unpacked where it was gzipped, and as it parses; text that is no JSON has no `json`. */
export interface WireFrame {
  readonly data: Buffer;
  readonly isBinary: boolean;
  readonly text: string;
  // A test reads whatever an exchange may send.
  readonly json: Readonly<Record<string, unknown>> | null;
}

/** A plain WebSocket client that remembers every frame, for tests of what is on the wire. */
export class WireClient {
  readonly frames: WireFrame[] = [];
  isClosed = false;
  /** Pongs of the WebSocket protocol. */
  pongs = 0;
  private readonly waiting = new Set<() => void>();

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      const text = (data[0] === 0x1f && data[1] === 0x8b ? gunzipSync(data) : data).toString('utf8');
      const json = /^[[{]/.test(text) ? (JSON.parse(text) as Record<string, unknown>) : null;
      this.frames.push({ data, isBinary, text, json });
      this.wake();
    });
    socket.on('pong', () => {
      this.pongs += 1;
      this.wake();
    });
    socket.on('close', () => {
      this.isClosed = true;
      this.wake();
    });
  }

  /** Connects; rejects when the server refuses. */
  static async connect(url: string): Promise<WireClient> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const client = new WireClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    socket.on('error', () => undefined);
    return client;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Sends a ping of the WebSocket protocol. */
  ping(): void {
    this.socket.ping();
  }

  /** Waits until a condition on what has arrived holds. */
  async until(condition: () => boolean, what: string, timeoutMs = 5_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!condition()) {
      const left = deadline - Date.now();
      if (left <= 0)
        throw new Error(`waited ${timeoutMs} ms for ${what}; last frame: ${this.frames.at(-1)?.text ?? 'none'}`);
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          this.waiting.delete(done);
          resolve();
        };
        const timer = setTimeout(done, left);
        this.waiting.add(done);
      });
    }
  }

  /** Waits for the first frame, from an index on, that matches. */
  async frame(matches: (frame: WireFrame) => boolean, what: string, from = 0): Promise<WireFrame> {
    await this.until(() => this.frames.slice(from).some(matches), what);
    return this.frames.slice(from).find(matches) as WireFrame;
  }

  /** Stops reading, as a client does that is too busy. */
  pause(): void {
    this.socket.pause();
  }

  close(): void {
    this.socket.terminate();
  }

  private wake(): void {
    for (const done of [...this.waiting]) done();
  }
}

/** A book kept from frames as an exchange's documents tell a client to. */
export class FollowedBook {
  readonly bids = new Map<number, number>();
  readonly asks = new Map<number, number>();

  apply(side: 'bids' | 'asks', levels: readonly (readonly unknown[])[]): void {
    for (const [price, size] of levels) {
      if (Number(size) === 0) this[side].delete(Number(price));
      else this[side].set(Number(price), Number(size));
    }
  }

  /** Cuts both sides to their best levels. */
  cut(depth: number): void {
    for (const side of ['bids', 'asks'] as const) {
      const kept = this.top(side, depth);
      this[side].clear();
      for (const [price, size] of kept) this[side].set(price, size);
    }
  }

  top(side: 'bids' | 'asks', depth: number): [number, number][] {
    return [...this[side]].sort(([a], [b]) => (side === 'bids' ? b - a : a - b)).slice(0, depth);
  }
}
