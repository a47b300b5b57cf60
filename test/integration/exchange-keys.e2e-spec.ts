import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Credential, type KeyProbeResult, Secret } from '../../src/exchanges/index.js';
import { CcxtKeyProbe } from '../../src/exchanges/ccxt/signed/ccxt-key-probe.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import {
  type ApiKey,
  ACCOUNT_EXCHANGES,
  type AccountExchange,
  type Simulator,
  type SimulatorKeyOptions,
  startSimulator,
} from '../../src/simulator/index.js';
import { FakeCallLog, MarketRig, until } from '../support/market-rig.js';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];
const credentialOf = (key: ApiKey, changed: Partial<Record<'secret' | 'passphrase', string>> = {}): Credential => ({
  keyId: `id-${key.exchange}`,
  apiKey: new Secret(key.apiKey),
  secret: new Secret(changed.secret ?? key.secret),
  passphrase: key.passphrase === null ? null : new Secret(changed.passphrase ?? key.passphrase),
});

describe('keys at the exchanges', () => {
  let simulator: Simulator;
  const calls = new FakeCallLog();
  const secrets: string[] = [];
  let probe: CcxtKeyProbe;

  const make = (exchange: AccountExchange, options?: SimulatorKeyOptions): ApiKey => {
    const key = simulator.createKey(exchange, options);
    secrets.push(key.secret, key.apiKey, ...(key.passphrase === null ? [] : [key.passphrase]));
    return key;
  };
  const results: KeyProbeResult[] = [];
  const ask = async (exchange: string, credential: Credential): Promise<KeyProbeResult> => {
    const result = await probe.probe(exchange, credential);
    results.push(result);
    return result;
  };

  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, symbols: SYMBOLS });
    probe = new CcxtKeyProbe({ gateway: simulator.url, clock: new SystemClock(), calls });
  });

  afterAll(async () => {
    await simulator.close();
    const told = JSON.stringify([results, calls.calls]);
    for (const secret of secrets) expect(told).not.toContain(secret);
  });

  it.each(ACCOUNT_EXCHANGES)('reads what a reading key of %s may do', async (exchange) => {
    const key = make(exchange, { scopes: { read: true, trade: false, withdraw: false, transfer: false } });
    const result = await ask(exchange, credentialOf(key));
    expect(result).toMatchObject({ ok: true, facts: { scopes: { read: true, trade: false, withdraw: false } } });
    expect(result).toMatchObject({ facts: { ipRestricted: false } });
  });

  it.each(ACCOUNT_EXCHANGES)('sees the withdrawal right and the addresses of a key of %s', async (exchange) => {
    const key = make(exchange, {
      scopes: { read: true, trade: true, withdraw: true, transfer: true },
      ipList: ['127.0.0.1'],
    });
    const result = await ask(exchange, credentialOf(key));
    expect(result).toMatchObject({
      ok: true,
      facts: { scopes: { read: true, trade: true, withdraw: true, transfer: true }, ipRestricted: true },
    });
    if (result.ok) expect(result.facts.evidence.withdraw).toMatch(/withdraw/i);
  });

  it.each(ACCOUNT_EXCHANGES)(
    'tells a wrong secret, a revoked key and a refused address of %s apart',
    async (exchange) => {
      const key = make(exchange);
      const wrong = exchange === 'kraken' ? Buffer.from('not the secret').toString('base64') : 'not the secret';
      expect(await ask(exchange, credentialOf(key, { secret: wrong }))).toMatchObject({
        ok: false,
        code: 'wrong_secret',
      });
      simulator.revokeKey(exchange, key.apiKey);
      expect(await ask(exchange, credentialOf(key))).toMatchObject({ ok: false, code: 'revoked' });
      const bound = await ask(exchange, credentialOf(make(exchange, { ipList: ['203.0.113.7'] })));
      expect(bound).toMatchObject({ ok: false });
      expect(['ip_refused', 'revoked', 'missing_permission']).toContain(bound.ok ? '' : bound.code);
    },
  );

  it('never blames the clock for calls with one key that meet', async () => {
    const credential = credentialOf(make('kraken'));
    const met = await Promise.all(Array.from({ length: 12 }, () => ask('kraken', credential)));
    expect(met.map((result) => (result.ok ? 'ok' : result.code))).toEqual(Array<string>(12).fill('ok'));
  });

  it('names a wrong passphrase of okx', async () => {
    const result = await ask('okx', credentialOf(make('okx'), { passphrase: 'Wrong-1!' }));
    expect(result).toMatchObject({ ok: false, code: 'wrong_passphrase', rawCode: '50105' });
  });

  it('never blames a key for an exchange that is down or unknown', async () => {
    const key = make('bybit');
    simulator.injectFault({ exchange: 'bybit', fault: 'restFail', durationMs: 500 });
    expect(await ask('bybit', credentialOf(key))).toMatchObject({ ok: false, code: 'exchange_down' });
    const nowhere = new CcxtKeyProbe({ gateway: 'http://127.0.0.1:1', clock: new SystemClock(), calls });
    expect(await nowhere.probe('okx', credentialOf(make('okx')))).toMatchObject({ ok: false, code: 'exchange_down' });
    expect(await ask('nosuch', credentialOf(key))).toMatchObject({ ok: false, code: 'unknown' });
    simulator.injectFault({ exchange: 'bybit', fault: 'clear' });
  });

  it('tells each signed call to the usage log, without query and host', () => {
    const paths = new Set(calls.calls.map(({ exchange, method, path }) => `${exchange} ${method} ${path}`));
    expect(paths).toEqual(
      new Set([
        'binance GET /sapi/v1/account/apiRestrictions',
        'okx GET /api/v5/account/config',
        'bybit GET /v5/user/query-api',
        'kraken POST /0/private/GetApiKeyInfo',
      ]),
    );
    expect(calls.calls.some(({ outcome }) => outcome === 'ok')).toBe(true);
    expect(calls.calls.some(({ outcome }) => outcome === 'revoked')).toBe(true);
  });

  it("uses the account's own fees while a key is there", async () => {
    const rig = new MarketRig({ exchangeGateway: simulator.url, exchanges: ACCOUNT_EXCHANGES, symbols: SYMBOLS });
    try {
      for (const exchange of ACCOUNT_EXCHANGES) rig.credentials.put(exchange, credentialOf(make(exchange)));
      rig.feed.start();
      const fees = (exchange: string): string[] =>
        rig.events.flatMap((event) =>
          event.type === 'fee' && event.instrument.exchange === exchange && event.instrument.symbol === 'BTC/USDT'
            ? [`${event.source} ${event.takerFeeBps}`]
            : [],
        );
      const account: Record<string, string> = { binance: '7.5', okx: '8', bybit: '8', kraken: '14' };
      for (const exchange of ACCOUNT_EXCHANGES) {
        await until(`${exchange} told its fee`, () => fees(exchange).at(-1)?.startsWith('account') === true);
        expect([exchange, fees(exchange).at(-1)]).toEqual([exchange, `account ${account[exchange] ?? ''}`]);
      }
      expect(fees('binance')[0]).toMatch(/^default /);
      expect(fees('kraken')[0]).toMatch(/^market /);
      const before = fees('okx').length;
      rig.credentials.put('okx', null);
      await until('okx fell back', () => fees('okx').length > before);
      expect(fees('okx').at(-1)).toMatch(/^default /);
      expect(rig.calls.calls.every(({ outcome }) => outcome === 'ok')).toBe(true);
      const said = JSON.stringify([rig.events, rig.calls.calls, rig.statuses]);
      for (const secret of secrets) expect(said).not.toContain(secret);
    } finally {
      await rig.close();
    }
  }, 30_000);
});
