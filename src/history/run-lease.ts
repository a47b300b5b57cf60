import type { Observable } from 'rxjs';

/** Says in the database which runs of detectors live, so that nobody closes what they have open. */
export abstract class RunLease {
  /**
   * Claims the runs that are recorded here.
   *
   * @param epoch - Of the feed that is recorded.
   * @throws {DatabaseError} When the database is away.
   */
  abstract take(epoch: string): Promise<void>;

  /**
   * Renews what was claimed while subscribed.
   *
   * @returns Emits when a lease had run out and was regained: what is open must be stored anew then.
   */
  abstract keep(): Observable<void>;

  /**
   * Gives back what was claimed.
   *
   * @param waitMs - Longest wait; an unreleased lease expires by itself.
   */
  abstract release(waitMs: number): Promise<void>;
}
