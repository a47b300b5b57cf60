import {
  AccountRegistry,
  type AccountUse,
  type ApiKey,
  type KeyChange,
  type KeyRequest,
  type KeyScopes,
} from './accounts/account-registry.js';
import { controlRoutes, type Controls, type Truth } from './control/control-routes.js';
import type { Fault } from './faults/fault.js';
import { BookMover } from './server/book-mover.js';
import { type ExchangeDesk, openDesks } from './server/exchange-desk.js';
import { FaultInjector } from './server/fault-injector.js';
import { Gateway } from './server/gateway.js';
import { Pacer } from './server/pacer.js';
import { checkScenario, type ScenarioEntry, ScenarioPlayer } from './server/scenario.js';
import { BookHistory, type PublishedBook } from './truth/book-history.js';
import { SpellLedger, type Terms } from './truth/spell-ledger.js';
import { TAKER_BPS } from './world/exchange-profile.js';
import { type KeyedExchange, SIMULATED_SYMBOLS } from './world/listings.js';
import { World } from './world/world.js';

/** How a simulator is started. */
export interface SimulatorOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Decides every price and dislocation; default 7. */
  readonly seed?: number;
  /** Limits the symbols; default all. */
  readonly symbols?: readonly string[];
  /** So many copies of ETH/USDT on each exchange that lists it, `C01/USDT` and so on, for load; default none. */
  readonly copies?: number;
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
  /** Between two updates of a symbol; default 100. Lives of dislocations count in ticks and shrink with it. */
  readonly tickMs?: number;
  /** Faults that come by themselves. */
  readonly scenario?: readonly ScenarioEntry[];
  /** What a route must pay for `truth` to tell of it; default whatever pays at all. */
  readonly terms?: Terms;
}

/** What a test asks a key to be; a plain reading key by default. */
export interface SimulatorKeyOptions {
  readonly scopes?: Partial<KeyScopes>;
  readonly ipList?: readonly string[];
  readonly label?: string;
  readonly expiresAtMs?: number;
}

/** A running simulator. */
export interface Simulator {
  /** Base address, `http://127.0.0.1:9700`: what `exchangeGateway` is set to. */
  readonly url: string;
  readonly port: number;
  /** Spells that ended at or after `sinceMs` or still last. */
  truth(sinceMs?: number): Truth;
  /** The published book, now or at a sequence; null when unknown or no longer kept. */
  book(exchange: string, symbol: string, sequence?: number): PublishedBook | null;
  /** Every published book of a symbol that is kept, newest first; none when unknown. To be read in one go. */
  books(exchange: string, symbol: string): Iterable<PublishedBook>;
  createKey(exchange: KeyedExchange, options?: SimulatorKeyOptions): ApiKey;
  /** Changes scopes, addresses or expiry of a key; false when there is no such key. */
  changeKey(exchange: string, apiKey: string, change: KeyChange): boolean;
  /** Plays that somebody else used a key or its account, now unless said otherwise; false when there is no such key. */
  useKey(exchange: string, apiKey: string, kind?: AccountUse['kind'], atMs?: number): boolean;
  /** False when there is no such key. */
  revokeKey(exchange: string, apiKey: string): boolean;
  /**
   * Injects a fault.
   *
   * @throws {FaultError} If a field is wrong or does not belong to the kind.
   */
  injectFault(fault: Fault): void;
  close(): Promise<void>;
}

/** Thrown for symbols that no simulated exchange lists. */
export class UnknownSymbolError extends Error {
  constructor(symbols: readonly string[]) {
    super(`symbols: no simulated exchange lists ${symbols.join(', ')}; choose from ${SIMULATED_SYMBOLS.join(', ')}`);
  }
}

