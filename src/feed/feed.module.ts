import { Module } from '@nestjs/common';
import { OpportunityFeed } from '../detection/index.js';
import { MarketSource } from '../exchanges/index.js';
import { KeyHealthFeed } from '../keys/index.js';
import { AccessPolicy } from '../platform/auth/index.js';
import { Clock } from '../platform/clock/index.js';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { Log } from '../platform/logging/index.js';
import { channelSources } from './channels/channel-sources.js';
import type { ChannelSource } from './channel-source.js';
import { FeedCounters } from './feed-counters.js';
import { FeedHub } from './feed-hub.js';
import { FeedMetrics } from './feed-metrics.js';
import { FeedGateway } from './feed.gateway.js';
import { PortfolioFeed, RecorderProgress } from './ports.js';

/** By far more than a channel ever tells. */
const EVENTS_PER_MS = 1_024;

const CHANNEL_SOURCES = Symbol('CHANNEL_SOURCES');

/** The live feed. Its ports, the clock, the log and the access policy come from global modules. */
@Module({
  providers: [
    { provide: FeedCounters, useFactory: () => new FeedCounters() },
    {
      provide: CHANNEL_SOURCES,
      inject: [
        OpportunityFeed,
        MarketSource,
        KeyHealthFeed,
        PortfolioFeed,
        RecorderProgress,
        FeedCounters,
        Clock,
        SETTINGS,
      ],
      useFactory: (
        ...[feed, market, keys, portfolio, recorder, counters, clock, settings]: [
          OpportunityFeed,
          MarketSource,
          KeyHealthFeed,
          PortfolioFeed,
          RecorderProgress,
          FeedCounters,
          Clock,
          Settings,
        ]
      ) => {
        const { maxAgeMs } = settings.detection;
        return channelSources({ feed, market, keys, portfolio, recorder, counters, clock, maxAgeMs });
      },
    },
    {
      provide: FeedHub,
      inject: [CHANNEL_SOURCES, OpportunityFeed, AccessPolicy, SETTINGS, Clock, Log, FeedCounters],
      useFactory: (
        ...[sources, feed, access, settings, clock, log, counters]: [
          ChannelSource[],
          OpportunityFeed,
          AccessPolicy,
          Settings,
          Clock,
          Log,
          FeedCounters,
        ]
      ) => {
        // Gateways share an epoch, but each counts for itself: positions of one must not look like those of another.
        const firstSeq = settings.role === 'gateway' ? Math.floor(clock.nowMs()) * EVENTS_PER_MS : 0;
        return new FeedHub({ sources, feed, access, settings: settings.feed, clock, log, counters, firstSeq });
      },
    },
    FeedGateway,
    FeedMetrics,
  ],
})
export class FeedModule {}
