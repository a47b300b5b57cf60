import { topLevels } from '../wire/depth-view.js';
import type { ExchangeMarket, RestReply, RestRequest } from '../wire/exchange-wire.js';
import { BITFINEX_CODES } from '../world/listings.js';
import { bookRows } from './bitfinex-text.js';

/** Names of networks as methods; one that is not among them has its own name. */
const METHODS: Readonly<Record<string, string>> = { BTC: 'BITCOIN', ETH: 'ETHEREUM', LTC: 'LITECOIN' };
/** Tether's methods are its own. */
const TETHER_METHODS: Readonly<Record<string, string>> = { ETH: 'TETHERUSE', TRX: 'TETHERUSX', SOL: 'TETHERUSDTSOL' };
/** Levels of a side that a whole book may show. */
const LENGTHS = [1, 25, 100, 250];

/** Answers bitfinex's public REST interface: spot, and empty lists of derivatives. */
export function bitfinexRest(request: RestRequest, market: ExchangeMarket): RestReply {
  const path = decodeURIComponent(request.path);
  if (path === '/v2/platform/status') return { status: 200, body: [1] };
  const [, labels] = /^\/v2\/conf\/(.+)$/.exec(path) ?? [];
  if (labels !== undefined) return { status: 200, body: labels.split(',').map((label) => config(label, market)) };
  const [, symbol] = /^\/v2\/book\/([\w:]+)\/P0$/.exec(path) ?? [];
  return symbol === undefined ? failure(404, 10_020, 'path: invalid') : book(request, market, symbol);
}

function failure(status: number, code: number, message: string): RestReply {
  return { status, body: ['error', code, message] };
}

// A label that is not played is an empty list, as is one that the exchange does not know.
function config(label: string, market: ExchangeMarket): unknown {
  const assets = market.wallet.map((asset) => ({ ...asset, id: BITFINEX_CODES[asset.code] ?? asset.code }));
  const chains = assets.flatMap(({ id, networks }) =>
    networks.map(({ code, deposit, withdraw }) => ({ id, method: methodOf(id, code), deposit, withdraw })),
  );
  switch (label) {
    case 'pub:info:pair':
      return market.books.map(({ listing }) => [listing.wireId.slice(1), pairInfo()]);
    case 'pub:list:pair:exchange':
      return market.books.map(({ listing }) => listing.wireId.slice(1));
    case 'pub:list:currency':
      return assets.map(({ id }) => id);
    case 'pub:map:currency:sym':
    case 'pub:map:currency:label':
      return assets.filter(({ id, code }) => id !== code).map(({ id, code }) => [id, code]);
    case 'pub:map:currency:pool':
      return assets.filter(({ networks }) => networks.length > 0).map(({ id, networks }) => [id, networks[0]?.code]);
    case 'pub:map:currency:tx:fee':
      return assets.map(({ id, networks }) => [id, [0, Number(networks[0]?.withdrawFee ?? 0)]]);
    case 'pub:map:tx:method':
      return chains.map(({ id, method }) => [method, [id]]);
    case 'pub:info:tx:status':
      return methodStates(chains);
    default:
      return [];
  }
}

interface Chain {
  readonly method: string;
  readonly deposit: boolean;
  readonly withdraw: boolean;
}

function methodOf(id: string, network: string): string {
  return (id === BITFINEX_CODES['USDT'] ? TETHER_METHODS[network] : undefined) ?? METHODS[network] ?? network;
}

// A method that several assets share has one state: closed for one of them, it is closed for all.
function methodStates(chains: readonly Chain[]): unknown[] {
  const flag = (isOpen: boolean): number => (isOpen ? 1 : 0);
  return [...new Set(chains.map(({ method }) => method))].map((method) => {
    const same = chains.filter((chain) => chain.method === method);
    const [deposit, withdraw] = [same.every((chain) => chain.deposit), same.every((chain) => chain.withdraw)];
    return [method, flag(deposit), flag(withdraw), null, null, null, null, 0, 0, null, null, 3];
  });
}

function pairInfo(): unknown[] {
  return [null, null, null, '0.00004', '2000.0', null, null, null, 0.1, 0.05, null, null];
}

function book(request: RestRequest, market: ExchangeMarket, symbol: string): RestReply {
  const found = market.find(symbol);
  if (!found) return failure(500, 10_020, 'symbol: invalid');
  const length = Number(request.query.get('len') ?? '25');
  if (!LENGTHS.includes(length)) return failure(500, 10_020, 'len: invalid');
  const { listing, bids, asks } = found;
  const rows = bookRows(listing, { bids: topLevels(bids, length), asks: topLevels(asks, length) });
  return { status: 200, body: JSON.parse(`[${rows.join(',')}]`) as unknown };
}
