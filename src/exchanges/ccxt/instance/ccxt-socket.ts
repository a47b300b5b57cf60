import type { Clock } from '../../../platform/clock/index.js';
import type { CcxtClient, CcxtExchange } from './ccxt-instance.js';

/** What a socket tells its owner; each call is synchronous. */
export interface SocketListener {
  opened(): void;
  /** A frame as it came; false when it must be decoded first. */
  bytes(data: Buffer, receivedAtMs: number): boolean;
  /** Decodes a frame. @throws {Error} If it cannot be read, which ends the socket. */
  decode(data: Buffer, isBinary: boolean): unknown;
  /** A decoded frame, an object or an array; false hands it on to ccxt (pongs, status). */
  frame(frame: Readonly<Record<string, unknown>>, receivedAtMs: number): boolean;
  /** Any frame or pong arrived. */
  alive(atMs: number): void;
  /** ccxt could not make sense of a frame that is not about books; the socket lives on. */
  trouble(message: string): void;
  /** The socket is gone, once; nothing is told after it. */
  closed(reason: string): void;
}

/** White space may stand before JSON (RFC 8259, section 2). */
const JSON_START = /^[ \t\n\r]*[[{]/;

/** Decodes the usual frame: JSON, or a bare word such as `pong`. @throws {SyntaxError} If it is broken JSON. */
export function jsonOrText(data: Buffer): unknown {
  const text = data.toString();
  return JSON_START.test(text) ? JSON.parse(text) : text;
}

/**
 * One WebSocket, dialled, pinged and timed out by ccxt's own client, whose frames are taken as they leave the socket:
 * no stream in between, no promise, no coalescing, and ccxt's own book code never sees them.
 */
export class CcxtSocket {
  private readonly client: CcxtClient;
  private isOver = false;

  constructor(
    private readonly exchange: CcxtExchange,
    url: string,
    private readonly clock: Clock,
    private readonly listener: SocketListener,
  ) {
    exchange.clients = Object.fromEntries(Object.entries(exchange.clients).filter(([known]) => known !== url));
    this.client = exchange.client(url);
    this.hook();
    this.client.connect();
  }

  /** Sends a text frame; on a socket that is not open it does nothing, its closing is told anyway. */
  send(text: string): void {
    const { connection } = this.client;
    if (this.isOver || connection?.readyState !== 1) return;
    connection.send(text, (error) => {
      if (error) this.end(error.message);
    });
  }

  /** Closes at once and tells nothing more. */
  close(): void {
    this.isOver = true;
    this.release('closed by us');
  }

  private hook(): void {
    const { client } = this;
    const createConnection = client.createConnection.bind(client);
    client.createConnection = () => {
      createConnection();
      const { connection } = client;
      if (!connection) return;
      if (this.isOver) connection.terminate();
      // ccxt reads through a duplex stream that copies and delays each frame; without its listener it stays empty.
      connection.removeAllListeners('message');
      connection.on('message', (data: Buffer, isBinary: boolean) => {
        this.received(data, isBinary);
      });
    };
    client.deliverLoop = () => undefined;
    const onPong = client.onPong.bind(client);
    client.onPong = () => {
      onPong();
      if (!this.isOver) this.listener.alive(this.clock.nowMs());
    };
    client.onConnectedCallback = () => {
      if (!this.isOver) this.listener.opened();
    };
    client.onErrorCallback = (_client, error) => {
      this.end(error.message);
    };
    client.onCloseCallback = (_client, event) => {
      this.end(`closed by the exchange, code ${event.code ?? 'unknown'}`);
    };
  }

  private received(data: Buffer, isBinary: boolean): void {
    if (this.isOver) return;
    const receivedAtMs = this.clock.nowMs();
    this.listener.alive(receivedAtMs);
    let message: unknown;
    try {
      if (this.listener.bytes(data, receivedAtMs)) return;
      message = this.listener.decode(data, isBinary);
      if (typeof message === 'object' && message !== null) {
        if (this.listener.frame(message as Record<string, unknown>, receivedAtMs)) return;
      }
    } catch (error) {
      // Which book it was meant for is unknown, so none of this socket's can be trusted any more.
      this.end(`a frame could not be read: ${(error as Error).message}`);
      return;
    }
    try {
      this.exchange.handleMessage(this.client, message);
    } catch (error) {
      this.listener.trouble((error as Error).message);
    }
  }

  private end(reason: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.release(reason);
    this.listener.closed(reason);
  }

  private release(reason: string): void {
    const { client, exchange } = this;
    if (exchange.clients[client.url] === client) {
      exchange.clients = Object.fromEntries(Object.entries(exchange.clients).filter(([, other]) => other !== client));
    }
    client.error ??= new Error(reason);
    client.reset(client.error);
    client.connection?.terminate();
  }
}
