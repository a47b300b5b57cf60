import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { Opportunity } from '../../src/core/opportunity/opportunity.js';
import { Stack, TemporaryDirectory } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { LOAD, QUIET_MS } from './load.js';
import { readPast } from './past.js';
import { changesIn, type Told, Witness } from './witness.js';

const KILLS = 20;
/** Openings and closings of each run before it is killed. */
const LEAST_CHANGES = 4;
/** Of what a client was sent, at most the last of this may be missing after a kill; the default of `history.flushMs`. */
const FLUSH_MS = 250;

describe('a service that is killed under load', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);
  const witness = new Witness();
  let gateway: string;

  beforeAll(async () => {
    gateway = await stack.simulator(11);
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
    directory.remove();
  }, 30_000);

  it(
    'keeps all that it stored, once, leaves nothing open, and lets clients fill the gap',
    async () => {
      const epochs = new Set<string>();
      let stored: ReadonlyMap<string, Opportunity> = new Map();
      let killed: { readonly told: readonly Told[]; readonly atMs: number } | null = null;
      for (let run = 0; run <= KILLS; run += 1) {
        const { program, url } = await stack.service({ ...LOAD, CROSSBOOK_EXCHANGE_GATEWAY: gateway });
        const toldBefore = witness.told.length;
        const snapshots = witness.snapshots.length;
        await witness.connect(url);
        await waitFor('a snapshot', () => witness.snapshots.length > snapshots);
        // Positions of an epoch that ended mean nothing: the state comes whole, and says why.
        expect(witness.snapshots.at(-1)).toBe(killed ? 'resync' : null);
        const epoch = witness.since?.epoch ?? '';
        expect(epochs.has(epoch)).toBe(false);
        epochs.add(epoch);

        const past = await readPast(url);
        expect(past.twice).toEqual([]);
        expect(leftOpen(past.byId, epoch)).toEqual([]);
        expect(lostOf(stored, past.byId)).toEqual([]);
        if (killed) {
          expect(killed.told.length).toBeGreaterThan(0);
          expect(Math.max(0, ...lossesMs(killed.told, past.byId, killed.atMs))).toBeLessThanOrEqual(FLUSH_MS);
        }
        if (run === KILLS) break;

        await waitFor(
          'opportunities open and close',
          () => changesIn(witness.told.slice(toldBefore)) >= LEAST_CHANGES,
          QUIET_MS,
        );
        await delay(FLUSH_MS * Math.random());
        stored = (await readPast(url)).byId;
        await delay(FLUSH_MS * Math.random());
        killed = { told: witness.told.slice(toldBefore), atMs: Date.now() };
        process.kill(program.pid ?? 0, 'SIGKILL');
        await program.ended();
        witness.cut();
      }
      expect(witness.holes).toEqual([]);
      expect(epochs.size).toBe(KILLS + 1);
    },
    KILLS * 60_000,
  );
});

/** Opportunities of runs that ended which are still told as open. */
function leftOpen(past: ReadonlyMap<string, Opportunity>, epoch: string): string[] {
  return [...past.values()].filter((one) => one.state === 'open' && one.epoch !== epoch).map(({ id }) => id);
}

/** What was read from the database once and is not there any more, or is older. */
function lostOf(stored: ReadonlyMap<string, Opportunity>, past: ReadonlyMap<string, Opportunity>): string[] {
  return [...stored.values()].filter((one) => !holds(past, one)).map(({ id }) => id);
}

/** How long before the end each thing was sent that the past does not hold, milliseconds. */
function lossesMs(told: readonly Told[], past: ReadonlyMap<string, Opportunity>, endMs: number): number[] {
  return told.filter(({ opportunity }) => !holds(past, opportunity)).map(({ sentAtMs }) => endMs - sentAtMs);
}

function holds(past: ReadonlyMap<string, Opportunity>, { id, revision }: Opportunity): boolean {
  return (past.get(id)?.revision ?? 0) >= revision;
}
