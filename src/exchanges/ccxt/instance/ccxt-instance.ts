import type WebSocket from 'ws';

/** A market of ccxt, as far as it is used here. */
export interface CcxtMarket {
  readonly id: string;
  readonly symbol: string;
  readonly spot?: boolean;
  readonly swap?: boolean;
  readonly future?: boolean;
  readonly active?: boolean;
  readonly taker?: number;
  readonly contractSize?: number;
  readonly linear?: boolean;
  readonly inverse?: boolean;
  readonly precision?: { readonly price?: number; readonly amount?: number };
  readonly info?: Readonly<Record<string, unknown>>;
}

/** A book of ccxt Pro: live, mutated under the reader. */
export interface CcxtBook {
  readonly symbol?: string;
  readonly bids: readonly (readonly number[])[];
  readonly asks: readonly (readonly number[])[];
  readonly timestamp?: number;
  readonly nonce?: number;
}

/** A WebSocket client of ccxt Pro: what its class really has, beyond its published type. */
export interface CcxtClient {
  readonly url: string;
  connection?: WebSocket;
  error?: Error;
  createConnection(): void;
  deliverLoop(): unknown;
  connect(delayMs?: number): unknown;
  onMessage(event: { readonly data: unknown }): void;
  onPong(): void;
  reset(error: Error): void;
  resolve(value: unknown, hash?: string): unknown;
  onConnectedCallback(client: CcxtClient): void;
  onErrorCallback(client: CcxtClient, error: Error): void;
  onCloseCallback(client: CcxtClient, event: { readonly code?: number }): void;
}

/** An instance of a ccxt Pro exchange: its real surface, which the published types give as `any`. */
export interface CcxtExchange {
  readonly id: string;
  readonly has: Record<string, unknown>;
  urls: { api: unknown };
  readonly fees: { readonly trading?: { readonly taker?: number } };
  readonly options: Record<string, unknown>;
  /** ccxt's error class by HTTP status, which it raises after `handleErrors`. */
  readonly httpExceptions: Readonly<Record<string, unknown>>;
  readonly orderbooks: Record<string, unknown>;
  clients: Record<string, CcxtClient>;
  httpAgent?: unknown;
  /** Makes the numbers of unified answers out of their text: `Number`, or `String` to keep every digit. */
  number: (text: string) => number | string;
  last_http_response?: string;
  fetchMarkets(params?: object): Promise<CcxtMarket[]>;
  loadMarkets(reload?: boolean): Promise<Record<string, CcxtMarket>>;
  fetchCurrencies(): Promise<unknown>;
  /** Reads the markets as `loadMarkets` does, and leaves what is known as it is when that fails. */
  loadMarketsHelper(reload: boolean): Promise<Record<string, CcxtMarket>>;
  setMarkets(markets: readonly CcxtMarket[]): unknown;
  setMarketsFromExchange(source: CcxtExchange): unknown;
  implodeHostname(url: string): string;
  client(url: string): CcxtClient;
  handleMessage(client: CcxtClient, message: unknown): void;
  watchOrderBook(symbol: string): Promise<CcxtBook>;
  unWatchOrderBook(symbol: string): Promise<unknown>;
  fetchTradingFees(): Promise<Record<string, { readonly taker?: number }>>;
  fetchTradingFee(symbol: string): Promise<{ readonly taker?: number }>;
  fetchBalance(): Promise<unknown>;
  fetchStatus(): Promise<{ readonly status?: unknown; readonly eta?: unknown }>;
  fetchTime(): Promise<unknown>;
  handleErrors(httpStatus: number, ...answer: unknown[]): unknown;
  fetch(url: string, method?: string, headers?: object, body?: unknown): Promise<unknown>;
  /** Signs and makes one call. */
  fetch2(...call: unknown[]): Promise<unknown>;
  /** Makes and signs a request; the keys of some exchanges cannot sign at all when they were pasted wrongly. */
  sign(...call: unknown[]): unknown;
  nonce(): number;
  loadFetchImplementation(): Promise<unknown>;
  /** undici's pool of this instance, once its HTTP client is loaded. */
  fetchDispatcher?: { destroy(error: Error): Promise<void> };
  close(): Promise<void>;
}

/**
 * Calls a method that ccxt makes from its table of endpoints.
 *
 * @throws {Error} If this version of ccxt has no such endpoint.
 */
export async function callEndpoint(exchange: CcxtExchange, name: string, parameters: object = {}): Promise<unknown> {
  const method = (exchange as unknown as Record<string, unknown>)[name];
  if (typeof method !== 'function') throw new Error(`${exchange.id} has no endpoint ${name}`);
  return (method as (this: CcxtExchange, parameters: object) => Promise<unknown>).call(exchange, parameters);
}

/**
 * Ends the REST calls under way, which reject at once, closes idle connections, and lets no call begin any more.
 * Without it a host that never answers would hold up the end for as long as a call may take.
 */
export async function endRequests(exchange: CcxtExchange): Promise<void> {
  const ended = new Error('the call was given up: nobody waits for it any more');
  exchange.fetch = () => Promise.reject(ended);
  await exchange.loadFetchImplementation();
  await exchange.fetchDispatcher?.destroy(ended);
}
