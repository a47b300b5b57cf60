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
    const back = this.told(to, asset);
    if (!out || !back) return null;
    const knownAtMs = Math.min(out.atMs, back.atMs);
    if (nowMs - knownAtMs > maxAgeMs) return null;
    let best: TransferWay | null = null;
    for (const { network, withdraw, withdrawFee: fee, withdrawMin: min } of out.networks) {
      const isOpen =
        withdraw === true && back.networks.some((inward) => inward.network === network && inward.deposit === true);
      if (isOpen && (best === null || (fee ?? Infinity) < (best.fee ?? Infinity)))
        best = { network, fee, min, knownAtMs };
    }
    return best;
  }

  /**
   * Compares the contracts of one ticker on two exchanges.
   *
   * @param a - One exchange.
   * @param assetOnA - Ticker there.
   * @param b - The other.
   * @param assetOnB - Ticker there.
   * @returns Whether they are the same on a network where both tell an address, with that network and both addresses;
   *   null where no network has both.
   */
  compare(a: ExchangeId, assetOnA: string, b: ExchangeId, assetOnB: string): ContractComparison | null {
    const onB = this.told(b, assetOnB)?.networks ?? [];
    let differing: ContractComparison | null = null;
    for (const { network, contract } of this.told(a, assetOnA)?.networks ?? []) {
      const other = onB.find((candidate) => candidate.network === network)?.contract ?? null;
      if (contract === null || other === null) continue;
      if (isSameContract(contract, other)) return { isSame: true, network, contracts: [contract, other] };
      differing ??= { isSame: false, network, contracts: [contract, other] };
    }
    return differing;
  }

  private told(exchange: ExchangeId, asset: string): Known | undefined {
    return this.known.get(exchange)?.get(asset);
  }
}

const HEXADECIMAL = /^0x[0-9a-f]+$/i;

// Capitals are but a checksum in hexadecimal addresses (EIP-55), and some exchanges leave them out; in all others they
// are a part of the address.
function isSameContract(a: string, b: string): boolean {
  if (a === b) return true;
  return HEXADECIMAL.test(a) && HEXADECIMAL.test(b) && a.toLowerCase() === b.toLowerCase();
}

/** What two exchanges tell of the contract behind one ticker. */
export interface ContractComparison {
  readonly isSame: boolean;
  readonly network: string;
  readonly contracts: readonly [string, string];
}
