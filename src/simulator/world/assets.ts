/** What an asset is worth at the start and how it moves. */
export interface Asset {
  readonly code: string;
  readonly startUsd: number;
  /** Standard deviation of one step of the price process, bps. */
  readonly stepBps: number;
  /** Pulled back to its start price: a stablecoin. */
  readonly isStable: boolean;
  /** How much rests at a price level, relative to bitcoin. */
  readonly liquidity: number;
  readonly networks: readonly AssetNetwork[];
}

/** A chain on which an asset can be moved. */
export interface AssetNetwork {
  readonly code: 'BTC' | 'ETH' | 'SOL' | 'XRP' | 'ADA' | 'DOGE' | 'LTC' | 'TRX';
  /** In the asset's own units. */
  readonly withdrawFee: string;
  readonly withdrawMin: string;
  /** Address of the token's contract, as its issuer publishes it; null for the chain's own coin. */
  readonly contract: string | null;
}

function network(
  code: AssetNetwork['code'],
  withdrawFee: string,
  withdrawMin: string,
  contract: string | null = null,
): AssetNetwork {
  return { code, withdrawFee, withdrawMin, contract };
}

const TETHER = {
  TRX: 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t',
  ETH: '0xdAC17F958D2ee523a2206206994597C13D831ec7',
  SOL: 'Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB',
};
const USD_COIN = {
  ETH: '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48',
  SOL: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v',
};

/** Every asset of the simulated world. */
export const ASSETS: readonly Asset[] = [
  asset('BTC', 84_000, 0.28, 1, [network('BTC', '0.0002', '0.001')]),
  asset('ETH', 2_900, 0.36, 0.8, [network('ETH', '0.0008', '0.01')]),
  asset('SOL', 152, 0.45, 0.45, [network('SOL', '0.004', '0.1')]),
  asset('XRP', 1.93, 0.42, 0.4, [network('XRP', '0.2', '4')]),
  asset('ADA', 0.524, 0.45, 0.25, [network('ADA', '0.8', '10')]),
  asset('DOGE', 0.0957, 0.5, 0.25, [network('DOGE', '4', '20')]),
  asset('LTC', 88, 0.4, 0.2, [network('LTC', '0.001', '0.01')]),
  asset('USDT', 1.0002, 0.03, 1, [
    network('TRX', '1', '10', TETHER.TRX),
    network('ETH', '2.4', '10', TETHER.ETH),
    network('SOL', '1', '10', TETHER.SOL),
  ]),
  asset('USDC', 0.9999, 0.03, 1, [network('ETH', '2.2', '10', USD_COIN.ETH), network('SOL', '1', '10', USD_COIN.SOL)]),
  asset('USD', 1, 0, 1, []),
];

function asset(
  code: string,
  startUsd: number,
  stepBps: number,
  liquidity: number,
  networks: readonly AssetNetwork[],
): Asset {
  return { code, startUsd, stepBps, liquidity, networks, isStable: code.startsWith('USD') };
}