/** The simulator's clock: epoch milliseconds with fractions, never going back. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * Starts the simulated exchanges on one port.
 *
 * @throws {UnknownSymbolError} If a symbol is listed nowhere.
 * @throws {ScenarioError} If an entry of the scenario is no fault.
 * @throws {Error} The system's error when the port is taken (`EADDRINUSE`).
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const unknown = (options.symbols ?? []).filter((symbol) => !SIMULATED_SYMBOLS.includes(symbol));
  if (unknown.length > 0) throw new UnknownSymbolError(unknown);
  const seed = options.seed ?? 7;
  const world = new World(seed, nowMs(), options.symbols, options.copies);
  const accounts = new AccountRegistry();
  const desks = openDesks(world, accounts, nowMs);
  const history = new BookHistory();
  const isBent = (exchange: string, symbol: string): boolean => world.isDislocated(exchange, symbol);
  const ledger = new SpellLedger(world.books, isBent, options.terms);
  const mover = new BookMover(world, desks, history, ledger, nowMs);
  const injector = new FaultInjector(desks, world.books, nowMs);
  const controls: Controls = {
    ...{ accounts, history },
    truth: (sinceMs) => ({ seed, fees: TAKER_BPS, spells: ledger.since(sinceMs) }),
    stats: () => stats(desks, mover.steps),
    book: (exchange, symbol) =>
      world.books.find(({ listing }) => listing.exchange === exchange && listing.symbol === symbol) ?? null,
    createKey: (request) => accounts.create(request, nowMs()),
    changeKey: (exchange, apiKey, change) => accounts.change(exchange, apiKey, change, nowMs()),
    useKey: (exchange, apiKey, kind) => accounts.use(exchange, apiKey, { kind, atMs: nowMs() }),
    injected: () => injector.injected,
    inject: (fault) => {
      injector.inject(fault);
    },
  };
  const player = new ScenarioPlayer(checkScenario(options.scenario ?? [], injector), injector);
  const gateway = new Gateway(desks, controlRoutes(controls), nowMs, (desk) => {
    mover.wake(desk);
  });
  const host = options.host ?? '127.0.0.1';
  const { port } = await gateway.listen(options.port, host);

  const pacer = new Pacer(options.tickMs ?? 100, nowMs, (slot) => {
    mover.run(slot);
  });
  pacer.start();
  player.start();

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    truth: (sinceMs = 0) => controls.truth(sinceMs),
    ...readers(history, controls),
    createKey: (exchange, wanted = {}) => controls.createKey(keyRequest(exchange, wanted)),
    changeKey: (exchange, apiKey, change) => controls.changeKey(exchange, apiKey, change),
    useKey: (exchange, apiKey, kind = 'call', atMs = nowMs()) => accounts.use(exchange, apiKey, { kind, atMs }),
    revokeKey: (exchange, apiKey) => accounts.revoke(exchange, apiKey),
    injectFault: (fault) => {
      injector.inject(fault);
    },
    close: async () => {
      player.stop();
      pacer.stop();
      await gateway.close();
    },
  };
}

function readers(history: BookHistory, controls: Controls): Pick<Simulator, 'book' | 'books'> {
  return {
    book: (exchange, symbol, sequence) => {
      const book = controls.book(exchange, symbol);
      if (!book) return null;
      return sequence === undefined ? history.now(book) : history.at(book, sequence);
    },
    books: (exchange, symbol) => {
      const book = controls.book(exchange, symbol);
      return book ? history.back(book) : [];
    },
  };
}

function keyRequest(exchange: KeyedExchange, wanted: SimulatorKeyOptions): KeyRequest {
  return {
    exchange,
    scopes: { read: true, trade: false, withdraw: false, transfer: false, ...wanted.scopes },
    ipList: wanted.ipList ?? [],
    label: wanted.label ?? 'test',
    expiresAtMs: wanted.expiresAtMs ?? null,
  };
}

function stats(desks: readonly ExchangeDesk[], steps: number): object {
  return {
    steps,
    exchanges: Object.fromEntries(
      desks.map(({ exchange, clients, dials, faults: { rest } }) => [
        exchange,
        {
          ...{ clients: clients.size, framesSent: [...clients].reduce((sum, client) => sum + client.framesSent, 0) },
          ...{ dials: dials.asked, dialsRefused: dials.refused },
          ...{ requests: rest.requests, requestsDuringBan: rest.requestsDuringBan },
        },
      ]),
    ),
  };
}
