import { CONTRACT_READERS } from './assets/contract-readers.js';
import { CODECS } from './codecs/codecs.js';
import type { CcxtExchange } from './instance/ccxt-instance.js';
import { createInstance, knownExchanges } from './instance/create-instance.js';
import { KEY_READERS } from './key-info/key-readers.js';
import { METADATA_HAS_FEES } from './market-plan.js';
import { FEE_READERS } from './signed/fee-readers.js';

/** `verified`: read by a reader of our own; `unverified`: through what ccxt offers for it; `absent`: not at all. */
export type Marker = 'verified' | 'unverified' | 'absent';

/** What an exchange offers a monitor. */
export interface Capabilities {
  /** ccxt's id. */
  readonly id: string;
  /** Streamed spot books: each frame proven, taken as ccxt gives them, or none, so that it cannot be watched. */
  readonly books: Marker;
  readonly fees: {
    /** Taker fees without a key: the market's own by public metadata, or only the exchange's default. */
    readonly withoutKey: 'market' | 'default';
    /** The account's own. */
    readonly withKey: Marker;
  };
  /** Whether deposits and withdrawals are open, network by network. */
  readonly networks: {
    readonly withoutKey: Marker;
    readonly withKey: Marker;
    /** Whether it tells the contracts of tokens with them. */
    readonly contracts: Marker;
  };
  /** What a key may do: told by the exchange, or only whether it reads a balance. */
  readonly keyFacts: Marker;
  /** The exchange's own time over REST. */
  readonly clock: Marker;
}

/** Answer about currencies, of which ccxt reads no networks. */
const WITHOUT_NETWORKS: ReadonlySet<string> = new Set(['kraken', 'coinbase', 'hyperliquid']);
/** Opens no socket; only the constructor wants it. */
const KEEP_ALIVE_MS = 30_000;

/** Bounded by the exchanges that ccxt knows: making an instance takes some 15 ms. */
const known = new Map<string, Promise<Capabilities>>();

/** Ids of every exchange that can be told of, those without streams last. */
export const exchangesWithCapabilities = knownExchanges;

/**
 * Tells what an exchange offers, by our lists of readers and by what ccxt says that it has. Nothing is asked of the
 * exchange, so it is no promise that a call succeeds today.
 *
 * @param id - One of {@link exchangesWithCapabilities}.
 * @throws {RangeError} If there is no such exchange.
 */
export function capabilitiesOf(id: string): Promise<Capabilities> {
  let told = known.get(id);
  if (!told)
    known.set(id, (told = judge(createInstance({ exchange: id, gateway: undefined, keepAliveMs: KEEP_ALIVE_MS }))));
  return told;
}

async function judge(exchange: CcxtExchange): Promise<Capabilities> {
  const { id } = exchange;
  const has = (...calls: string[]): boolean => calls.some((call) => exchange.has[call] === true);
  const tellsNetworks = has('fetchCurrencies') && !WITHOUT_NETWORKS.has(id);
  return {
    id,
    books: marker(id in CODECS, has('watchOrderBook')),
    fees: {
      withoutKey: METADATA_HAS_FEES.has(id) ? 'market' : 'default',
      withKey: marker(id in FEE_READERS, has('fetchTradingFees', 'fetchTradingFee')),
    },
    networks: {
      withoutKey: marker(false, tellsNetworks && (await asksPublicly(exchange))),
      withKey: marker(false, tellsNetworks),
      contracts: marker(id in CONTRACT_READERS, false),
    },
    keyFacts: marker(id in KEY_READERS, has('fetchBalance')),
    clock: marker(false, has('fetchTime')),
  };
}

function marker(isOurs: boolean, isOffered: boolean): Marker {
  if (isOurs) return 'verified';
  return isOffered ? 'unverified' : 'absent';
}

/**
 * Tells whether ccxt would ask a public endpoint for currencies when it has no key: where the exchange wants one, ccxt
 * asks nothing and answers nothing. No call leaves the process.
 */
async function asksPublicly(exchange: CcxtExchange): Promise<boolean> {
  let isPublic = false;
  exchange.fetch2 = (_path, api) => {
    if (!String(api).toLowerCase().includes('private')) isPublic = true;
    return Promise.reject(new Error('not asked: only whether it would be is of interest'));
  };
  // Some let the refused call pass and some do not: what was asked is all that matters.
  await exchange.fetchCurrencies().catch(() => undefined);
  return isPublic;
}
