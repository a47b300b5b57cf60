import type { RefusalLedger } from '../gates/refusal-ledger.js';
import type { WatchedRoute } from './board-member.js';

/** Since when routes pass every gate but the dwell, and when the next of them has passed long enough. */
export class Dwell {
  private nextMs = Infinity;

  /**
   * @param minDwellMs - How long a route must pass before it opens.
   * @param ledger - Where those are counted that did not live through it.
   */
  constructor(
    private readonly minDwellMs: number,
    private readonly ledger: RefusalLedger,
  ) {}

  /** @returns When the first dwell is over, our clock; Infinity while none runs. One that was broken off may be told. */
  get dueAtMs(): number {
    return this.nextMs;
  }

  /**
   * Notes a judgement.
   *
   * @param watched - Whose.
   * @param isPassing - Whether it passes every gate but the dwell.
   * @param nowMs - Our clock.
   */
  note(watched: WatchedRoute, isPassing: boolean, nowMs: number): void {
    const { passingSinceMs } = watched;
    if (isPassing) {
      if (passingSinceMs !== null) return;
      watched.passingSinceMs = nowMs;
      if (this.minDwellMs > 0 && watched.life === null) this.nextMs = Math.min(this.nextMs, nowMs + this.minDwellMs);
      return;
    }
    watched.passingSinceMs = null;
    if (passingSinceMs === null || watched.life !== null) return;
    const passedForMs = nowMs - passingSinceMs;
    const measured = { passedForMs, minDwellMs: this.minDwellMs };
    this.ledger.noteSpell(watched.route, 'flicker', passingSinceMs, nowMs, measured);
  }

  /**
   * Tells whose dwell is over, and looks for the next one's end.
   *
   * @param routes - Those that are followed.
   * @param nowMs - Our clock.
   * @returns Those to be judged now.
   */
  take(routes: Iterable<WatchedRoute>, nowMs: number): WatchedRoute[] {
    this.nextMs = Infinity;
    const over: WatchedRoute[] = [];
    for (const watched of routes) {
      const { passingSinceMs, life } = watched;
      if (passingSinceMs === null || life !== null) continue;
      if (nowMs - passingSinceMs >= this.minDwellMs) over.push(watched);
      else this.nextMs = Math.min(this.nextMs, passingSinceMs + this.minDwellMs);
    }
    return over;
  }
}
