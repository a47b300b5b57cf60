import type { AssetNetwork } from '../../../core/market/asset-network.js';
import { CONTRACT_READERS, type ContractReader } from './contract-readers.js';

type Row = Readonly<Record<string, unknown>>;

/** Networks that ccxt calls otherwise at some exchanges than at most. */
const SAME_NETWORKS: Readonly<Record<string, string>> = { OPTIMISM: 'OP', 'AVAXC-CHAIN': 'AVAXC' };
/** The twenty bytes of an address of Ethereum and its kin. */
const BARE_ADDRESS = /^[0-9a-f]{40}$/i;
/** What some exchanges give for a native coin, which has no contract. */
const NO_CONTRACT = /^(0x0+|0xe{40})$/;
/** Of an asset that no exchange can have; the answer of a foreign host stays bounded. */
const MOST_NETWORKS = 200;

/**
 * Reads the networks of assets out of ccxt's answer about currencies.
 *
 * @param exchange - ccxt id: where its rows tell the contract differs.
 * @param currencies - What `fetchCurrencies` answered: by unified code, anything else tells nothing.
 * @param assets - Unified codes that are wanted.
 * @returns The networks of each wanted asset, an empty list where none is told of it; null when none is told of any of
 * them, as by an exchange that does not tell networks.
 */
export function networksIn(
  exchange: string,
  currencies: unknown,
  assets: Iterable<string>,
): ReadonlyMap<string, readonly AssetNetwork[]> | null {
  const byCode = rowOf(currencies);
  const contractIn = CONTRACT_READERS[exchange];
  const found = new Map<string, readonly AssetNetwork[]>();
  for (const asset of assets) {
    const networks = rowOf(rowOf(byCode[asset])['networks']);
    found.set(asset, networksOf(networks, contractIn));
  }
  return [...found.values()].some((networks) => networks.length > 0) ? found : null;
}

function networksOf(networks: Row, contractIn: ContractReader | undefined): readonly AssetNetwork[] {
  const byCode = new Map<string, AssetNetwork>();
  for (const [key, value] of Object.entries(networks).slice(0, MOST_NETWORKS)) {
    const code = key.toUpperCase();
    const network = SAME_NETWORKS[code] ?? code;
    const told = rowOf(value);
    byCode.set(network, {
      network,
      contract: contract(contractIn?.(rowOf(told['info']))),
      deposit: flag(told['deposit']),
      withdraw: flag(told['withdraw']),
      withdrawFee: amount(told['fee']),
      withdrawMin: amount(rowOf(rowOf(told['limits'])['withdraw'])['min']),
    });
  }
  return [...byCode.values()];
}

/**
 * Hexadecimal addresses are the same in any case, and exchanges write them in several, htx some of them without the
 * `0x`; all others are not.
 */
function contract(told: unknown): string | null {
  if (typeof told !== 'string') return null;
  const trimmed = told.trim();
  const prefixed = BARE_ADDRESS.test(trimmed) ? `0x${trimmed}` : trimmed;
  const address = /^0x/i.test(prefixed) ? prefixed.toLowerCase() : prefixed;
  return address === '' || NO_CONTRACT.test(address) ? null : address;
}

function flag(told: unknown): boolean | null {
  return typeof told === 'boolean' ? told : null;
}

/** ccxt gives some amounts as text. */
function amount(told: unknown): number | null {
  if (typeof told !== 'number' && (typeof told !== 'string' || told.trim() === '')) return null;
  const value = Number(told);
  return Number.isFinite(value) && value >= 0 ? value : null;
}

function rowOf(value: unknown): Row {
  return typeof value === 'object' && value !== null ? (value as Row) : {};
}
