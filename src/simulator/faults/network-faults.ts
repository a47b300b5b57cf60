import type { Doors } from '../world/wallets.js';
import type { NetworkFault } from './fault.js';

type Way = keyof Doors;

const WAYS: readonly Way[] = ['deposit', 'withdraw'];

/** Networks that an exchange has closed, by asset and way; until they are opened again. */
export class NetworkFaults {
  // Bounded by the assets, networks and ways that exist: the injector checks them.
  private readonly closed = new Set<string>();

  /**
   * Closes or opens ways.
   *
   * @param fault - Without `way` it means both.
   * @param networks - The networks of the asset that are meant.
   */
  inject({ fault, asset, way }: NetworkFault, networks: readonly string[]): void {
    for (const network of networks) {
      for (const each of way === undefined ? WAYS : [way]) {
        const key = keyOf(asset, network, each);
        if (fault === 'closeNetwork') this.closed.add(key);
        else this.closed.delete(key);
      }
    }
  }

  /** Opens everything. */
  clear(): void {
    this.closed.clear();
  }

  /** Which ways of an asset over a network are open. */
  doorsOf(asset: string, network: string): Doors {
    return {
      deposit: !this.closed.has(keyOf(asset, network, 'deposit')),
      withdraw: !this.closed.has(keyOf(asset, network, 'withdraw')),
    };
  }
}

function keyOf(asset: string, network: string, way: Way): string {
  return `${asset} ${network} ${way}`;
}
