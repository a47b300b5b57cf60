import type { OpportunityFeed } from '../../detection/index.js';
import type { MarketSource } from '../../exchanges/index.js';
import type { KeyHealthFeed } from '../../keys/index.js';
import type { ChannelSource } from '../channel-source.js';
import { exchangesChannel } from './exchanges.channel.js';
import { keysChannel } from './keys.channel.js';
import { opportunitiesChannel } from './opportunities.channel.js';
import { refusalsChannel } from './refusals.channel.js';
import { spreadsChannel } from './spreads.channel.js';

/** Every channel that the feed offers; a new one is a file and a line here. */
export function channelSources(feed: OpportunityFeed, market: MarketSource, keys: KeyHealthFeed): ChannelSource[] {
  return [
    opportunitiesChannel(feed),
    spreadsChannel(feed),
    refusalsChannel(feed),
    exchangesChannel(market),
    keysChannel(keys),
  ];
}
