import type { IncomingHttpHeaders } from 'node:http';
import type { BookStep, SimBook } from '../world/sim-book.js';
import type { WalletAsset } from '../world/wallets.js';
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

/** A REST answer; `body` is written as JSON unless its headers call it plain text. */
export interface RestReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
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
  /** Called once a second for heartbeats. */
  beat?(client: SocketClient, nowMs: number): void;
}

/** The books of one exchange that are on its market, found by what its interface calls them. */
export class ExchangeMarket {
  private readonly byWireId = new Map<string, SimBook>();

  /**
   * @param all - Every book, also those off the market: some exchanges go on listing them, marked.
   * @param isDelisted - Tells which symbols are off the market at the moment.
   * @param readWallet - Tells what the exchange's wallets hold and which ways are open at the moment.
   */
  constructor(
    readonly all: readonly SimBook[],
    private readonly isDelisted: (symbol: string) => boolean = () => false,
    private readonly readWallet: () => readonly WalletAsset[] = () => [],
  ) {
    for (const book of all) this.byWireId.set(book.listing.wireId, book);
  }

  /** The books that are on the market. */
  get books(): readonly SimBook[] {
    return this.all.filter((book) => this.isTrading(book));
  }

  /** Every asset of the exchange's wallets, money of banks among them. */
  get wallet(): readonly WalletAsset[] {
    return this.readWallet();
  }

  /** The assets that move over networks. */
  get coins(): readonly WalletAsset[] {
    return this.wallet.filter(({ networks }) => networks.length > 0);
  }

  /** True when a book is on the market. */
  isTrading({ listing }: SimBook): boolean {
    return !this.isDelisted(listing.symbol);
  }

  /** The book of a pair by the exchange's own name for it; null when there is none, or when it is off the market. */
  find(wireId: string): SimBook | null {
    const book = this.byWireId.get(wireId);
    return book && this.isTrading(book) ? book : null;
  }
}
