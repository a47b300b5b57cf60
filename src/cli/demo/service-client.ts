import { once } from 'node:events';
import { WebSocket } from 'ws';

/** One message of the stream; only what every message has. */
export interface StreamMessage {
  readonly type: string;
  readonly channel?: string;
  readonly data?: readonly unknown[];
  readonly code?: string;
  readonly message?: string;
}

/** Speaks to a running service as any client would: REST and the stream. */
export class ServiceClient {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  async get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>('POST', path, body);
  }

  /** Subscribes to channels; `take` gets every message until the socket closes. */
  async stream(channels: readonly string[], take: (message: StreamMessage) => void): Promise<WebSocket> {
    const socket = new WebSocket(`${this.url.replace(/^http/, 'ws')}/v1/stream`, {
      headers: { authorization: `Bearer ${this.token}` },
      perMessageDeflate: false,
    });
    socket.on('message', (data: Buffer) => {
      take(JSON.parse(data.toString('utf8')) as StreamMessage);
    });
    await once(socket, 'open');
    // The service ending first is a normal end of the demo, told by the process that watches it.
    socket.on('error', () => undefined);
    for (const channel of channels) socket.send(JSON.stringify({ op: 'subscribe', id: channel, channel }));
    return socket;
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }
}
