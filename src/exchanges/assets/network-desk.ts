import type { AssetNetwork } from '../../core/market/asset-network.js';
import type { EmitEvent } from '../books/book-desk.js';

/** Tells on which networks an exchange moves its watched assets: all of them after each reading, so that ages are true. */
export class NetworkDesk {
  /** Assets that were told of; bounded by the watched ones. */
  private readonly told = new Set<string>();

  /**
   * @param exchange - Whose assets.
   * @param emit - Takes the events.
   * @param nowMs - Our clock.
   */
  constructor(
    private readonly exchange: string,
    private readonly emit: EmitEvent,
    private readonly nowMs: () => number,
  ) {}

  /**
   * Takes one reading. An asset without networks is told of only if it had some before: else nothing is known of it,
   * as of money that moves through banks.
   *
   * @param networks - By asset, of every watched one.
   */
  take(networks: ReadonlyMap<string, readonly AssetNetwork[]>): void {
    const atMs = this.nowMs();
    for (const asset of this.told) if (!networks.has(asset)) this.told.delete(asset);
    for (const [asset, list] of networks) {
      if (list.length === 0 && !this.told.has(asset)) continue;
      this.told.add(asset);
      this.emit({ type: 'asset', exchange: this.exchange, asset, networks: list, atMs });
    }
  }
}
