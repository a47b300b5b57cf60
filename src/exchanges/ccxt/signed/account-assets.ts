import type { AssetNetwork } from '../../../core/market/asset-network.js';
import type { AccountDesk } from '../../assets/account-desk.js';
import type { BalanceDesk } from '../../assets/balance-desk.js';
import { balancesIn, freeIn } from '../assets/balances.js';
import { networksIn } from '../assets/networks.js';
import type { ReadingPlan } from './signed-reading.js';

/** Gives the assets that are watched now. */
export type WatchedAssets = () => ReadonlySet<string>;

const NETWORKS_EVERY_MS = 3_600_000;
const NO_KEY = { code: 'no_key', message: 'no key of the purpose balances may sign' };

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

/** Who is told of an account's balances, and of which. */
export interface BalanceListeners {
  readonly assets: WatchedAssets;
  readonly everyMs: number;
  /** Told what may be traded with of the watched assets. */
  readonly balances: BalanceDesk;
  /** Told everything. */
  readonly accounts: AccountDesk;
}

/**
 * Plans the reading of balances: one call tells detection what of the watched assets may be traded with at once, and the
 * portfolio all that the account holds. Nothing is ever ordered with such a key.
 */
export function accountBalances({ assets, everyMs, balances, accounts }: BalanceListeners): ReadingPlan {
  return {
    purpose: 'balances',
    what: 'balances',
    everyMs,
    keepsSigning: true,
    lost: (loss) => {
      balances.lose();
      if (loss.why === 'another_key') accounts.begin(loss.keyId);
      else accounts.lose(loss.why === 'refused' ? loss.trouble : NO_KEY);
    },
    failed: (trouble) => {
      accounts.fail(trouble);
    },
    ask: async (keyed, isCurrent) => {
      // Only this instance, which reads nothing else: a double would lose digits that the exchange told.
      keyed.number = String;
      const held = balancesIn(await keyed.fetchBalance());
      if (!isCurrent()) return;
      balances.take(freeIn(held, assets()));
      accounts.take(held.values());
    },
  };
}
