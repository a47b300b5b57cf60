import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Opportunity } from '../../src/core/opportunity/opportunity.js';
import { Stack, TemporaryDirectory } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { LOAD, QUIET_MS } from './load.js';
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

/** Kills the server of the database, and each that is started in its place, until something has come about meanwhile. */
async function keepDown(directory: string, isOver: () => boolean): Promise<void> {
  const killed = new Set<number>();
  const deadline = performance.now() + QUIET_MS;
  while (!isOver()) {
    if (performance.now() > deadline) throw new Error(`clients heard nothing for ${QUIET_MS} ms without a database`);
    const pid = postmasterOf(directory);
    if (pid !== null && !killed.has(pid)) {
      killed.add(pid);
      process.kill(pid, 'SIGKILL');
    }
    await delay(20);
  }
  expect(killed.size).toBeGreaterThan(1);
}

/** The process that serves the database, from the first line of PostgreSQL's own file; null while there is none. */
function postmasterOf(directory: string): number | null {
  try {
    const text = readFileSync(path.join(directory, 'data/postgres/data/postmaster.pid'), 'utf8');
    return Number(text.split('\n')[0]) || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
