import type { ExchangeId } from '../market/instrument.js';

/** What an account holds of one asset: decimal strings without exponent, in the asset; null where it is not told. */
export interface AssetBalance {
  /** Unified currency code on that exchange. */
  readonly asset: string;
  /** May be traded with at once. */
  readonly free: string | null;
  /** Held back by orders, withdrawals under way and the like. */
  readonly locked: string | null;
  readonly total: string | null;
}

/** Why an account cannot be read, or could not when it was last tried. */
export interface ReadingTrouble {
  /** Stable snake_case code: `no_key`, `revoked`, `missing_permission`, `exchange_down`, `worker_lost` … */
  readonly code: string;
  /** For people; never a secret. */
  readonly message: string;
}

/**
 * The balances of one exchange's account as they were read last. `pending`: not read yet. `known`: `assets` are of
 * `asOfMs`. `lost`: nobody may speak for the account any more, so nothing is told of it.
 */
export interface AccountReading {
  readonly exchange: ExchangeId;
  readonly state: 'pending' | 'known' | 'lost';
  /** The stored key that reads, null where none ever did. */
  readonly keyId: string | null;
  /** All that are not empty; none unless `known`. */
  readonly assets: readonly AssetBalance[];
  /** When the exchange answered, our clock, epoch ms; null unless `known`. */
  readonly asOfMs: number | null;
  /** Null while the last attempt succeeded. */
  readonly trouble: ReadingTrouble | null;
}
