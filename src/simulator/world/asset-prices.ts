import type { Asset } from './assets.js';
import { Random } from './random.js';

const STABLE_PULL = 0.002;

/** One price process per asset in USD: a geometric random walk, stablecoins pulled back to their start. */
export class AssetPrices {
  private readonly logDrift = new Map<string, number>();
  private readonly random: Random;

  constructor(
    private readonly assets: readonly Asset[],
    seed: number,
  ) {
    this.random = new Random(seed, 'asset-prices');
    for (const asset of assets) this.logDrift.set(asset.code, 0);
  }

  /** Moves every asset by one step. */
  step(): void {
    for (const asset of this.assets) {
      const at = this.logDrift.get(asset.code) ?? 0;
      const pull = asset.isStable ? -STABLE_PULL * at : 0;
      this.logDrift.set(asset.code, at + pull + (asset.stepBps / 10_000) * this.random.normal());
    }
  }

  /** USD per unit, before any exchange's lag and noise. */
  usd(asset: Asset): number {
    return asset.startUsd * Math.exp(this.logDrift.get(asset.code) ?? 0);
  }
}
