import type { AssetEvent } from '../input/market-event.js';
import type { AssetNetwork } from '../market/asset-network.js';
import type { ExchangeId } from '../market/instrument.js';

/** A way to move an asset from one exchange to another. */
export interface TransferWay {
  readonly network: string;
  /** In the asset; null where it is not told. */
  readonly fee: number | null;
  /** Least amount, in the asset; null where it is not told. */
  readonly min: number | null;
  /** When the older of both exchanges' words came, epoch ms. */
  readonly knownAtMs: number;
}

interface Known {
  readonly networks: readonly AssetNetwork[];
  readonly atMs: number;
}

/** What exchanges tell of the networks of their assets. Bounded by watched assets and exchanges. */
export class TransferDesk {
  private readonly known = new Map<ExchangeId, Map<string, Known>>();

  /**
   * Takes what an exchange tells of an asset; it replaces what it told before.
   *
   * @param event - The event.
   */
  take({ exchange, asset, networks, atMs }: AssetEvent): void {
    let ofExchange = this.known.get(exchange);
    if (!ofExchange) this.known.set(exchange, (ofExchange = new Map<string, Known>()));
    ofExchange.set(asset, { networks, atMs });
  }

  /**
   * Finds the cheapest network that one exchange lets out and the other lets in, both open now.
   *
   * @param from - Where the asset lies.
   * @param to - Where it is wanted.
   * @param asset - As both write it.
   * @param nowMs - Our clock.
   * @param maxAgeMs - Older words do not count.
   * @returns The way, one with a known fee before others; null where none is known to be open.
   */
  way(from: ExchangeId, to: ExchangeId, asset: string, nowMs: number, maxAgeMs: number): TransferWay | null {
    const out = this.told(from, asset);
    const inward = this.told(to, asset);
    if (!out || !inward) return null;
    const knownAtMs = Math.min(out.atMs, inward.atMs);
    if (nowMs - knownAtMs > maxAgeMs) return null;
    const open = inward.networks.filter(({ deposit }) => deposit === true);
    const there = new Map(open.map((one) => [one.network, one]));
    const [cheapest] = out.networks
      .filter((here) => here.withdraw === true && leadsTo(here, there.get(here.network)))
      .sort((a, b) => (a.withdrawFee ?? Infinity) - (b.withdrawFee ?? Infinity));
    if (!cheapest) return null;
    return { network: cheapest.network, fee: cheapest.withdrawFee, min: cheapest.withdrawMin, knownAtMs };
  }

  /**
   * Compares the contracts of one ticker on two exchanges.
   *
   * @param a - One exchange.
   * @param assetOnA - Ticker there.
   * @param b - The other.
   * @param assetOnB - Ticker there.
   * @returns Whether they are the same on a network where both tell an address, with that network and both addresses.
   *   Null where no network has both, and where the only ones that do differ beside a network on which both move the
   *   asset without a contract: wrapped forms of one coin have other contracts, and its own chain has none.
   */
  compare(a: ExchangeId, assetOnA: string, b: ExchangeId, assetOnB: string): ContractComparison | null {
    const here = this.told(a, assetOnA);
    const there = this.told(b, assetOnB);
    if (!here || !there) return null;
    const onB = new Map(there.networks.map(({ network, contract }) => [network, contract]));
    let differing: ContractComparison | null = null;
    let isWrapped = false;
    for (const { network, contract } of here.networks) {
      const other = onB.get(network);
      if (contract === null || !other) {
        isWrapped ||= contract === null && other === null;
        continue;
      }
      if (isSameContract(contract, other)) return { isSame: true, network, contracts: [contract, other] };
      differing ??= { isSame: false, network, contracts: [contract, other] };
    }
    return isWrapped ? null : differing;
  }

  private told(exchange: ExchangeId, asset: string): Known | undefined {
    return this.known.get(exchange)?.get(asset);
  }
}

// Two contracts on one network are two tokens there, wrapped forms of one coin among them: neither arrives as the other.
function leadsTo(here: AssetNetwork, there: AssetNetwork | undefined): boolean {
  if (there === undefined) return false;
  return here.contract === null || there.contract === null || isSameContract(here.contract, there.contract);
}

const HEXADECIMAL = /^0x[0-9a-f]+$/i;

// Capitals are but a checksum in hexadecimal addresses (EIP-55), and some exchanges leave them out; in all others they
// are a part of the address.
function isSameContract(a: string, b: string): boolean {
  if (a === b) return true;
  return HEXADECIMAL.test(a) && a.toLowerCase() === b.toLowerCase();
}

/** What two exchanges tell of the contract behind one ticker. */
export interface ContractComparison {
  readonly isSame: boolean;
  readonly network: string;
  readonly contracts: readonly [string, string];
}
