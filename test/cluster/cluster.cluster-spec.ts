import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExchangeStatus } from '../../src/core/market/exchange-status.js';
import { type Role, settingsSchema } from '../../src/platform/config/index.js';
import { openLog } from '../../src/platform/logging/index.js';
import { Broker } from '../../src/platform/nats/index.js';
import { readPast } from '../chaos/past.js';
import { changesIn, type Told, Witness } from '../chaos/witness.js';
import { databaseByUrl, type TestDatabase } from '../support/databases.js';
import { freePort, Stack, TemporaryDirectory } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { Cluster } from './cluster.js';
import { Namespace } from './namespace.js';
import { NatsProcess } from './nats-process.js';
import { breaches, eventsOf, type Kept, readStream } from './stream-audit.js';
import { TrueTops } from './true-tops.js';

const EXCHANGES = ['binance', 'okx', 'bybit', 'kraken'];
const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'BTC/USDC', 'ETH/USDC', 'USDC/USDT', 'USDT/USD', 'USDC/USD'];
/** What must be taken over, is within this. */
const TAKEN_OVER_MS = 5_000;
/** Dislocations come at random: a market may be quiet for a while. */
const QUIET_MS = 60_000;
const LEAST_CHANGES = 3;
type Name = 'r1' | 'k1' | 'c1' | 'c2' | 'd1' | 'd2' | 'g1' | 'g2';
const MEMBERS: Readonly<Record<Name, Role>> = {
  ...{ r1: 'recorder', k1: 'keeper', c1: 'collector', c2: 'collector', d1: 'detector', d2: 'detector' },
  ...{ g1: 'gateway', g2: 'gateway' },
};

