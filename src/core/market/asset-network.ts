/** What an exchange tells of one network on which an asset can be moved; null is what it does not tell. */
export interface AssetNetwork {
  /** Unified network code as ccxt writes it: `ERC20`, `TRC20`, `BTC`. */
  readonly network: string;
  /** Address of the asset's contract there; null for a native coin, or where it is not told. */
  readonly contract: string | null;
  readonly deposit: boolean | null;
  readonly withdraw: boolean | null;
  /** In the asset. */
  readonly withdrawFee: number | null;
  /** Least amount that may be withdrawn, in the asset. */
  readonly withdrawMin: number | null;
}
