import type { IncomingHttpHeaders } from 'node:http';
import type { BookStep, SimBook } from '../world/sim-book.js';
import type { SocketClient } from './socket-client.js';

/** A REST request as an exchange sees it: the path without the host segment. */
export interface RestRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** As sent: signatures cover these very characters. */
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly remoteAddress: string;
  readonly nowMs: number;
}

/** A REST answer; `body` is written as JSON. */
export interface RestReply {
  readonly status: number;
  readonly body: unknown;
}

/** One exchange as its clients meet it. */
export interface ExchangeWire {
  readonly exchange: string;
  /** Host names of its REST interface and its sockets, without port. */
  readonly hosts: readonly string[];
  /** Answers a REST request. */
  rest(request: RestRequest): RestReply;
  /** True when a socket may be opened at this path. */
  accepts(host: string, path: string): boolean;
  /** Greets a new connection. */
  open(client: SocketClient, query: URLSearchParams): void;
  /** Takes a text frame. */
  receive(client: SocketClient, text: string): void;
  /** Forgets a connection that has ended. */
  leave(client: SocketClient): void;
  /** Sends a step to those who listen. */
  publish(step: BookStep): void;
  /** Ends the connections that listen to a symbol. */
  killListeners(symbol: string): void;
  /** Called once a second for heartbeats. */
  beat?(client: SocketClient, nowMs: number): void;
}

/** The books of one exchange, found by what its interface calls them. */
export class ExchangeMarket {
  private readonly byWireId = new Map<string, SimBook>();

  constructor(readonly books: readonly SimBook[]) {
    for (const book of books) this.byWireId.set(book.listing.wireId, book);
  }

  /** The book of a pair by the exchange's own name for it. */
  find(wireId: string): SimBook | null {
    return this.byWireId.get(wireId) ?? null;
  }
}
