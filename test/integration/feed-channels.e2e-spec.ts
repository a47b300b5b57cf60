import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { SpreadCandle } from '../../src/core/spread-history/spread-candle.js';
import { channelSources } from '../../src/feed/channels/channel-sources.js';
import { FeedCounters } from '../../src/feed/feed-counters.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import {
  FakeKeyHealthFeed,
  FakeMarketSource,
  FakeOpportunityFeed,
  FakePortfolioFeed,
  FakeRecorderProgress,
} from '../support/fake-ports.js';
import { FeedApp } from '../support/feed-app.js';
import { between, refusalCount, spreadCandle } from '../support/scripted-feed.js';

let feed: FeedApp;

beforeAll(async () => {
  feed = await FeedApp.start();
});

afterEach(async () => {
  for (const client of feed.clients.splice(0)) await client.close();
});

afterAll(() => feed.stop());

describe('the guide to the feed', () => {
  const guide = readFileSync(path.resolve(import.meta.dirname, '../../docs/feed.md'), 'utf8');
  const sources = channelSources({
    feed: new FakeOpportunityFeed(),
    market: new FakeMarketSource(),
    keys: new FakeKeyHealthFeed(),
    portfolio: new FakePortfolioFeed(),
    recorder: new FakeRecorderProgress(),
    counters: new FeedCounters(),
    clock: new SystemClock(),
    maxAgeMs: 3_000,
  });

  it.each(sources.map((source) => [source.name, source] as const))(
    'tells the scope and filter of %s',
    (name, source) => {
      const row =
        new RegExp(`^\\| \`${name}\` +\\| \`${source.scope}\` +\\|.*\\| ([^|]+) \\|$`, 'm').exec(guide)?.[1] ?? '';
      const fields = [...row.matchAll(/`(\w+)`/g)].map(([, field]) => field);
      if (name === 'system') {
        expect(() => source.filter({ nothing: 1 })).toThrow(/nothing is not known/);
        return;
      }
      expect(fields.length).toBeGreaterThan(0);
      expect(() => source.filter({ nothing: 1 })).toThrow(new RegExp(`known are ${fields.join(', ')}$`));
    },
  );
});

describe('the channel spreads', () => {
  const second = (part: Parameters<typeof spreadCandle>[0]): SpreadCandle =>
    spreadCandle({ startMs: 1_795_000_000_000, ...part });
  const shown = ({ v, ...candle }: SpreadCandle): object => {
    expect(v).toBe(1);
    return candle;
  };

  it('shows the best route of each symbol, each second, filtered', async () => {
    const best = second({ ...between('okx', 'bybit'), closeBps: 7 });
    const ether = second({ ...between('kraken', 'okx', 'ETH/USDT'), closeBps: -9 });
    feed.opportunities.tellSpreads(second({ closeBps: 2 }), best, second({ closeBps: 5 }), ether);
    const client = await feed.connect();
    const snapshot = await client.subscribe({ id: 's', channel: 'spreads' });
    expect(snapshot['data']).toEqual([shown(best), shown(ether)]);
    await client.subscribe({ id: 'f', channel: 'spreads', filter: { exchanges: ['bybit'], minNetBps: 6.5 } });

    const later = second({ ...between('okx', 'bybit'), startMs: 1_795_000_001_000, closeBps: 6 });
    feed.opportunities.tellSpreads(later);
    feed.opportunities.tellSpreads({ ...later, startMs: 1_795_000_002_000, closeBps: 8 });
    const updates = await client.drain();
    expect(updates.map(({ sub, data }) => [sub, (data as { spread: SpreadCandle }[])[0]?.spread.closeBps])).toEqual([
      ['s', 6],
      ['s', 8],
      ['f', 8],
    ]);
    expect(updates[0]?.['data']).toEqual([{ event: 'updated', spread: shown(later) }]);
  });

  it('leaves symbols out of the snapshot of which nothing was told for a minute', async () => {
    feed.opportunities.tellSpreads(second({ startMs: 1_795_000_100_000, ...between('okx', 'kraken', 'SOL/USDT') }));
    feed.opportunities.tellSpreads(second({ startMs: 1_795_000_160_000 }));
    const client = await feed.connect();
    const snapshot = await client.subscribe({ id: 's', channel: 'spreads' });
    expect((snapshot['data'] as SpreadCandle[]).map(({ symbol }) => symbol)).toEqual(['BTC/USDT']);
  });

  it('refuses a filter that it does not know', async () => {
    const client = await feed.connect();
    const filter = { symbols: ['btc'], minNotional: 5 };
    const refused = await client.ask({ op: 'subscribe', id: 's', channel: 'spreads', filter }, 'error');
    expect(refused).toMatchObject({ id: 's', code: 'bad_filter' });
    expect(refused['message']).toMatch(/symbols\[0\] must be a unified symbol.*minNotional is not known/);
  });
});

describe('the channel refusals', () => {
  it('shows the counts since the start, then each second what was entered, filtered', async () => {
    const thin = refusalCount({ entries: 4 });
    const stale = refusalCount({ ...between('kraken', 'bybit', 'ETH/USDT'), reason: 'stale', entries: 1 });
    const late = refusalCount({ reason: 'late', entries: 2 });
    const client = await feed.connect();
    await client.subscribe({ id: 'first', channel: 'refusals' });
    feed.opportunities.counts = [thin, stale];
    const seen = await client.next('update');
    expect(seen['data']).toEqual([{ event: 'entered', entered: 4, refusal: thin }]);
    await client.next('update');
    expect((await client.ask({ op: 'unsubscribe', id: 'u', sub: 'first' }, 'unsubscribed'))['sub']).toBe('first');

    const filter = { exchanges: ['okx'], reasons: ['too_thin', 'stale'] };
    expect((await client.subscribe({ id: 'r', channel: 'refusals', filter }))['data']).toEqual([thin]);
    const grown = { ...thin, entries: 7, durationMs: 99.5 };
    feed.opportunities.counts = [grown, { ...stale, entries: 9 }, late];
    expect((await client.next('update'))['data']).toEqual([{ event: 'entered', entered: 3, refusal: grown }]);
    feed.opportunities.counts = [{ ...grown, durationMs: 1_099.5 }, stale, late];
    expect(await client.drain()).toEqual([]);
  });
});
