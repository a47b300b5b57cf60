import type { Gate } from './gate.js';

/** Refuses, only where the user asks for transfer, what no common network open on both sides could move. */
export const notTransferable: Gate = {
  reason: 'not_transferable',
  refuses: (candidate) => candidate.limits.requireTransfer && !isMovable(candidate),
  measure: (candidate) => {
    const way = candidate.transfer();
    return {
      ...{ network: way?.network ?? null, withdrawFee: way?.fee ?? null, withdrawMin: way?.min ?? null },
      networkAgeMs: way ? candidate.nowMs - way.knownAtMs : null,
    };
  },
};

function isMovable(candidate: Parameters<Gate['refuses']>[0]): boolean {
  const way = candidate.transfer();
  return way !== null && candidate.walk().size >= (way.min ?? 0) * candidate.buy.unit;
}
