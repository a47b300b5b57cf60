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
import { FeedHub } from './feed-hub.js';
import { FeedGateway } from './feed.gateway.js';

const CHANNEL_SOURCES = Symbol('CHANNEL_SOURCES');

/** The live feed. Its ports, the clock, the log and the access policy come from global modules. */
@Module({
  providers: [
    { provide: CHANNEL_SOURCES, inject: [OpportunityFeed, MarketSource, KeyHealthFeed], useFactory: channelSources },
    {
      provide: FeedHub,
      inject: [CHANNEL_SOURCES, OpportunityFeed, AccessPolicy, SETTINGS, Clock, Log],
      useFactory: (
        ...[sources, feed, access, settings, clock, log]: [
          ChannelSource[],
          OpportunityFeed,
          AccessPolicy,
          Settings,
          Clock,
          Log,
        ]
      ) => new FeedHub({ sources, feed, access, settings: settings.feed, clock, log }),
    },
    FeedGateway,
  ],
})
export class FeedModule {}
