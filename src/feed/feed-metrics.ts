import { Injectable } from '@nestjs/common';
import { gauge, MetricSource, type SetMetric } from '../platform/metrics/index.js';
import { CLOSED, CONFLATED, CONNECTED, DROPPED, RECEIVED, SENT } from './feed-counters.js';
import { FeedGateway } from './feed.gateway.js';
import { FeedHub } from './feed-hub.js';

const CLIENTS = gauge('crossbook_feed_clients', 'Clients of the feed that are connected');
const BUFFERED = gauge('crossbook_feed_buffered_bytes', 'Bytes that wait in the sockets of all clients together');
const SUBSCRIPTIONS = gauge('crossbook_feed_subscriptions', 'Subscriptions by channel', 'channel');

/** Tells of the feed: by channel and close code, never by client. */
@Injectable()
export class FeedMetrics extends MetricSource {
  override readonly families = [
    ...[CLIENTS, BUFFERED, SUBSCRIPTIONS],
    ...[SENT, RECEIVED, CONFLATED, DROPPED, CONNECTED, CLOSED],
  ];

  constructor(
    private readonly gateway: FeedGateway,
    private readonly hub: FeedHub,
  ) {
    super();
  }

  override collect(set: SetMetric): void {
    set(CLIENTS, this.gateway.clientCount, {});
    set(BUFFERED, this.gateway.bufferedBytes, {});
    for (const [channel, count] of this.hub.subscriptionCounts()) set(SUBSCRIPTIONS, count, { channel });
    this.hub.counters.tell(set);
  }
}
