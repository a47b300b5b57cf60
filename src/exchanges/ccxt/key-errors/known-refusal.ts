import type { KeyProbeFailureCode } from '../../contract/ports.js';

/** A signed call that failed for a reason that is known already, better than the exchange's own code tells it. */
export class KnownRefusal extends Error {
  override readonly name = 'KnownRefusal';

  /**
   * @param code - What it means for the key.
   * @param rawCode - The exchange's own code, null when nothing was asked of it.
   * @param words - For the owner; never with a part of a secret.
   */
  constructor(
    readonly code: KeyProbeFailureCode,
    readonly rawCode: string | null,
    words: string,
  ) {
    super(words);
  }
}
