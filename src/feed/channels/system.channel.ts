import { asyncScheduler, BehaviorSubject, EMPTY, interval, map, type SchedulerLike, switchMap } from 'rxjs';
import { z } from 'zod';
import type { OpportunityFeed } from '../../detection/index.js';
import type { MarketSource } from '../../exchanges/index.js';
import type { Clock } from '../../platform/clock/index.js';
import { productVersion } from '../../platform/config/index.js';
import { type ChannelSource, parseFilter } from '../channel-source.js';
import type { FeedCounters } from '../feed-counters.js';
import { wireTime } from '../frames.js';
import type { RecorderProgress } from '../ports.js';
import { LoopDelay } from './loop-delay.js';

const PERIOD_MS = 1_000;
const KEY = 'service';

const schema = z.strictObject({});

/** What the channel tells of. */
export interface SystemParts {
  readonly feed: Pick<OpportunityFeed, 'epoch'>;
  readonly market: Pick<MarketSource, 'statuses'>;
  readonly recorder: RecorderProgress;
  readonly counters: Pick<FeedCounters, 'clients' | 'sent'>;
  readonly clock: Clock;
}

/** What only grows, at a moment. */
interface Counts {
  readonly atMs: number;
  readonly updates: number;
  readonly sent: number;
  readonly cpuMs: number;
}

/** Measures the process while somebody looks. */
class Vitals {
  private readonly version = productVersion();
  private readonly loop = new LoopDelay();
  private before: Counts | null = null;
  private newest: object | null = null;

  constructor(private readonly parts: SystemParts) {}

  start(): void {
    this.before = this.counts();
    this.newest = null;
    this.loop.start();
  }

  stop(): void {
    this.loop.stop();
  }

  /** The figures of the period that ends now. */
  take(): object {
    const now = this.counts();
    const { before } = this;
    this.before = now;
    this.newest = { ...this.state(now.atMs), ...(before ? this.rates(before, now) : NO_RATES) };
    return this.newest;
  }

  /** The figures of the last period; before the first is over, the state of now without rates. */
  view(): object {
    return this.newest ?? { ...this.state(this.parts.clock.nowMs()), ...NO_RATES };
  }

  private counts(): Counts {
    const { market, counters, clock } = this.parts;
    const { user, system } = process.cpuUsage();
    const updates = market.statuses().reduce((sum, status) => sum + status.updates, 0);
    return { atMs: clock.nowMs(), updates, sent: counters.sent, cpuMs: (user + system) / 1_000 };
  }

  private state(nowMs: number): object {
    const { feed, recorder, counters } = this.parts;
    const { rss, heapUsed, external } = process.memoryUsage();
    const kinds = Object.entries(recorder.allMetrics).map(([kind, { waiting, lagMs, lost, isBehind }]) => {
      return [kind, { waiting, lagMs, lost, isBehind }] as const;
    });
    return {
      version: this.version,
      epoch: feed.epoch,
      atMs: wireTime(nowMs),
      uptimeMs: Math.round(process.uptime() * 1_000),
      clients: counters.clients,
      memory: { rssBytes: rss, heapUsedBytes: heapUsed, externalBytes: external },
      recorder: Object.fromEntries(kinds),
    };
  }

  private rates(before: Counts, now: Counts): object {
    const ms = Math.max(now.atMs - before.atMs, 1);
    const perSecond = (difference: number): number => Math.round((difference * 10_000) / ms) / 10;
    return {
      updatesPerSecond: perSecond(now.updates - before.updates),
      messagesSentPerSecond: perSecond(now.sent - before.sent),
      cpuPart: Math.round(((now.cpuMs - before.cpuMs) * 1_000) / ms) / 1_000,
      eventLoop: this.loop.take(),
    };
  }
}

const NO_RATES = { updatesPerSecond: null, messagesSentPerSecond: null, cpuPart: null, eventLoop: null };

/**
 * How the service itself is, once a second: what an operator watches. Measured while somebody looks, and by no one else.
 *
 * @param parts - What is told of.
 * @param scheduler - Gives the seconds; virtual in tests.
 */
export function systemChannel(parts: SystemParts, scheduler: SchedulerLike = asyncScheduler): ChannelSource {
  const vitals = new Vitals(parts);
  const isWanted$ = new BehaviorSubject(false);
  let subscribers = 0;
  return {
    name: 'system',
    scope: 'feed',
    steps$: isWanted$.pipe(
      switchMap((isWanted) => (isWanted ? interval(PERIOD_MS, scheduler) : EMPTY)),
      map(() => {
        const body = { event: 'updated', system: vitals.take() };
        return { kind: 'state' as const, key: KEY, subject: null, body };
      }),
    ),
    snapshot: () => [{ key: KEY, subject: null, body: vitals.view() }],
    demand: {
      add: () => {
        subscribers += 1;
        if (subscribers > 1) return false;
        vitals.start();
        isWanted$.next(true);
        return true;
      },
      remove: () => {
        subscribers -= 1;
        if (subscribers > 0) return;
        isWanted$.next(false);
        vitals.stop();
      },
    },
    filter: (raw) => ({
      applied: parseFilter(schema, raw),
      hasFigures: false,
      concerns: () => true,
      matches: () => true,
    }),
  };
}
