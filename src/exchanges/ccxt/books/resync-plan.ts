import type { Clock } from '../../../platform/clock/index.js';
import { Backoff } from '../../supervision/backoff.js';
import { Pulse } from '../../supervision/pulse.js';

/** How a book is asked for again. */
export interface ResyncActions {
  resubscribe(): void;
  /** Reads the book over REST; never rejects. */
  fetch(): Promise<void>;
  /** Lengthens a wait while the exchange wants no calls, milliseconds. */
  waitMs(delayMs: number): number;
}

const RESYNC = { baseMs: 100, capMs: 30_000, stableAfterMs: 30_000 };
/** A snapshot that was asked for and has not come for longer is asked for again, milliseconds. */
const SNAPSHOT_PATIENCE_MS = 8_000;
/** After so many requests in vain the whole socket is opened again. */
const HOPELESS_AFTER = 5;

/** When one book is asked for again: at most one request at a time, each later than the one before. */
export class ResyncPlan {
  /** How often the book changes. */
  readonly pulse: Pulse;
  private readonly backoff = new Backoff(RESYNC);
  private timer: NodeJS.Timeout | undefined;
  private isFetching = false;
  private hasFetched = false;
  private wantsAgain = false;
  private generation = 0;
  private requestedAtMs: number | null = null;
  private requests = 0;

  constructor(
    private readonly clock: Clock,
    private readonly actions: ResyncActions,
    cadenceMs: number | null,
  ) {
    this.pulse = new Pulse(cadenceMs);
  }

  /** True when so many requests brought nothing that the socket itself is in doubt. */
  get isHopeless(): boolean {
    return this.requests > HOPELESS_AFTER;
  }

  /** Tells whether a requested snapshot should have come. */
  isOverdue(nowMs: number): boolean {
    if (this.timer !== undefined || this.isFetching || this.requestedAtMs === null) return false;
    return nowMs - this.requestedAtMs > SNAPSHOT_PATIENCE_MS;
  }

  /** Notes that the book was just asked for. */
  requested(): void {
    this.requestedAtMs = this.clock.nowMs();
    this.pulse.rest(this.requestedAtMs);
    this.requests += 1;
  }

  /** Notes that a snapshot stands. */
  succeeded(): void {
    this.cancel();
    this.requests = 0;
    this.backoff.succeeded(this.clock.nowMs());
  }

  /** Asks again after the wait that is due; does nothing while one is planned. */
  schedule(): void {
    if (this.timer !== undefined) return;
    this.after(this.backoff.failed(this.clock.nowMs()), () => {
      this.requested();
      this.hasFetched = false;
      this.actions.resubscribe();
    });
  }

  /** Reads the book over REST: at once the first time, later after the wait that is due. */
  fetchSoon(): void {
    if (this.timer !== undefined) return;
    if (this.isFetching) this.wantsAgain = true;
    else if (!this.hasFetched) this.fetch();
    else
      this.after(this.backoff.failed(this.clock.nowMs()), () => {
        this.fetch();
      });
  }

  /** Drops what was planned. */
  cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.requestedAtMs = null;
    this.hasFetched = false;
    this.wantsAgain = false;
    this.isFetching = false;
    this.generation += 1;
  }

  private fetch(): void {
    this.hasFetched = true;
    this.isFetching = true;
    const { generation } = this;
    void this.actions.fetch().then(() => {
      if (generation !== this.generation) return;
      this.isFetching = false;
      if (!this.wantsAgain) return;
      this.wantsAgain = false;
      this.fetchSoon();
    });
  }

  private after(delayMs: number, action: () => void): void {
    this.timer = setTimeout(() => {
      this.timer = undefined;
      action();
    }, this.actions.waitMs(delayMs));
  }
}