describe('a cluster of eight processes', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);
  const witnesses = [new Witness(), new Witness()] as const;
  let nats: NatsProcess;
  let database: TestDatabase | null = null;
  let cluster: Cluster;
  let broker: Broker;
  let tops: TrueTops;

  const adminOf = async (name: Name): Promise<string> =>
    `Bearer ${(await readFile(path.join(directory.path, name, 'data/admin.token'), 'utf8')).trim()}`;
  const told = (): readonly Told[] => witnesses[0].told;
  const goesOn = async (what: string): Promise<void> => {
    const before = told().length;
    await waitFor(
      `opportunities open and close after ${what}`,
      () => changesIn(told().slice(before)) >= LEAST_CHANGES,
      QUIET_MS,
    );
  };
  const statuses = async (gateway: 'g1' | 'g2'): Promise<ExchangeStatus[]> => {
    const answer = await fetch(`${cluster.get(gateway).url}/v1/exchanges`);
    return ((await answer.json()) as { data: ExchangeStatus[] }).data;
  };
  const allLive = async (gateway: 'g1' | 'g2'): Promise<void> => {
    await waitFor(
      `${gateway} sees every exchange live`,
      async () => (await statuses(gateway)).every(({ status }) => status === 'live'),
      30_000,
    );
  };
  /** Owners of the assets, by the newest claim of each. */
  const owners = (kept: readonly Kept[]): Map<string, string> =>
    new Map(kept.flatMap(({ asset, message }) => (message.kind === 'claim' ? [[asset, message.member]] : [])));

  beforeAll(async () => {
    const gateway = await stack.simulator(17);
    nats = new NatsProcess(directory.path, await freePort());
    await nats.start();
    database = await databaseByUrl();
    if (!database?.databaseUrl) throw new Error('a cluster needs a PostgreSQL: see CROSSBOOK_TEST_SERVER');
    cluster = new Cluster(directory.path, {
      CROSSBOOK_NATS_URL: nats.url,
      CROSSBOOK_DATABASE_URL: database.databaseUrl,
      CROSSBOOK_EXCHANGE_GATEWAY: gateway,
      CROSSBOOK_EXCHANGES: EXCHANGES.join(','),
      CROSSBOOK_SYMBOLS: SYMBOLS.join(','),
      CROSSBOOK_DETECTION_MIN_NET_BPS: '-20',
      CROSSBOOK_DETECTION_HYSTERESIS_BPS: '0',
      CROSSBOOK_DETECTION_GRACE_MS: '0',
    });
    tops = new TrueTops({ exchangeGateway: gateway, exchanges: EXCHANGES, symbols: SYMBOLS });
    // The first makes tables, streams and buckets; the others find them.
    await cluster.start('r1', 'recorder');
    const others = (Object.keys(MEMBERS) as Name[]).filter((name) => name !== 'r1');
    await Promise.all(others.map((name) => cluster.start(name, MEMBERS[name])));
    const settings = { ...settingsSchema.parse({ role: 'recorder', nats: { url: nats.url } }) };
    broker = await Broker.open(settings, openLog('silent'), 'auditor');
    await Promise.all([allLive('g1'), allLive('g2')]);
    await witnesses[0].connect(cluster.get('g1').url);
    await witnesses[1].connect(cluster.get('g2').url);
    await goesOn('the start');
  }, 240_000);

  afterAll(async () => {
    for (const witness of witnesses) witness.cut();
    await cluster.stopAll();
    await broker.close();
    await tops.close();
    await nats.kill();
    await stack.stop();
    await database?.remove();
    directory.remove();
  }, 60_000);

  it('shares exchanges and assets out: two of each to each, or one more', async () => {
    const shares = new Map<string, number>();
    for (const member of owners(await readStream(broker)).values()) shares.set(member, (shares.get(member) ?? 0) + 1);
    expect([...shares.keys()].sort()).toEqual(['d1', 'd2']);
    expect(Math.max(...shares.values()) - Math.min(...shares.values())).toBeLessThanOrEqual(1);
  });

  it('answers on any gateway what stands between a route and an opportunity', async () => {
    for (const gateway of ['g1', 'g2'] as const) {
      const query = new URLSearchParams({ symbol: 'BTC/USDT', buyExchange: 'okx', sellExchange: 'binance' });
      const answer = await fetch(`${cluster.get(gateway).url}/v1/explain?${query.toString()}`);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ routeId: 'cross:okx:BTC/USDT>binance:BTC/USDT' });
    }
  });

  it('says on a gateway where keys are administered', async () => {
    const answer = await fetch(`${cluster.get('g1').url}/v1/keys`, { headers: { authorization: await adminOf('g1') } });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'at_the_keeper' });
    const keeper = await fetch(`${cluster.get('k1').url}/v1/keys`, { headers: { authorization: await adminOf('k1') } });
    expect(await keeper.json()).toMatchObject({ data: [] });
  });

  it.each(['c1', 'c2'] as const)(
    '%s is killed: the other collects its exchanges, and all are live again',
    async (name) => {
      await cluster.kill(name);
      await allLive('g1');
      await allLive('g2');
      await goesOn(`the end of ${name}`);
      await cluster.start(name, MEMBERS[name]);
    },
    180_000,
  );

  it.each(['d1', 'd2'] as const)(
    '%s is killed: the other owns its assets within 5 s',
    async (name) => {
      const before = owners(await readStream(broker));
      const orphans = [...before].flatMap(([asset, owner]) => (owner === name ? [asset] : []));
      expect(orphans.length).toBeGreaterThan(0);
      const killedAtMs = Date.now();
      await cluster.kill(name);
      let kept: Kept[] = [];
      await waitFor('its assets are claimed', async () => {
        kept = await readStream(broker);
        const now = owners(kept);
        return orphans.every((asset) => now.get(asset) !== name);
      });
      const claimedAtMs = kept.flatMap(({ asset, message, storedAtMs }) =>
        message.kind === 'claim' && orphans.includes(asset) && storedAtMs >= killedAtMs ? [storedAtMs] : [],
      );
      expect(Math.max(...claimedAtMs) - killedAtMs).toBeLessThan(TAKEN_OVER_MS);
      await goesOn(`the end of ${name}`);
      await cluster.start(name, MEMBERS[name]);
    },
    180_000,
  );

  it.each(['g1', 'g2'] as const)(
    '%s is killed: its clients go on at the other where they stopped',
    async (name) => {
      const other = name === 'g1' ? 'g2' : 'g1';
      // One that listens there already hears what happens while the others are away: they must be told it too.
      const [first, second] = witnesses;
      first.cut();
      await first.connect(cluster.get(other).url);
      await cluster.kill(name);
      second.cut();
      const before = first.told.length;
      await waitFor('something happens', () => changesIn(first.told.slice(before)) > 0, QUIET_MS);
      await second.connect(cluster.get(other).url);
      await goesOn(`the end of ${name}`);
      for (const { holes, snapshots } of witnesses) expect([holes, snapshots]).toEqual([[], [null]]);
      await cluster.start(name, MEMBERS[name]);
    },
    180_000,
  );

  it.each(['r1', 'k1'] as const)(
    '%s is killed: what it missed is done when it is back',
    async (name) => {
      await cluster.kill(name);
      await goesOn(`the end of ${name}`);
      await cluster.start(name, MEMBERS[name]);
    },
    180_000,
  );

  it('the broker is killed and started again: everybody comes back', async () => {
    await nats.kill();
    await delay(2_000);
    await nats.start();
    await allLive('g1');
    await allLive('g2');
    await goesOn('the end of the broker');
    for (const { holes, snapshots } of witnesses) expect([holes, snapshots]).toEqual([[], [null]]);
  }, 180_000);

  it('a detector is cut off: others own its assets before it hears anything, and it takes part again afterwards', async () => {
    const databasePort = Number(new URL(database?.databaseUrl ?? '').port || 5432);
    const namespace = await Namespace.open([nats.port, databasePort]);
    try {
      await cluster.start('d3', 'detector', namespace.name);
      const owns = async (): Promise<string[]> =>
        [...owners(await readStream(broker))].flatMap(([asset, owner]) => (owner === 'd3' ? [asset] : []));
      await waitFor('it has its share', async () => (await owns()).length > 0, 60_000);
      namespace.cut();
      const cutAtMs = Date.now();
      await waitFor('its share is claimed by others', async () => (await owns()).length === 0);
      expect(Date.now() - cutAtMs).toBeLessThan(2 * TAKEN_OVER_MS);
      await goesOn('the cut');
      namespace.mend();
      await waitFor('it takes part again', async () => (await owns()).length > 0, 60_000);
      expect(await cluster.stop('d3')).toBe(0);
    } finally {
      await namespace.close();
    }
  }, 240_000);

  it('in all of it no asset had two owners, no route two opportunities, and no book was untrue', async () => {
    const kept = await readStream(broker);
    expect(breaches(kept)).toEqual([]);
    const opened = eventsOf(kept).filter(({ event }) => event.event === 'opened');
    expect(opened.length).toBeGreaterThan(20);
    const compared = opened.map(({ event }) => tops.compare(event.opportunity));
    expect(compared.flatMap(({ different }) => different)).toEqual([]);
    expect(compared.reduce((sum, { equal }) => sum + equal, 0)).toBeGreaterThan(20);
  });

  it('each client was told every opening and every closing once, and no other', async () => {
    const ends = witnesses.map(({ since, told: all }) => ({ until: since?.seq ?? 0, heard: all.length }));
    const events = eventsOf(await readStream(broker));
    for (const [index, witness] of witnesses.entries()) {
      const { until, heard: count } = ends[index] ?? { until: 0, heard: 0 };
      const happened = events.flatMap(({ event: { event, opportunity }, position }) =>
        position > witness.firstSeq && position <= until && event !== 'updated'
          ? [`${event} ${opportunity.id} ${opportunity.revision}`]
          : [],
      );
      const heard = witness.told
        .slice(0, count)
        .filter(({ event }) => event === 'opened' || event === 'closed')
        .map(({ event, opportunity }) => `${event} ${opportunity.id} ${opportunity.revision}`);
      expect(heard.length).toBeGreaterThan(20);
      expect(heard.sort()).toEqual(happened.sort());
    }
  });

  it('everything that the broker acknowledged is in the database, and nothing is left open', async () => {
    expect(await cluster.stop('d1')).toBe(0);
    expect(await cluster.stop('d2')).toBe(0);
    const newest = new Map<string, number>();
    for (const { event } of eventsOf(await readStream(broker)))
      newest.set(event.opportunity.id, event.opportunity.revision);
    const url = cluster.get('g1').url;
    let lacking: string[] = [];
    await waitFor(
      'the recorder has stored it',
      async () => {
        const { byId } = await readPast(url);
        lacking = [...newest].flatMap(([id, revision]) => {
          const stored = byId.get(id);
          return stored?.revision === revision && stored.state === 'closed' ? [] : [`${id} ${revision}`];
        });
        return lacking.length === 0;
      },
      30_000,
    ).catch(() => undefined);
    expect(lacking).toEqual([]);
    const { byId, twice } = await readPast(url);
    expect(twice).toEqual([]);
    expect([...byId.values()].filter(({ state }) => state === 'open')).toEqual([]);
  }, 120_000);

  it('every role stops in order', async () => {
    for (const name of ['c1', 'c2', 'r1', 'k1', 'g1', 'g2'])
      expect([name, await cluster.stop(name)]).toEqual([name, 0]);
  }, 120_000);
});
