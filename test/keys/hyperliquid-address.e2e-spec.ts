import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Credential, Secret } from '../../src/exchanges/index.js';
import { CcxtKeyProbe } from '../../src/exchanges/ccxt/signed/ccxt-key-probe.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import { type Simulator, startSimulator } from '../../src/simulator/index.js';
import { keysSuite } from '../support/keys-suite.js';
import { KEY_TABLES, keyIn, type KeysService, startKeysService } from '../support/keys-service.js';
import { FakeCallLog, MarketRig, until } from '../support/market-rig.js';

const ADDRESS = `0x${randomBytes(20).toString('hex')}`;
const credential: Credential = { keyId: 'k', apiKey: new Secret(ADDRESS), secret: null, passphrase: null };

describe('an account of hyperliquid', () => {
  let simulator: Simulator;
  const calls = new FakeCallLog();
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, seed: 3, symbols: ['BTC/USDC', 'ETH/USDC'] });
  });
  afterAll(() => simulator.close());

  it('tells by its address who may trade for it and until when, and that the address may not', async () => {
    const clock = new SystemClock();
    const result = await new CcxtKeyProbe({ gateway: simulator.url, clock, calls }).probe('hyperliquid', credential);
    expect(result).toMatchObject({
      ok: true,
      facts: { scopes: { read: true, trade: false, withdraw: false, transfer: false }, ipRestricted: null },
    });
    if (!result.ok) return;
    expect(result.facts.expiresAtMs).toBeGreaterThan(clock.nowMs() + 179 * 86_400_000);
    expect(result.facts.evidence.expires).toContain('desk until 2');
    expect(JSON.stringify(result)).not.toContain(ADDRESS);
  });

  it('gives its balances and fees, while nothing is ever signed', async () => {
    const rig = new MarketRig({
      ...{ exchangeGateway: simulator.url, exchanges: ['hyperliquid'], symbols: ['BTC/USDC'] },
    });
    try {
      rig.credentials.put('hyperliquid', credential);
      rig.feed.start();
      await until('its fee is told', () =>
        rig.events.some((event) => event.type === 'fee' && event.source === 'account'),
      );
      const balances = (): Map<string, number | null> =>
        new Map(rig.events.flatMap((event) => (event.type === 'balance' ? [[event.asset, event.free] as const] : [])));
      await until('its balances are told', () => balances().size >= 2);
      expect(Object.fromEntries(balances())).toMatchObject({ BTC: 0.4182, USDC: 5_012.75 });
      const fee = rig.events.findLast((event) => event.type === 'fee');
      expect(fee).toMatchObject({ source: 'account', takerFeeBps: 4.5 });
      const made = [...rig.calls.calls, ...calls.calls].map(
        ({ method, path, outcome }) => `${method} ${path} ${outcome}`,
      );
      expect(new Set(made)).toEqual(new Set(['POST /info ok']));
    } finally {
      await rig.close();
    }
  }, 30_000);
});

describe('an account of hyperliquid, by REST', () => {
  let service: KeysService;
  const suite = keysSuite(() => service);

  it('is stored by its address, and a private key in its place leaves no trace', async () => {
    service = await startKeysService(suite.database, { exchanges: ['hyperliquid'] });
    const privateKey = randomBytes(32).toString('hex');
    const account = { exchange: 'hyperliquid', label: 'main', apiKey: ADDRESS.toUpperCase().replace('0X', '0x') };
    const answers: string[] = [];
    for (const body of [
      { ...account, secret: privateKey },
      { ...account, apiKey: `0x${privateKey}` },
      { ...account, label: privateKey },
    ]) {
      const refused = await service.call('POST', '/v1/keys', body);
      expect(refused).toMatchObject({ status: 400, json: { code: 'private_key' } });
      answers.push(refused.text);
    }
    const key = keyIn(await service.call('POST', '/v1/keys', account));
    expect(key).toMatchObject({ exchange: 'hyperliquid', health: 'healthy' });
    const opened = await service.credentials.credential('hyperliquid', 'balances');
    expect([opened?.apiKey.reveal(), opened?.secret, opened?.passphrase]).toEqual([ADDRESS, null, null]);
    expect(await service.call('POST', '/v1/keys', { ...account, apiKey: ADDRESS })).toMatchObject({ status: 409 });
    const rotated = await service.call('POST', '/v1/keys/master/rotate');
    expect(rotated).toMatchObject({ status: 200, json: { resealed: 1, unopened: [] } });
    expect((await service.credentials.credential('hyperliquid', 'balances'))?.secret).toBeNull();

    for (const table of KEY_TABLES) {
      answers.push(JSON.stringify(await service.database.query(`SELECT * FROM ${table}`)));
    }
    expect([...answers, ...service.lines].join('\n').toLowerCase()).not.toContain(privateKey);
  });
});
