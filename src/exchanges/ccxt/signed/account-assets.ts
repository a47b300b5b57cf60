import type { AssetNetwork } from '../../../core/market/asset-network.js';
import { freeIn } from '../assets/balances.js';
import { networksIn } from '../assets/networks.js';
import type { ReadingPlan } from './signed-reading.js';

/** Gives the assets that are watched now. */
export type WatchedAssets = () => ReadonlySet<string>;

const NETWORKS_EVERY_MS = 3_600_000;
const BALANCES_EVERY_MS = 30_000;

/**
 * Plans the reading of networks where an exchange tells them to a key alone.
 *
 * @param assets - The assets that are watched now.
 * @param found - Told the networks of each watched asset.
 */
export function accountNetworks(
  assets: WatchedAssets,
  found: (networks: ReadonlyMap<string, readonly AssetNetwork[]>) => void,
): ReadingPlan {
  return {
    purpose: 'networks',
    what: 'networks of assets',
    everyMs: NETWORKS_EVERY_MS,
    keepsSigning: false,
    // Networks are the exchange's and not the account's: what was told stays true, and ages.
    lost: () => undefined,
    ask: async (keyed, isCurrent) => {
      const networks = networksIn(keyed.id, await keyed.fetchCurrencies(), assets());
      if (networks && isCurrent()) found(networks);
    },
  };
}

/**
 * Plans the reading of balances: what the account may trade with at once. Nothing is ever ordered with such a key.
 *
 * @param assets - The assets that are watched now.
 * @param found - Told the free amount of each watched asset, null where the exchange does not say.
 * @param lost - Told that no key speaks for the account any more.
 */
export function accountBalances(
  assets: WatchedAssets,
  found: (free: ReadonlyMap<string, number | null>) => void,
  lost: () => void,
): ReadingPlan {
  return {
    purpose: 'balances',
    what: 'balances',
    everyMs: BALANCES_EVERY_MS,
    keepsSigning: true,
    lost,
    ask: async (keyed, isCurrent) => {
      const free = freeIn(await keyed.fetchBalance(), assets());
      if (isCurrent()) found(free);
    },
  };
}
