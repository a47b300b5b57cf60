import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ACCOUNT_EXCHANGES, type Simulator, startSimulator } from '../../src/simulator/index.js';
import { CheckLeases } from '../../src/keys/health/check-leases.repository.js';
import { databaseByUrl, embeddedDatabase, type TestDatabase } from '../support/databases.js';
import { codesOf } from '../support/keys-service.js';
import { waitFor } from '../support/wait-for.js';
import { type WatchedKey, WatchedKeys } from './watched-keys.js';

const DAY_MS = 86_400_000;

let database: TestDatabase;
let simulator: Simulator;
let keys: WatchedKeys;

beforeAll(async () => {
  database = (await databaseByUrl()) ?? embeddedDatabase();
  simulator = await startSimulator({ port: 0, symbols: ['BTC/USDT'], tickMs: 1_000 });
}, 120_000);
afterEach(async () => {
  await keys.service.clear();
  await keys.service.stop();
});
afterAll(async () => {
  await simulator.close();
  await database.remove();
});

describe('a reminder', () => {
  it('is pushed and logged once at its time, and no exchange is asked for it', async () => {
    keys = await WatchedKeys.start(database, simulator);
    const key = await keys.add('bybit', { expiresAtMs: Date.now() + 30 * DAY_MS + 3_000 });
    const { service } = keys;
    expect(service.shown(key.id)).toMatchObject({ health: 'healthy', findings: [] });
    const checkedAtMs = service.shown(key.id)?.lastCheckedAtMs;
    await waitFor('the reminder', () => codesOf(service.shown(key.id)).includes('EXPIRES_SOON'));
    expect(service.shown(key.id)?.lastCheckedAtMs).toBe(checkedAtMs);
    await keys.check(key);
    const told = service.lines.filter(
      (line) => line.includes('the health of a key changed') && line.includes('EXPIRES'),
    );
    expect(told).toHaveLength(1);
  }, 30_000);
});

describe('two services on one database', () => {
  it('take turns: who holds a key checks it, the other waits for the rest of the time', async () => {
    keys = await WatchedKeys.start(database, simulator);
    const key = await keys.add('okx');
    const [mine, theirs] = [new CheckLeases(keys.service.database), new CheckLeases(keys.service.database)];
    const held = await theirs.claim(key.id);
    expect(held).toMatchObject({ isOurs: false }); // The service that took the key keeps it until its next check.
    expect(held.isOurs ? 0 : held.freeInMs).toBeGreaterThan(600_000);
    await mine.keep(key.id, 0);
    expect(await theirs.claim(key.id)).toEqual({ isOurs: true });
    expect(await mine.claim(key.id)).toMatchObject({ isOurs: false });
    await mine.release(); // What others hold since is not given back.
    expect(await mine.claim(key.id)).toMatchObject({ isOurs: false });
    await theirs.release();
    expect(await mine.claim(key.id)).toEqual({ isOurs: true });
    expect(await mine.claim('gone')).toEqual({ isOurs: false, freeInMs: 0 });
  });

  it('leaves a key alone that another one has checked, and shows what that one found', async () => {
    keys = await WatchedKeys.start(database, simulator, { checkIntervalMs: 2_000 });
    const key = await keys.add('okx');
    const other = new CheckLeases(keys.service.database);
    await other.keep(key.id, 3_600_000);
    const verdict = { health: 'unknown', findings: [], facts: null, checkedAtMs: Date.now() + 60_000 };
    await keys.service.database.query('UPDATE credentials SET last_check = $2 WHERE id = $1', [
      key.id,
      JSON.stringify(verdict),
    ]);
    await waitFor(
      'the verdict of the other',
      () => keys.service.shown(key.id)?.lastCheckedAtMs === verdict.checkedAtMs,
    );
  }, 30_000);
});

describe('exchanges that are gone', () => {
  it('change no health of any key', async () => {
    const alone = await startSimulator({ port: 0, symbols: ['BTC/USDT'], tickMs: 1_000 });
    // At okx the right to trade is one to transfer as well.
    keys = await WatchedKeys.start(database, alone, { acceptWithdrawal: true });
    const all: WatchedKey[] = [];
    for (const exchange of ACCOUNT_EXCHANGES) {
      all.push(await keys.add(exchange), await keys.add(exchange, { ipList: [], scopes: { trade: true } }));
    }
    const healths = (): string[] => keys.service.feed.snapshot().map(({ health }) => health);
    const before = healths();
    await alone.close();
    for (const key of all) expect(codesOf(await keys.check(key))).toContain('EXCHANGE_UNREACHABLE');
    expect(healths()).toEqual(before);
    expect(before.filter((health) => health === 'critical')).toHaveLength(ACCOUNT_EXCHANGES.length);
  }, 60_000);
});
