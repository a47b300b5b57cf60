import { MAX_WRONG_TOKENS } from './feed-limits.js';

const WINDOW_MS = 60_000;
/** Addresses that are remembered; of more, the one that began earliest is forgotten. */
const MAX_ADDRESSES = 10_000;

/**
 * Counts the wrong tokens that each address shows at the door of the feed and in its messages, as the rate limit does for
 * requests. Bounded by {@link MAX_ADDRESSES}.
 */
export class TokenGuesses {
  private readonly windows = new Map<string, { count: number; readonly endMs: number }>();

  /** Counts a wrong one. */
  note(address: string, nowMs: number): void {
    const known = this.windows.get(address);
    if (known && known.endMs > nowMs) {
      known.count += 1;
      return;
    }
    // Set anew, so that the first of the map is the one that began earliest.
    this.windows.delete(address);
    this.windows.set(address, { count: 1, endMs: nowMs + WINDOW_MS });
    const [oldest] = this.windows.keys();
    if (this.windows.size > MAX_ADDRESSES && oldest !== undefined) this.windows.delete(oldest);
  }

  /**
   * How long an address is not to show any token, right or wrong.
   *
   * @returns Milliseconds; zero while it may.
   */
  waitMs(address: string, nowMs: number): number {
    const known = this.windows.get(address);
    return known && known.count >= MAX_WRONG_TOKENS ? Math.max(0, known.endMs - nowMs) : 0;
  }
}
