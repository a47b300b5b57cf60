import { WebSocket } from 'ws';

/** A message of the service, as parsed. */
export type Message = Record<string, unknown> & { type: string };

/** A real WebSocket client that keeps what it received. */
export class FeedClient {
  readonly messages: Message[] = [];
  closed: { code: number; reason: string } | null = null;
  private read = 0;
  private wake: (() => void) | null = null;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString()) as Message);
      this.wake?.();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.wake?.();
    });
  }

  /** Connects and reads `hello`. */
  static async connect(port: number, headers: Record<string, string> = {}, autoPong = true): Promise<FeedClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/stream`, { headers, autoPong });
    const client = new FeedClient(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    await client.next('hello');
    return client;
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  /** The next message of a type that was not handed out yet; others in between are passed over. */
  async next(type: string, timeoutMs = 4_000): Promise<Message> {
    const found = await this.until(() => {
      while (this.read < this.messages.length) {
        const message = this.messages[this.read++];
        if (message?.type === type) return message;
      }
      return undefined;
    }, timeoutMs);
    if (!found) throw new Error(`no ${type} came; last was ${JSON.stringify(this.messages.at(-1)).slice(0, 300)}`);
    return found;
  }

  /** Sends a message and reads the next answer of a type. */
  async ask(message: unknown, type: string): Promise<Message> {
    this.say(message);
    return this.next(type);
  }

  /** Subscribes and reads the snapshot. */
  async subscribe(fields: object): Promise<Message> {
    this.say({ op: 'subscribe', ...fields });
    await this.next('subscribed');
    return this.next('snapshot');
  }

  /** Every message that came before the answer to a ping: proof that nothing else came. */
  async drain(): Promise<Message[]> {
    const from = this.read;
    await this.ask({ op: 'ping', id: 'drain' }, 'pong');
    return this.messages.slice(from, this.read - 1);
  }

  async untilClosed(timeoutMs = 4_000): Promise<{ code: number; reason: string }> {
    const closed = await this.until(() => this.closed ?? undefined, timeoutMs);
    if (!closed) throw new Error('the connection was not closed');
    return closed;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.socket.close();
    await this.untilClosed();
  }

  private async until<T>(look: () => T | undefined, timeoutMs: number): Promise<T | undefined> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      const left = deadline - Date.now();
      if (left <= 0) return undefined;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
