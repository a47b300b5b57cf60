import { Inject, Injectable } from '@nestjs/common';
import { catchError, defer, EMPTY, exhaustMap, filter, interval, map, type Observable } from 'rxjs';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { Log } from '../platform/logging/index.js';
import { DatabaseError, isProcessGone } from '../platform/prisma/index.js';
import { LeaseRepository, RENEWALS_PER_LEASE, thisHolder } from './lease.repository.js';
import { OpportunityRepository } from './opportunity.repository.js';
import { RunLease } from './run-lease.js';

/**
 * Says in the database that this detector lives, and closes what detectors left open that no longer do.
 *
 * A detector is taken for dead when its lease has expired, or at once when its process was on this machine and is gone.
 */
@Injectable()
export class DetectorLease extends RunLease {
  private readonly holder = thisHolder();
  private epoch = '';
  private isFailing = false;

  constructor(
    private readonly leases: LeaseRepository,
    private readonly opportunities: OpportunityRepository,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'history'>,
    private readonly log: Log,
  ) {
    super();
  }

  /**
   * Claims the epoch of this run and closes what dead detectors left open.
   *
   * @param epoch - The epoch.
   * @throws {DatabaseError} When the database is away.
   */
  override async take(epoch: string): Promise<void> {
    this.epoch = epoch;
    await this.leases.take(epoch, this.holder, this.settings.history.leaseMs);
    await this.closeForTheDead();
    await this.leases.forgetOld();
  }

  /**
   * Renews the lease while subscribed, and looks after the dead each time.
   *
   * @returns Emits after the lease had run out and was regained: what is open must be stored anew then.
   */
  override keep(): Observable<void> {
    return interval(this.settings.history.leaseMs / RENEWALS_PER_LEASE).pipe(
      exhaustMap(() => defer(() => this.renew()).pipe(catchError((error: unknown) => this.tellFailing(error)))),
      filter((wasHeld) => !wasHeld),
      map(() => undefined),
    );
  }

  /**
   * Gives the epoch back, so that nobody has to wait for it to expire.
   *
   * @param waitMs - Longest wait; an unreleased lease expires by itself.
   */
  override async release(waitMs: number): Promise<void> {
    if (this.epoch === '') return;
    let expiry: NodeJS.Timeout | undefined;
    const expired = new Promise<void>((resolve) => (expiry = setTimeout(resolve, waitMs)));
    try {
      await Promise.race([this.leases.release(this.epoch), expired]);
    } catch (error) {
      this.log.debug('the lease was not released and will expire', { reason: (error as Error).message });
    } finally {
      clearTimeout(expiry);
    }
  }

  private async renew(): Promise<boolean> {
    const wasHeld = await this.leases.renew(this.epoch, this.holder, this.settings.history.leaseMs);
    await this.closeForTheDead();
    if (this.isFailing) this.log.info('the lease of this detector is renewed again');
    this.isFailing = false;
    return wasHeld;
  }

  private async closeForTheDead(): Promise<void> {
    const others = await this.leases.othersWithOpen(this.epoch);
    const dead = others.filter((other) => other.isExpired || isProcessGone(other.mark, other.pid));
    if (dead.length === 0) return;
    const epochs = dead.map((other) => other.epoch);
    const closed = await this.opportunities.closeLeftOpen(epochs);
    if (closed > 0) this.log.info('closed opportunities that an ended run had left open', { closed, epochs });
  }

  private tellFailing(error: unknown): Observable<never> {
    if (!this.isFailing) {
      const { code, message } = error instanceof DatabaseError ? error : { code: 'unknown', message: String(error) };
      this.log.warn('the lease of this detector cannot be renewed', { code, reason: message });
    }
    this.isFailing = true;
    return EMPTY;
  }
}
