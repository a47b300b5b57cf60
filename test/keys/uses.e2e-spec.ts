import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ACCOUNT_EXCHANGES, type AccountExchange, type Simulator, startSimulator } from '../../src/simulator/index.js';
import { databaseByUrl, embeddedDatabase, type TestDatabase } from '../support/databases.js';
import { findingsOf, type WatchedKey, WatchedKeys } from './watched-keys.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

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

const seenOf = async (key: WatchedKey): Promise<string | undefined> => (await keys.check(key)).findings[0]?.seen;

describe('a key that somebody else uses', () => {
  it('is found out by the time of its last use, and stays so until it is acknowledged', async () => {
    keys = await WatchedKeys.start(database, simulator, {});
    const key = await keys.add('kraken');
    await keys.sign(key);
    keys.clock.advance(HOUR_MS);
    expect(await keys.found(key)).toEqual([]);
    const usedAtMs = Date.now() + HOUR_MS / 2;
    simulator.useKey('kraken', key.made.apiKey, 'call', usedAtMs);
    const seen = await seenOf(key);
    expect(seen).toContain(new Date(Math.floor(usedAtMs / 1_000) * 1_000).toISOString());
    expect(seen).toMatch(/we did not call within 10 s of it; our last call was at/);
    await keys.sign(key);
    expect(await keys.found(key)).toEqual(['UNEXPECTED_USE critical']);
    expect(await keys.acknowledge(key)).toMatchObject({ health: 'healthy', findings: [] });
    expect(await keys.found(key)).toEqual([]);
  }, 30_000);
});

describe.each(ACCOUNT_EXCHANGES)('an idle account at %s', (exchange: AccountExchange) => {
  const TOLD = {
    binance: ['order', 'withdrawal'],
    okx: ['order', 'withdrawal', 'transfer'],
    bybit: ['order', 'withdrawal', 'transfer'],
    kraken: ['order', 'withdrawal', 'transfer'],
  } as const;

  it('shows each deed that was not ours once it happened, and not again when it is acknowledged', async () => {
    keys = await WatchedKeys.start(database, simulator, { accountsAreIdle: true });
    const key = await keys.add(exchange);
    expect(await keys.found(key)).toEqual([]);
    for (const kind of TOLD[exchange]) {
      // A second apart, since some exchanges tell no less.
      simulator.useKey(exchange, key.made.apiKey, kind, Date.now() + 1_000 * TOLD[exchange].indexOf(kind as never));
      const checked = await keys.check(key);
      expect([checked.health, findingsOf(checked)]).toEqual(['critical', ['UNEXPECTED_USE critical']]);
      expect(checked.findings[0]?.seen).toContain(`${kind} at `);
      expect(findingsOf(await keys.acknowledge(key))).toEqual([]);
      expect(await keys.found(key)).toEqual([]);
    }
  }, 60_000);

  it('is not asked about where accounts are not idle', async () => {
    keys = await WatchedKeys.start(database, simulator);
    const key = await keys.add(exchange);
    simulator.useKey(exchange, key.made.apiKey, 'order');
    expect(await keys.found(key)).toEqual([]);
  }, 30_000);

  it('that may not be read spoils nothing but the knowledge of it', async () => {
    keys = await WatchedKeys.start(database, simulator, { accountsAreIdle: true });
    const key = await keys.add(exchange);
    simulator.changeKey(exchange, key.made.apiKey, { scopes: { read: false } });
    const found = await keys.found(key);
    // bybit knows keys that act, and keys that read; each of them may read what the key itself may do.
    if (exchange === 'bybit') expect(found).toEqual([]);
    else expect(found).toContain('SCOPE_MISSING warning');
    expect(found.join()).not.toContain('AUTH_FAILED');
  }, 30_000);
});

describe('time alone', () => {
  it('makes a key idle, and then old; what it signs ends the first', async () => {
    keys = await WatchedKeys.start(database, simulator);
    const key = await keys.add('okx');
    keys.clock.advance(31 * DAY_MS);
    expect(await keys.found(key)).toEqual(['NEVER_USED info']);
    await keys.sign(key);
    expect(await keys.found(key)).toEqual([]);
    keys.clock.advance(60 * DAY_MS);
    expect(await keys.found(key)).toEqual(['NEVER_USED info', 'ROTATION_DUE warning']);
  });
});
