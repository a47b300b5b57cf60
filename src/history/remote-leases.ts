import { Inject, Injectable } from '@nestjs/common';
import { catchError, defer, EMPTY, exhaustMap, filter, interval, map, type Observable } from 'rxjs';
import { OpportunityFeed } from '../detection/index.js';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { Log } from '../platform/logging/index.js';
import { LeaseRepository, RENEWALS_PER_LEASE, thisHolder } from './lease.repository.js';
import { RunLease } from './run-lease.js';

/**
 * Holds the leases of detectors on other machines for as long as they have something open: what ended without a word is
 * closed by whoever takes their work over, and never by a service that shares the database.
 */
@Injectable()
export class RemoteLeases extends RunLease {
  private readonly holder = thisHolder();

  constructor(
    private readonly leases: LeaseRepository,
    private readonly feed: OpportunityFeed,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'history'>,
    private readonly log: Log,
  ) {
    super();
  }

  override take(): Promise<void> {
    return this.leases.forgetOld();
  }

  override keep(): Observable<void> {
    const renewed$ = defer(() => this.renew()).pipe(
      catchError((error: unknown) => {
        this.log.debug('the leases of detectors are not renewed', { reason: String(error) });
        return EMPTY;
      }),
    );
    return interval(this.settings.history.leaseMs / RENEWALS_PER_LEASE).pipe(
      exhaustMap(() => renewed$),
      filter((wereHeld) => !wereHeld),
      map(() => undefined),
    );
  }

  /** They go on: another recorder renews them. */
  override release(): Promise<void> {
    return Promise.resolve();
  }

  private async renew(): Promise<boolean> {
    const epochs = new Set(this.feed.open().map(({ epoch }) => epoch));
    let wereHeld = true;
    for (const epoch of epochs) {
      wereHeld = (await this.leases.renew(epoch, this.holder, this.settings.history.leaseMs)) && wereHeld;
    }
    return wereHeld;
  }
}
