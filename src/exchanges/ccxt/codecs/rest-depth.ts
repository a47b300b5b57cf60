import type { SnapshotSource } from './codec.js';

const DEPTHS = [100, 500, 1_000, 5_000] as const;

/**
 * The REST depth of binance and of those who took over its shape: `lastUpdateId`, `bids` and `asks`, at most 5,000 levels.
 *
 * @param endpoint - ccxt's name of it.
 */
export function restDepth(endpoint: string): SnapshotSource {
  return {
    endpoint,
    // One step deeper than what is kept, so that the book knows where its knowledge ends.
    parameters: (id, kept) => ({ symbol: id, limit: DEPTHS.find((depth) => depth > kept) ?? 5_000 }),
    read: (answer) => {
      const { lastUpdateId, bids, asks } = answer as { lastUpdateId?: unknown; bids?: unknown; asks?: unknown };
      const sequence = Number(lastUpdateId);
      if (!(sequence > 0) || !Array.isArray(bids) || !Array.isArray(asks)) return null;
      return { sequence, bids: bids as unknown[][], asks: asks as unknown[][] };
    },
  };
}
