import http from 'node:http';
import ccxt from 'ccxt';
import type { Credential } from '../../contract/ports.js';
import type { CcxtExchange } from './ccxt-instance.js';
import { treeThroughGateway } from './gateway.js';

/** What decides how an instance is made. */
export interface InstanceOptions {
  readonly exchange: string;
  /** Every host is reached under this address instead; undefined for the real ones. */
  readonly gateway: string | undefined;
  /** How often an idle socket is pinged, milliseconds. */
  readonly keepAliveMs: number;
  /** A keyed instance signs; market data never comes from one. */
  readonly credential?: Credential;
}

/** A REST call that takes longer has failed, milliseconds. */
const REST_TIMEOUT_MS = 10_000;
/** A socket whose pongs are missing for longer is dropped, milliseconds. */
const PONG_PATIENCE_MS = 10_000;

/**
 * binance counts weight by the minute, 6,000 of it, and ccxt spreads that evenly: with 50 symbols the last book would
 * come 12 seconds late. Half of the minute's weight may be used at once instead; the other half is left to others
 * behind the same address (https://developers.binance.com/docs/binance-spot-api-docs/rest-api/limits).
 *
 * mexc counts ten seconds, 500 for each endpoint; ccxt books 100 for the contracts of its metadata, after which books
 * would wait for five seconds. Half of one endpoint's weight is what all of them together may use
 * (https://www.mexc.com/api-docs/spot-v3/general-info#limits-description).
 */
const PACING: Readonly<Record<string, object>> = {
  binance: { rateLimiterAlgorithm: 'rollingWindow', rollingWindowSize: 60_000, rateLimit: 100 },
  mexc: { rateLimiterAlgorithm: 'rollingWindow', rollingWindowSize: 10_000, rateLimit: 40 },
};

/**
 * coinbase's older list of wallets, which ccxt asks by default, has one amount for each; the newer one tells what is
 * available and what open orders hold (https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/accounts/list-accounts).
 */
const SIGNED_OPTIONS: Readonly<Record<string, object>> = {
  coinbase: { fetchBalance: 'v3PrivateGetBrokerageAccounts' },
};

type Constructor = new (config: object) => CcxtExchange;
const constructors = ccxt.pro as unknown as Record<string, Constructor | undefined>;
const withoutStreams = ccxt as unknown as Record<string, Constructor | undefined>;

/** Ids of the exchanges whose books can be streamed. */
export function streamingExchanges(): readonly string[] {
  return Object.keys(constructors).filter((id) => typeof constructors[id] === 'function' && /^[a-z0-9]+$/.test(id));
}

/** Ids of every exchange that ccxt knows, those without streams last. */
export function knownExchanges(): readonly string[] {
  return [...new Set([...streamingExchanges(), ...ccxt.exchanges])];
}

/**
 * Makes an instance of an exchange, of ccxt Pro where it streams. Options objects are built anew each time, since ccxt writes into them.
 *
 * @throws {RangeError} If there is no such exchange.
 */
export function createInstance(options: InstanceOptions): CcxtExchange {
  const { exchange, gateway, keepAliveMs, credential } = options;
  const isKnown = knownExchanges().includes(exchange);
  const Exchange = isKnown ? (constructors[exchange] ?? withoutStreams[exchange]) : undefined;
  if (!Exchange) throw new RangeError(`there is no exchange "${exchange}"`);
  const instance = new Exchange({
    enableRateLimit: true,
    timeout: REST_TIMEOUT_MS,
    ...(credential ? {} : PACING[exchange]),
    streaming: { keepAlive: keepAliveMs, maxPingPongMisses: Math.max(2, PONG_PATIENCE_MS / keepAliveMs) },
    options: {
      defaultType: 'spot',
      // Compression costs twenty times the processor time of the frames that it shortens.
      ws: { options: { perMessageDeflate: false } },
      // hyperliquid would otherwise approve a builder fee and set a referrer with a key that can sign.
      refSet: true,
      approvedBuilderFee: true,
      ...(credential ? SIGNED_OPTIONS[exchange] : {}),
    },
    ...(gateway?.startsWith('http:') ? { httpAgent: new http.Agent() } : {}),
    ...(credential ? signingParts(credential) : {}),
  });
  if (gateway !== undefined) instance.urls = { ...instance.urls, api: treeThroughGateway(instance.urls.api, gateway) };
  return instance;
}

// Where there is no secret the account is read by its address, and ccxt can sign nothing.
function signingParts({ apiKey, secret, passphrase }: Credential): object {
  if (secret === null) return { walletAddress: apiKey.reveal() };
  const password = passphrase ? { password: passphrase.reveal() } : {};
  return { apiKey: apiKey.reveal(), secret: secret.reveal(), ...password };
}

/**
 * Bounds the metadata that an instance loads and keeps to spot markets where its options allow, and to some symbols.
 *
 * @param instance - The instance.
 * @param symbols - Asked anew at each load, so that its owner may change them.
 */
export function keepMarkets(instance: CcxtExchange, symbols: ReadonlySet<string>): void {
  const options = instance.options['fetchMarkets'] as { types?: unknown } | undefined;
  const spotAlone = spotTypes(options?.types);
  const fetchMarkets = instance.fetchMarkets.bind(instance);
  instance.fetchMarkets = async (parameters) => {
    const wantsContracts = [...symbols].some((symbol) => symbol.includes(':'));
    if (spotAlone) instance.options['fetchMarkets'] = wantsContracts ? options : { ...options, types: spotAlone };
    const listed = await fetchMarkets(parameters);
    // No exchange is empty: such an answer is a fault, and believing it would give up every book.
    if (listed.length === 0) throw new Error(`${instance.id} answered an empty list of markets`);
    return listed.filter((market) => symbols.has(market.symbol));
  };
}

/** What limits the types of markets to spot, in the shape in which the exchange's options have them. */
function spotTypes(types: unknown): object | null {
  if (Array.isArray(types)) return types.includes('spot') ? ['spot'] : null;
  return typeof types === 'object' && (types as { spot?: unknown } | null)?.spot === true ? { spot: true } : null;
}
