import type { OpportunityFeed } from '../../detection/index.js';
import type { MarketSource } from '../../exchanges/index.js';
import type { KeyHealthFeed } from '../../keys/index.js';
import type { Clock } from '../../platform/clock/index.js';
import type { ChannelSource } from '../channel-source.js';
import type { FeedCounters } from '../feed-counters.js';
import type { PortfolioFeed, RecorderProgress } from '../ports.js';
import { booksChannel } from './books.channel.js';
import { exchangesChannel } from './exchanges.channel.js';
import { keysChannel } from './keys.channel.js';
import { opportunitiesChannel } from './opportunities.channel.js';
import { portfolioChannel } from './portfolio.channel.js';
import { refusalsChannel } from './refusals.channel.js';
import { spreadsChannel } from './spreads.channel.js';
import { systemChannel } from './system.channel.js';

/** What the channels are made of. */
export interface ChannelParts {
  readonly feed: OpportunityFeed;
  readonly market: MarketSource;
  readonly keys: KeyHealthFeed;
  readonly portfolio: PortfolioFeed;
  readonly recorder: RecorderProgress;
  readonly counters: FeedCounters;
  readonly clock: Clock;
  /** Without proof of life for longer, a book is not shown. */
  readonly maxAgeMs: number;
}

/** Every channel that the feed offers; a new one is a file and a line here. */
export function channelSources(parts: ChannelParts): ChannelSource[] {
  const { feed, market, keys, portfolio, clock, maxAgeMs } = parts;
  return [
    opportunitiesChannel(feed),
    spreadsChannel(feed),
    booksChannel({ market, clock, maxAgeMs }),
    refusalsChannel(feed),
    exchangesChannel(market),
    keysChannel(keys),
    portfolioChannel(portfolio),
    systemChannel(parts),
  ];
}
