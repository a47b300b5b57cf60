import { Inject, Injectable } from '@nestjs/common';
import type { RefusalMinute } from '../core/gates/refusal-reason.js';
import { OpportunityFeed } from '../detection/index.js';
import { Clock } from '../platform/clock/index.js';
import { SETTINGS } from '../platform/config/index.js';
import { Log } from '../platform/logging/index.js';
import { BatchWriter, type WriterSettings } from './batch-writer.js';
import { RefusalRepository } from './refusal.repository.js';

const keyOf = ({ minuteMs, epoch, routeId, reason }: RefusalMinute): string =>
  `${minuteMs} ${epoch} ${routeId} ${reason}`;

/** Stores what was turned away, minute by minute. */
@Injectable()
export class RefusalWriter extends BatchWriter<RefusalMinute> {
  constructor(
    private readonly feed: OpportunityFeed,
    repository: RefusalRepository,
    clock: Clock,
    @Inject(SETTINGS) settings: WriterSettings,
    log: Log,
  ) {
    const parts = {
      kind: 'refusals',
      keyOf,
      // Told again, a minute is told whole.
      merge: (_: RefusalMinute, second: RefusalMinute) => second,
      save: (batch: readonly RefusalMinute[]) => repository.save(batch),
      describe: keyOf,
    };
    super(parts, clock, settings, log);
  }

  /** Takes minutes that are over. */
  take(minutes: readonly RefusalMinute[]): void {
    for (const minute of minutes) this.push(minute, true);
  }

  /** Takes the minute that is not over as it is now, so that who reads next sees it; it is replaced when it is over. */
  takeRunning(): void {
    for (const minute of this.feed.refusalMinute()) this.push(minute, false);
  }
}
