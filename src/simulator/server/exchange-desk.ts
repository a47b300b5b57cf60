import type { AccountRegistry } from '../accounts/account-registry.js';
import { BinanceWire } from '../binance/binance-wire.js';
import { BitfinexWire } from '../bitfinex/bitfinex-wire.js';
import { BitgetWire } from '../bitget/bitget-wire.js';
import { BybitWire } from '../bybit/bybit-wire.js';
import { CoinbaseWire } from '../coinbase/coinbase-wire.js';
import { CryptocomWire } from '../cryptocom/cryptocom-wire.js';
import { GateWire } from '../gate/gate-wire.js';
import { HtxWire } from '../htx/htx-wire.js';
import { HyperliquidWire } from '../hyperliquid/hyperliquid-wire.js';
import { KrakenWire } from '../kraken/kraken-wire.js';
import { KucoinWire } from '../kucoin/kucoin-wire.js';
import { MexcWire } from '../mexc/mexc-wire.js';
import { OkxWire } from '../okx/okx-wire.js';
import { KeysOnlyWire } from '../wire/keys-only-wire.js';
import { ExchangeFaults } from '../wire/faults.js';
import { ExchangeMarket, type ExchangeWire, type RestReply, type RestRequest } from '../wire/exchange-wire.js';
import type { SocketClient } from '../wire/socket-client.js';
import { ACCOUNT_EXCHANGES, DESK_EXCHANGES, type DeskExchange } from '../world/listings.js';
import { walletOf } from '../world/wallets.js';
import type { World } from '../world/world.js';
import { SIGNED_WIRES } from './signed-wires.js';

/** One exchange with its connections and its faults. */
export interface ExchangeDesk {
  readonly exchange: DeskExchange;
  readonly wire: ExchangeWire;
  /** Answers a REST request, signed or not. */
  readonly rest: (request: RestRequest) => RestReply;
  readonly market: ExchangeMarket;
  readonly faults: ExchangeFaults;
  readonly clients: Set<SocketClient>;
  /** The exchange's clock, epoch ms: ours but for a fault. */
  readonly clock: () => number;
  /** Sockets that were asked for since the start, and those of them that were turned away. */
  readonly dials: { asked: number; refused: number };
  /** False while the books stand still because nobody is connected. */
  readonly isMoving: boolean;
}

/** Sets up every exchange over a world. */
export function openDesks(world: World, accounts: AccountRegistry, now: () => number): readonly ExchangeDesk[] {
  return DESK_EXCHANGES.map((exchange) => {
    const faults = new ExchangeFaults(now);
    const clock = (): number => now() + faults.clockOffsetMs;
    const books = world.books.filter((book) => book.listing.exchange === exchange);
    const market = new ExchangeMarket(
      books,
      (symbol) => faults.books.isDelisted(symbol),
      () => walletOf(exchange, (asset, network) => faults.networks.doorsOf(asset, network)),
    );
    const wire = WIRES[exchange]({ market, accounts, faults, clock });
    const rest = (request: RestRequest): RestReply =>
      SIGNED_WIRES[exchange]?.(request, market, accounts) ?? wire.rest(request);
    const clients = new Set<SocketClient>();
    const isAlwaysMoving = (ACCOUNT_EXCHANGES as readonly string[]).includes(exchange);
    return {
      ...{ exchange, wire, rest, market, faults, clients, clock, dials: { asked: 0, refused: 0 } },
      get isMoving() {
        return isAlwaysMoving || clients.size > 0;
      },
    };
  });
}

interface WireParts {
  readonly market: ExchangeMarket;
  readonly accounts: AccountRegistry;
  readonly faults: ExchangeFaults;
  readonly clock: () => number;
}

const WIRES: Readonly<Record<DeskExchange, (parts: WireParts) => ExchangeWire>> = {
  binance: ({ market, accounts, faults }) => new BinanceWire(market, accounts, faults),
  okx: ({ market, accounts, faults }) => new OkxWire(market, accounts, faults),
  bybit: ({ market, accounts, faults }) => new BybitWire(market, accounts, faults),
  kraken: ({ market, accounts, faults, clock }) => new KrakenWire(market, accounts, faults, clock),
  coinbase: ({ market, faults, clock }) => new CoinbaseWire(market, faults, clock),
  bitget: ({ market, faults, clock }) => new BitgetWire(market, faults, clock),
  gate: ({ market, faults, clock }) => new GateWire(market, faults, clock),
  kucoin: ({ market, faults }) => new KucoinWire(market, faults),
  cryptocom: ({ market, faults }) => new CryptocomWire(market, faults),
  hyperliquid: ({ market, faults }) => new HyperliquidWire(market, faults),
  htx: ({ market, faults, clock }) => new HtxWire(market, faults, clock),
  mexc: ({ market, faults }) => new MexcWire(market, faults),
  bitfinex: ({ market, faults, clock }) => new BitfinexWire(market, faults, clock),
  gemini: () => new KeysOnlyWire('gemini', ['api.gemini.com']),
  deribit: () => new KeysOnlyWire('deribit', ['www.deribit.com']),
  upbit: () => new KeysOnlyWire('upbit', ['api.upbit.com']),
};
