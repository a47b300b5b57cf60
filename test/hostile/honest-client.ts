import { setTimeout as delay } from 'node:timers/promises';
import type { FeedClient } from '../support/feed-client.js';
import type { WatchedService } from '../contract/watched-service.js';
import { Attacker } from './attacker.js';

const EVERY_MS = 250;
/** The address of a client that has nothing to do with those that attack. */
const ADDRESS = '127.9.9.9';

/** Uses the service as it is meant to be used while others do not, and notes how that goes. */
export class HonestClient {
  readonly waitsMs: number[] = [];
  readonly troubles: string[] = [];
  private isDone = false;
  private readonly asking: Promise<void>;

  private constructor(
    private readonly service: WatchedService,
    private readonly feed: FeedClient,
  ) {
    this.asking = this.goOn();
  }

  static async start(service: WatchedService): Promise<HonestClient> {
    const feed = await service.connect();
    await feed.subscribe({ id: 'honest', channel: 'exchanges' });
    return new HonestClient(service, feed);
  }

  /** Ends it; what it subscribed to came without a break, or that is among its troubles. */
  async stop(): Promise<void> {
    this.isDone = true;
    await this.asking;
    if (this.feed.closed) this.troubles.push(`the feed was closed with ${this.feed.closed.code}`);
    const updates = this.feed.messages.filter(({ type }) => type === 'update');
    for (const [i, { seq }] of updates.slice(0, -1).entries()) {
      const next = updates[i + 1]?.['prevSeq'];
      if (next !== seq) this.troubles.push(`after ${String(seq)} came what follows ${String(next)}`);
    }
    if (updates.length < this.waitsMs.length * 0.2) this.troubles.push(`only ${updates.length} updates came`);
  }

  private async goOn(): Promise<void> {
    const client = new Attacker(this.service);
    while (!this.isDone) {
      const startedMs = performance.now();
      try {
        const { status } = await client.send('/v1/exchanges', {}, ADDRESS);
        if (status !== 200) this.troubles.push(`was answered ${status}`);
      } catch (error) {
        this.troubles.push(`was not answered: ${String(error)}`);
      }
      this.waitsMs.push(performance.now() - startedMs);
      await delay(EVERY_MS);
    }
  }
}
