import { type AssetNetwork, ASSETS } from './assets.js';
import type { DeskExchange } from './listings.js';

/** Which ways an asset can take over a network at the moment. */
export interface Doors {
  readonly deposit: boolean;
  readonly withdraw: boolean;
}

/** A network as one exchange has it. */
export type WalletNetwork = AssetNetwork & Doors;

/** An asset as the wallets of one exchange hold it; without networks it is money of a bank. */
export interface WalletAsset {
  readonly code: string;
  readonly networks: readonly WalletNetwork[];
}

/** Networks that an exchange does without: gate and htx have none for USDC in common. */
const MISSING: Readonly<Partial<Record<DeskExchange, Readonly<Record<string, readonly string[]>>>>> = {
  bybit: { USDT: ['SOL'] },
  kucoin: { USDT: ['SOL'] },
  gate: { USDC: ['ETH'] },
  htx: { USDT: ['SOL'], USDC: ['SOL'] },
};

/**
 * Tells what the wallets of an exchange hold and how it moves there.
 *
 * @param exchange - Whose wallets.
 * @param doorsOf - Tells which ways are open.
 */
export function walletOf(
  exchange: DeskExchange,
  doorsOf: (asset: string, network: string) => Doors,
): readonly WalletAsset[] {
  return ASSETS.map(({ code, networks }) => ({
    code,
    networks: networks
      .filter((network) => MISSING[exchange]?.[code]?.includes(network.code) !== true)
      .map((network) => ({ ...network, ...doorsOf(code, network.code) })),
  }));
}
