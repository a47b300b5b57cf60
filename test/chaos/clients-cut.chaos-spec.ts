import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { Stack, TemporaryDirectory } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { LOAD, QUIET_MS } from './load.js';
import { changesIn, type Told, Witness } from './witness.js';

const CUTS = 20;
const LEAST_CHANGES = 4;
const CLIENTS = 5;
/** The longest that a client stays away; well within what the ring of a channel keeps. */
const MOST_AWAY_MS = 1_000;

describe('clients that are cut under load', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);
  const unhurt = new Witness();
  const clients = Array.from({ length: CLIENTS }, () => new Witness());
  let url: string;

  beforeAll(async () => {
    const gateway = await stack.simulator(13);
    ({ url } = await stack.service({ ...LOAD, CROSSBOOK_EXCHANGE_GATEWAY: gateway }));
    await unhurt.connect(url);
    await waitFor('the first snapshot', () => unhurt.snapshots.length === 1);
  }, 120_000);

  afterAll(async () => {
    await stack.stop();
    directory.remove();
  }, 30_000);

  it('go on where they stopped, without a hole, a repetition or a new snapshot', async () => {
    await Promise.all(clients.map((client) => cutAndResume(client)));
    const last = unhurt.told.length;
    await waitFor('more happens', () => changesIn(unhurt.told.slice(last)) > 0, QUIET_MS);
    const end = unhurt.since?.seq ?? 0;
    await waitFor('all have heard of it', () => clients.every(({ since }) => (since?.seq ?? 0) >= end));
    expect(unhurt.holes).toEqual([]);
    for (const client of clients) {
      expect(client.snapshots).toEqual([null]);
      expect(client.holes).toEqual([]);
      const all = turns(unhurt.told.filter(({ seq }) => seq > client.firstSeq && seq <= end));
      expect(all.length).toBeGreaterThanOrEqual(LEAST_CHANGES);
      expect(turns(client.told).slice(0, all.length)).toEqual(all);
    }
  }, 240_000);

  async function cutAndResume(client: Witness): Promise<void> {
    await client.connect(url);
    await waitFor('a snapshot', () => client.snapshots.length === 1);
    for (let cut = 0; cut < CUTS; cut += 1) {
      await delay(MOST_AWAY_MS * Math.random());
      client.cut();
      await delay(MOST_AWAY_MS * Math.random());
      await client.connect(url);
    }
  }
});

/** Openings and closings in the order in which they were told; what was missed comes under one position. */
function turns(told: readonly Told[]): string[] {
  return told
    .filter(({ event }) => event === 'opened' || event === 'closed')
    .map(({ event, opportunity }) => `${event} ${opportunity.id} ${opportunity.revision}`);
}
