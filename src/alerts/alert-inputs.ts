import { Injectable } from '@nestjs/common';
import { interval, map, merge, type Observable } from 'rxjs';
import { OpportunityFeed } from '../detection/index.js';
import { MarketSource } from '../exchanges/index.js';
import { KeyHealthFeed } from '../keys/index.js';
import type { AlertInput } from './rules/watch.js';

/** How often rules see that time goes by. */
const TICK_MS = 1_000;

/** All that rules look at. */
@Injectable()
export class AlertInputs {
  constructor(
    private readonly feed: OpportunityFeed,
    private readonly markets: MarketSource,
    private readonly keys: KeyHealthFeed,
  ) {}

  /** What happens from now on. */
  coming(): Observable<AlertInput> {
    return merge(
      this.feed.events$.pipe(map((event): AlertInput => ({ type: 'opportunity', event }))),
      this.markets.statuses$.pipe(map((status): AlertInput => ({ type: 'exchange', status }))),
      this.keys.changes$.pipe(
        map(({ event, key }): AlertInput => (event === 'removed' ? { type: 'tick' } : { type: 'key', key })),
      ),
      interval(TICK_MS).pipe(map((): AlertInput => ({ type: 'tick' }))),
    );
  }

  /** What stands since before: a finding on a key, an exchange that is down. */
  standing(): readonly AlertInput[] {
    return [
      ...this.keys.snapshot().map((key): AlertInput => ({ type: 'key', key })),
      ...this.markets.statuses().map((status): AlertInput => ({ type: 'exchange', status })),
    ];
  }
}
