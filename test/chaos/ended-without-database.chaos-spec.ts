import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Stack, TemporaryDirectory } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { LOAD, QUIET_MS } from './load.js';
import { keepDown } from './outage.js';
import { readPast } from './past.js';
import { changesIn, Witness } from './witness.js';

const LEAST_CHANGES = 4;
/** The least that may be set: spreads of some seconds fill half of it, and go to the disk while the service runs. */
const QUEUE_ROWS = '1000';

describe('a service that ends while its database is away', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);
  const witness = new Witness();
  let gateway: string;

  beforeAll(async () => {
    gateway = await stack.simulator(13);
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
    directory.remove();
  }, 30_000);

  it('leaves on disk what was not stored, and the next start stores it', async () => {
    const settings = {
      ...LOAD,
      CROSSBOOK_EXCHANGE_GATEWAY: gateway,
      CROSSBOOK_HISTORY_QUEUE_ROWS: QUEUE_ROWS,
    };
    const first = await stack.service(settings);
    await witness.connect(first.url);
    await waitFor('opportunities open and close', () => changesIn(witness.told) >= LEAST_CHANGES, QUIET_MS);
    const before = witness.told.length;
    const isSpilled = (): boolean => stack.logs.join('').includes('history waits on disk');
    const isHeard = (): boolean => changesIn(witness.told.slice(before)) >= LEAST_CHANGES;
    let ended: Promise<void> | null = null;
    let isEnded = false;
    await keepDown(directory.path, () => {
      if (ended === null && isSpilled() && isHeard()) {
        ended = first.program.stop(20_000).then(() => {
          isEnded = true;
        });
      }
      return isEnded;
    });
    expect(stack.logs.join('')).toContain('changes wait on disk for the next start');
    const spilled = path.join(directory.path, 'data/spill');
    expect(readdirSync(path.join(spilled, 'opportunities'))).not.toEqual([]);

    const { url } = await stack.service(settings);
    expect(stack.logs.join('')).toContain('stored what an earlier run left on disk');
    const { byId, twice } = await readPast(url);
    expect(twice).toEqual([]);
    const lacking = witness.told.filter(
      ({ opportunity: { id, revision } }) => (byId.get(id)?.revision ?? 0) < revision,
    );
    expect(lacking).toEqual([]);
    const told = new Set(witness.told.map(({ opportunity }) => opportunity.id));
    expect([...byId.values()].filter(({ id, state }) => told.has(id) && state === 'open')).toEqual([]);
    for (const kind of ['opportunities', 'refusals', 'spreads']) {
      const folder = path.join(spilled, kind);
      expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
    }
  }, 240_000);
});
