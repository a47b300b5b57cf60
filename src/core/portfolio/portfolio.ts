import type { ExchangeId } from '../market/instrument.js';
import type { AssetBalance, ReadingTrouble } from './account-reading.js';

/**
 * How far the balances of an account may be leaned on. `fresh`: read within the bound. `stale`: older than that.
 * `lost`: gone, since no key may read them any more. `pending`: not read yet.
 */
export type AccountState = 'fresh' | 'stale' | 'lost' | 'pending';

/** One account before it is valued. */
export interface AccountBalanceSheet {
  readonly exchange: ExchangeId;
  /** The owner's name for the account. */
  readonly account: string;
  /** Of the key that reads it. */
  readonly label: string;
  readonly keyId: string;
  readonly state: AccountState;
  /** Why it is lost or pending, or why the last attempt to read it failed; else null. */
  readonly reason: ReadingTrouble | null;
  readonly asOfMs: number | null;
  readonly ageMs: number | null;
  readonly assets: readonly AssetBalance[];
}

/** What an asset is worth, and how that is known; or why it is not. */
export type Valuation =
  | {
      /** Of the total amount, of the free one where no total is told. */
      readonly valueUsd: number;
      /** USD per unit. */
      readonly priceUsd: number;
      /** The books that it was valued through: `BTC/USDT bid at okx × USDT/USD bid at kraken`. */
      readonly valuedBy: string;
      readonly reason: null;
    }
  | {
      readonly valueUsd: null;
      readonly priceUsd: null;
      readonly valuedBy: null;
      /** `not_watched`, `not_live`, `no_usd_rate` or `no_amount`. */
      readonly reason: ReadingTrouble;
    };

/** What an account holds of one asset, with its worth. */
export type ValuedAsset = AssetBalance & Valuation;

/** The worth of one account: the sum of what could be valued, and what could not. */
export interface AccountTotal {
  readonly valueUsd: number;
  /** Assets that no live book values; their worth is not in the sum. */
  readonly unvalued: readonly string[];
}

/** One account of the portfolio. */
export interface PortfolioAccount extends Omit<AccountBalanceSheet, 'assets'> {
  readonly assets: readonly ValuedAsset[];
  readonly total: AccountTotal;
}

/** The worth of all accounts, and what to know before leaning on it. */
export interface PortfolioTotal {
  readonly valueUsd: number;
  /** Not in the sum: no live book values them. */
  readonly unvalued: readonly { readonly exchange: ExchangeId; readonly asset: string }[];
  /** In the sum by balances that are older than the bound. */
  readonly stale: readonly ExchangeId[];
  /** Not in the sum: lost, or not read yet. */
  readonly missing: readonly ExchangeId[];
}

/** All accounts that a key may read, valued at one moment. */
export interface Portfolio {
  readonly accounts: readonly PortfolioAccount[];
  readonly total: PortfolioTotal;
  /** What to do where there is no account to show; else null. */
  readonly hint: string | null;
}
