import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StoredOpportunity } from '../../src/history/opportunity-row.js';
import { openDuring, testDatabases } from '../support/databases.js';
import { type HistoryParts, historyOf, startOf } from './history-parts.js';
import { BOOKS, DrivenFeed, GATES, OPENED_AT_MS, opportunity, withoutDetails } from '../support/opportunities.js';
import { waitFor } from '../support/wait-for.js';

const databases = await testDatabases();

describe.each(databases)('history ($kind)', (target) => {
  const opened = openDuring(target);
  let feed: DrivenFeed;
  let history: HistoryParts;

  beforeEach(async () => {
    await opened.database.query('TRUNCATE opportunities, detector_epochs');
    feed = new DrivenFeed();
    history = historyOf(opened.database, feed);
    await startOf(history);
  });

  afterEach(async () => {
    await history.recorder.beforeApplicationShutdown();
  });

  const stored = (id: string): Promise<StoredOpportunity | null> => history.repository.find(id);

  it('stores what the stream showed, to the last digit', async () => {
    const one = feed.opens(opportunity());
    await history.writer.flush();
    expect(await stored(one.id)).toEqual({ ...one, books: BOOKS, gates: GATES });

    const later = feed.updates(one, { netBps: 11.25, updatedAtMs: OPENED_AT_MS + 10.5, standing: true });
    const closed = feed.closes(later, { closeReason: 'too_thin', closedAtMs: OPENED_AT_MS + 12.0625 });
    await history.writer.flush();
    expect(await stored(one.id)).toEqual({ ...closed, books: BOOKS, gates: GATES });
  });

  it('stores the books of the peak, which come with the end, beside what the gates measured at the opening', async () => {
    const one = feed.opens(opportunity());
    await history.writer.flush();
    const peak = [{ exchange: 'okx', symbol: 'BTC/USDT', bids: [[64_300.5, 0.1 + 0.2]], asks: [] }] as const;
    const closed = feed.closes(one, { closeReason: 'stale', peakSize: 3.5, aboveMs: 1_234.5, books: { peak } });
    await history.writer.flush();
    expect(await history.controller.one(one.id)).toMatchObject({ ...closed, books: { ...BOOKS, peak }, gates: GATES });
    expect((await history.controller.list({})).data).toEqual([withoutDetails(closed)]);
  });

  it('stores by itself within the flush time', async () => {
    const one = feed.opens(opportunity());
    await waitFor('the opening is stored', async () => (await stored(one.id)) !== null);
    expect(history.recorder.metrics).toMatchObject({ waiting: 0, lagMs: 0, lost: 0, isBehind: false });
  });

  it('is idempotent on id and revision, and never goes back', async () => {
    const first = opportunity({ books: BOOKS });
    const third = opportunity({ revision: 3, netBps: 20 });
    await history.repository.save([third]);
    await history.repository.save([first]);
    await history.repository.save([{ ...third, netBps: 99 }]);
    expect(await stored(first.id)).toMatchObject({ revision: 3, netBps: 20 });
    const [count] = await opened.database.query<{ n: string }>('SELECT count(*) AS n FROM opportunities');
    expect(count?.n).toBe('1');
  });

  it('takes in what was open before it listened', async () => {
    const before = new DrivenFeed('epoch2');
    before.opens(opportunity({ id: 'early', epoch: 'epoch2' }));
    const late = historyOf(opened.database, before);
    await startOf(late);
    await late.writer.flush();
    expect(await stored('early')).toMatchObject({ id: 'early', books: BOOKS });
    await late.recorder.beforeApplicationShutdown();
  });

  it('stores the others when the database refuses one, and counts it', async () => {
    for (let i = 0; i < 7; i += 1) feed.opens(opportunity({ id: `good-${i}` }));
    feed.opens(opportunity({ id: 'bad', netBps: Number.NaN }));
    await history.writer.flush();
    expect((await history.controller.list({})).data).toHaveLength(7);
    expect(history.recorder.metrics).toMatchObject({ lost: 1, isBehind: false, waiting: 0 });
  });

  it('shows a live opportunity in the list before a batch was due', async () => {
    const slow = historyOf(opened.database, feed, { flushMs: 10_000 });
    await startOf(slow);
    const one = feed.opens(opportunity({ id: 'just now' }));
    const page = await slow.controller.list({});
    expect(page).toEqual({ data: [withoutDetails(one)], nextCursor: null, hasMore: false });
    await slow.recorder.beforeApplicationShutdown();
  });

  it('stores the closings of a shutdown before it ends', async () => {
    const own = historyOf(opened.database, feed, { flushMs: 10_000 });
    await startOf(own);
    const one = feed.opens(opportunity());
    feed.closes(one, { closeReason: 'shutdown' });
    await own.recorder.beforeApplicationShutdown();
    expect(await stored(one.id)).toMatchObject({ state: 'closed', closeReason: 'shutdown', books: BOOKS });
  });

  describe('what other runs left open', () => {
    const holder = { host: 'elsewhere', pid: 1, mark: 'another-machine/1/1' };

    it('is closed with the last stored time when the lease has expired', async () => {
      const left = opportunity({ id: 'left', epoch: 'old', updatedAtMs: OPENED_AT_MS + 7.5 });
      await history.leases.take('old', holder, -1);
      await history.repository.save([left]);
      await history.lease.take('epoch1');
      expect(await stored('left')).toEqual({
        ...left,
        state: 'closed',
        closeReason: 'shutdown',
        closedAtMs: OPENED_AT_MS + 7.5,
      });
    });

    it('is closed at once when its process was on this machine and is gone', async () => {
      const mark = (await opened.database.query<{ m: string }>('SELECT process_mark AS m FROM detector_epochs'))[0]?.m;
      const gone = mark?.replace(/\d+\/\d+$/, '999999/1') ?? '';
      await history.leases.take('old', { host: 'here', pid: 999_999, mark: gone }, 60_000);
      await history.repository.save([opportunity({ id: 'left', epoch: 'old' })]);
      await history.lease.take('epoch1');
      expect(await stored('left')).toMatchObject({ state: 'closed', closeReason: 'shutdown' });
    });

    it('stays open while another detector lives', async () => {
      await history.leases.take('other', holder, 60_000);
      await history.repository.save([opportunity({ id: 'theirs', epoch: 'other' })]);
      await history.lease.take('epoch1');
      expect(await stored('theirs')).toMatchObject({ state: 'open' });
    });

    it('is taken back by its detector when that was alive after all', async () => {
      const mine = feed.opens(opportunity({ id: 'mine' }));
      await history.writer.flush();
      await opened.database.query("UPDATE detector_epochs SET lease_until = now() - interval '1 second'");
      const other = historyOf(opened.database, new DrivenFeed('epoch9'));
      await opened.database.query("UPDATE detector_epochs SET process_mark = 'another-machine/1/1'");
      await other.lease.take('epoch9');
      expect(await stored('mine')).toMatchObject({ state: 'closed', closeReason: 'shutdown' });

      expect(await history.leases.renew('epoch1', holder, 10_000)).toBe(false);
      await history.repository.save([mine]);
      expect(await stored('mine')).toMatchObject({ state: 'open', closeReason: null, closedAtMs: null });
      expect(await history.leases.renew('epoch1', holder, 10_000)).toBe(true);
    });
  });
});
