import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Opportunity } from '../../src/core/opportunity/opportunity.js';
import { Stack, TemporaryDirectory } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { LOAD, QUIET_MS } from './load.js';
import { keepDown } from './outage.js';
import { readPast } from './past.js';
import { changesIn, Witness } from './witness.js';

const OUTAGES = 3;
const OUTAGE_MS = 5_000;
const LEAST_CHANGES = 4;

describe('a database that is killed under load', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);
  const witness = new Witness();
  let url: string;

  beforeAll(async () => {
    const gateway = await stack.simulator(12);
    ({ url } = await stack.service({ ...LOAD, CROSSBOOK_EXCHANGE_GATEWAY: gateway }));
    await witness.connect(url);
  }, 120_000);

  afterAll(async () => {
    await stack.stop();
    directory.remove();
  }, 30_000);

  it('holds up no client, and lacks nothing once it is back', async () => {
    for (let outage = 0; outage < OUTAGES; outage += 1) {
      const before = witness.told.length;
      await waitFor(
        'opportunities open and close',
        () => changesIn(witness.told.slice(before)) >= LEAST_CHANGES,
        QUIET_MS,
      );
      const during = witness.told.length;
      const endMs = performance.now() + OUTAGE_MS;
      const isHeard = (): boolean => changesIn(witness.told.slice(during)) > 0;
      await keepDown(directory.path, () => performance.now() >= endMs && isHeard());
      await waitFor('the past is told again', () => tellsPast(url), 60_000);
    }
    // What a client was told before it asked is stored by the time that it is answered.
    const told = new Map<string, Opportunity>(witness.told.map(({ opportunity }) => [opportunity.id, opportunity]));
    const { byId, twice } = await readPast(url);
    expect(twice).toEqual([]);
    expect([...told.values()].filter(({ id, revision }) => (byId.get(id)?.revision ?? 0) < revision)).toEqual([]);
    expect(witness.holes).toEqual([]);
    expect(witness.snapshots).toEqual([null]);
  }, 480_000);
});

async function tellsPast(url: string): Promise<boolean> {
  const { ok } = await fetch(`${url}/v1/opportunities?limit=1`);
  return ok;
}
