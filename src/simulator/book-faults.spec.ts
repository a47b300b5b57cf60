import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { okxFeed, type OkxUpdate, okxUpdates } from '../../test/support/okx-feed.js';
import { FollowedBook, type WireClient } from '../../test/support/wire-client.js';
import { startSimulator, type Simulator } from './simulator.js';
import type { PublishedBook } from './truth/book-history.js';

describe('faults of books', () => {
  let simulator: Simulator;
  let client: WireClient;
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, symbols: ['BTC/USDT', 'ETH/USDT'], tickMs: 20 });
    client = await okxFeed(simulator.url);
  });
  afterEach(async () => {
    client.close();
    await simulator.close();
  });
  const book = (sequence?: number): PublishedBook => simulator.book('okx', 'BTC/USDT', sequence) as PublishedBook;
  const until = async (holds: (book: PublishedBook) => boolean, what: string): Promise<void> => {
    await client.until(() => holds(book()), what);
  };
  const isSound = ({ bids, asks }: PublishedBook): boolean => (bids[0]?.[0] ?? NaN) < (asks[0]?.[0] ?? NaN);
  const paying = (): number =>
    simulator.truth().spells.filter(({ symbol, endMs, routeId }) => {
      return symbol === 'BTC/USDT' && routeId.includes('okx') && endMs === null;
    }).length;

  it.each([
    ['oneSided', { fault: 'oneSided', side: 'bids' }, ({ bids }: PublishedBook) => bids.length === 0],
    ['crossed', { fault: 'crossed', bps: 50 }, (at: PublishedBook) => at.bids.length > 1 && !isSound(at)],
    ['thin', { fault: 'thin', levels: 2 }, ({ bids, asks }: PublishedBook) => bids.length + asks.length === 4],
  ] as const)('%s shows in the published book and on the wire alike, and ends', async (_name, fault, isFaulty) => {
    simulator.injectFault({ exchange: 'okx', symbol: 'BTC/USDT', durationMs: 60_000, ...fault });
    await until(isFaulty, 'the fault');
    if (fault.fault !== 'thin') expect(paying()).toBe(0);
    const followed = follow(client);
    // The book that was told in frames is the published one at that sequence, level by level.
    const published = book(followed.sequence);
    for (const side of ['bids', 'asks'] as const) expect(followed.book.top(side, 1_000)).toEqual(published[side]);
    simulator.injectFault({ exchange: 'okx', fault: 'clear' });
    await until((at) => isSound(at) && at.bids.length > 200 && at.asks.length > 200, 'the whole book');
    const { book: after, sequence } = follow(client);
    for (const side of ['bids', 'asks'] as const) expect(after.top(side, 1_000)).toEqual(book(sequence)[side]);
  });

  it('ends by itself after its time', async () => {
    simulator.injectFault({ exchange: 'okx', symbol: 'BTC/USDT', fault: 'oneSided', durationMs: 100 });
    await until(({ asks }) => asks.length === 0, 'the fault');
    await until(({ asks }) => asks.length > 200, 'its end');
  });

  it('frozen lets one book stand still while the connection and the other book go on', async () => {
    simulator.injectFault({ exchange: 'okx', symbol: 'BTC/USDT', fault: 'frozen', durationMs: 60_000 });
    const { sequence } = book();
    const told = okxUpdates(client, 'ETH-USDT').length;
    await client.until(() => okxUpdates(client, 'ETH-USDT').length > told + 10, 'the other book');
    expect(book().sequence).toBe(sequence);
    expect(okxUpdates(client, 'BTC-USDT').at(-1)?.seqId).toBe(sequence);
    simulator.injectFault({ exchange: 'okx', fault: 'clear' });
    await until((at) => at.sequence > sequence, 'the next step');
    await client.until(() => (okxUpdates(client, 'BTC-USDT').at(-1)?.seqId ?? 0) > sequence, 'its frame');
    expect(okxUpdates(client, 'BTC-USDT').find(({ seqId }) => seqId > sequence)?.prevSeqId).toBe(sequence);
  });
});

// The book out of the last snapshot and what came after it.
function follow(client: WireClient): { book: FollowedBook; sequence: number } {
  const book = new FollowedBook();
  let sequence = 0;
  for (const { json } of client.frames) {
    if ((json?.['arg'] as { instId?: string } | undefined)?.instId !== 'BTC-USDT' || !json?.['data']) continue;
    const [update] = json['data'] as [OkxUpdate];
    for (const side of ['bids', 'asks'] as const) book.apply(side, update[side]);
    sequence = update.seqId;
  }
  return { book, sequence };
}
