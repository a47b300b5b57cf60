import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Credential, type KeyProbeResult, type KeyUse, Secret } from '../../src/exchanges/index.js';
import { createInstance } from '../../src/exchanges/ccxt/instance/create-instance.js';
import { classifyFailure, type SignedFailure } from '../../src/exchanges/ccxt/key-errors/classify.js';
import { CcxtKeyProbe } from '../../src/exchanges/ccxt/signed/ccxt-key-probe.js';
import { createSigned } from '../../src/exchanges/ccxt/signed/signed-instance.js';
import { RestGate } from '../../src/exchanges/supervision/rest-gate.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import {
  type ApiKey,
  type SimulatedExchange,
  type KeyedExchange,
  type KeyScopes,
  type Simulator,
  type SimulatorKeyOptions,
  startSimulator,
} from '../../src/simulator/index.js';
import { FakeCallLog, MarketRig, until } from '../support/market-rig.js';

const READING = { read: true, trade: false, withdraw: false, transfer: false };
const EVERYTHING = { read: true, trade: true, withdraw: true, transfer: true };
const OUR_ADDRESS = '127.0.0.1';
const SYMBOL = 'BTC/USDT';

/** A refusal as the probe names it: `revoked 400003`. */
type Named = string;

/** What one exchange is expected to tell and to answer. */
export interface KeyExchangeCase {
  readonly exchange: SimulatedExchange & KeyedExchange;
  /** Facts of a key that only reads, beside its rights. */
  readonly reading: object;
  /** Facts of a key with every right that works from our address alone, beside its rights. */
  readonly bound: object;
  /** What the exchange says to a key with the fault, `code rawCode`; left out where the exchange has no such refusal. */
  readonly refusals: {
    readonly wrongSecret: Named;
    readonly wrongPassphrase?: Named;
    readonly revoked: Named;
    readonly address: Named;
    readonly expired: Named;
    readonly clock: Named;
    readonly rateLimit: Named;
    readonly down: Named;
    /** To a read of the balance by a key without the right to read. */
    readonly right: Named;
  };
  /** Taker fee of the account, bps. */
  readonly feeBps: number;
  /** Kinds of use of the account that it tells. */
  readonly uses: readonly KeyUse['kind'][];
}

/** What a test of one exchange works with. */
export interface KeyExchangeRig {
  readonly simulator: Simulator;
  readonly calls: FakeCallLog;
  make(options?: SimulatorKeyOptions): ApiKey;
  ask(key: ApiKey, changed?: Changed, usesSinceMs?: number): Promise<KeyProbeResult>;
}

type Changed = Partial<Record<'secret' | 'passphrase', string>>;

/** A simulated key as a stored one, with parts of it pasted wrongly. */
export function credentialOf(key: ApiKey, changed: Changed = {}): Credential {
  return {
    keyId: `id-${key.exchange}`,
    apiKey: new Secret(key.apiKey),
    secret: new Secret(changed.secret ?? key.secret),
    passphrase: key.passphrase === null ? null : new Secret(changed.passphrase ?? key.passphrase),
  };
}

/**
 * Declares what holds of the keys of every exchange: real ccxt, over HTTP, against the simulator. At the end nothing
 * that was told may hold any part of any key.
 *
 * @param expected - What this exchange tells and answers.
 * @returns What further tests work with; usable inside them alone.
 */
export function keyExchangeSuite(expected: KeyExchangeCase): KeyExchangeRig {
  const rig = openRig(expected.exchange);
  declareFacts(expected, rig);
  declareRefusals(expected, rig);
  it('runs its markets with a key: the fee of the account and what it holds', async () => {
    await runKeyed(expected, rig);
  }, 30_000);
  return rig;
}

function openRig(exchange: KeyExchangeCase['exchange']): KeyExchangeRig & { told: unknown[] } {
  let simulator: Simulator | null = null;
  let probe: CcxtKeyProbe;
  const calls = new FakeCallLog();
  const secrets: string[] = [];
  const told: unknown[] = [calls.calls];
  const running = (): Simulator => {
    if (!simulator) throw new Error('the simulator runs inside tests alone');
    return simulator;
  };
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, symbols: [SYMBOL] });
  });
  afterAll(async () => {
    await running().close();
    const text = JSON.stringify(told);
    for (const secret of secrets) expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
  });
  return {
    calls,
    told,
    get simulator() {
      return running();
    },
    make: (options = {}) => {
      const key = running().createKey(exchange, options);
      secrets.push(key.secret, key.apiKey, ...(key.passphrase === null ? [] : [key.passphrase]));
      return key;
    },
    ask: async (key, changed, usesSinceMs) => {
      // One probe for each question: what an earlier answer asked for, silence for a while, does not hold here.
      probe = new CcxtKeyProbe({ gateway: running().url, clock: new SystemClock(), calls });
      const options = usesSinceMs === undefined ? {} : { usesSinceMs };
      const result = await probe.probe(exchange, credentialOf(key, changed), options);
      told.push(result);
      return result;
    },
  };
}

function declareFacts({ exchange, reading, bound, uses }: KeyExchangeCase, rig: KeyExchangeRig): void {
  const scopes = (full: KeyScopes): object => ({ ok: true, facts: { scopes: full } });

  it('tells of a key that only reads', async () => {
    const result = await rig.ask(rig.make({ scopes: READING, label: 'watch' }));
    expect(result).toMatchObject(scopes(READING));
    expect(result).toMatchObject({ facts: reading });
    expectSources(result);
  });

  it('tells of a key with every right that is bound to our address', async () => {
    const result = await rig.ask(rig.make({ scopes: EVERYTHING, ipList: [OUR_ADDRESS], label: 'all of it' }));
    expect(result).toMatchObject(scopes(EVERYTHING));
    expect(result).toMatchObject({ facts: bound });
    expectSources(result);
  });

  it('tells what others did on the account since a time, the newest of each kind', async () => {
    const key = rig.make();
    const sinceMs = Date.now() - 2_000;
    expect(await rig.ask(key, {}, sinceMs)).toMatchObject({ ok: true, facts: { uses: [] } });
    for (const kind of ['order', 'transfer', 'withdrawal', 'order'] as const) {
      rig.simulator.useKey(exchange, key.apiKey, kind);
    }
    const result = await rig.ask(key, {}, sinceMs);
    const told = result.ok ? (result.facts.uses ?? []) : [];
    expect(told.map(({ kind }) => kind).sort()).toEqual([...uses].sort());
    for (const { atMs, source, seen } of told) {
      expect(atMs).toBeGreaterThanOrEqual(sinceMs);
      expect(source).toMatch(/^(GET|POST) \//);
      expect(seen).not.toBe('');
    }
    expect(await rig.ask(key, {}, Date.now() + 60_000)).toMatchObject({ ok: true, facts: { uses: [] } });
  });
}

/** Every fact comes with what was seen and with the call that told it. */
function expectSources(result: KeyProbeResult): void {
  if (!result.ok) throw new Error(`refused: ${result.message}`);
  const { evidence, sources } = result.facts;
  expect(Object.keys(sources).sort()).toEqual(Object.keys(evidence).sort());
}

function declareRefusals({ exchange, refusals }: KeyExchangeCase, rig: KeyExchangeRig & { told: unknown[] }): void {
  const named = (result: KeyProbeResult): Named => (result.ok ? 'ok' : nameOf(result));
  const during = async (fault: object): Promise<Named> => {
    const key = rig.make();
    rig.simulator.injectFault({ exchange, ...fault } as never);
    try {
      return named(await rig.ask(key));
    } finally {
      rig.simulator.injectFault({ exchange, fault: 'clear' });
    }
  };

  it('names a wrong secret', async () => {
    const { secret } = rig.make();
    expect(named(await rig.ask(rig.make(), { secret }))).toBe(refusals.wrongSecret);
  });

  if (refusals.wrongPassphrase !== undefined) {
    it('names a wrong passphrase', async () => {
      expect(named(await rig.ask(rig.make(), { passphrase: 'Wrong-1!' }))).toBe(refusals.wrongPassphrase);
    });
  }

  it('names a revoked key', async () => {
    const key = rig.make();
    rig.simulator.revokeKey(exchange, key.apiKey);
    expect(named(await rig.ask(key))).toBe(refusals.revoked);
  });

  it('names an address that is not on the list', async () => {
    expect(named(await rig.ask(rig.make({ ipList: ['203.0.113.7'] })))).toBe(refusals.address);
  });

  it('names a key that has run out', async () => {
    expect(named(await rig.ask(rig.make({ expiresAtMs: Date.now() - 60_000 })))).toBe(refusals.expired);
  });

  it.each([
    ['ahead', 600_000],
    ['behind', -600_000],
  ])('blames the clock when that of the exchange is %s', async (_, offsetMs) => {
    expect(await during({ fault: 'clock', offsetMs })).toBe(refusals.clock);
  });

  it('never blames the key for a limit or for an exchange that is down', async () => {
    expect(await during({ fault: 'rateLimit', durationMs: 60_000 })).toBe(refusals.rateLimit);
    expect(await during({ fault: 'restFail', durationMs: 60_000 })).toBe(refusals.down);
    expect(await during({ fault: 'restFail', status: 502, durationMs: 60_000 })).toMatch(/^exchange_down /);
  });

  it('names a missing right to read', async () => {
    const failure = await readBalance(exchange, rig, rig.make({ scopes: { ...READING, read: false } }));
    rig.told.push(failure);
    expect(nameOf(failure)).toBe(refusals.right);
  });
}

function nameOf({ code, rawCode }: Pick<SignedFailure, 'code' | 'rawCode'>): Named {
  return `${code} ${rawCode}`;
}

/** Reads the balance with a key that may not, and gives the refusal. */
async function readBalance(
  exchange: string,
  { simulator, calls }: KeyExchangeRig,
  key: ApiKey,
): Promise<SignedFailure> {
  const clock = new SystemClock();
  const gate = new RestGate(clock, () => undefined);
  const keyless = createInstance({ exchange, gateway: simulator.url, keepAliveMs: 30_000 });
  await keyless.loadMarkets();
  const keyed = createSigned(exchange, credentialOf(key), { gateway: simulator.url, clock, calls, gate });
  keyed.setMarketsFromExchange(keyless);
  try {
    await keyed.fetchBalance();
  } catch (error) {
    return classifyFailure(exchange, error, (text) => text);
  } finally {
    await Promise.all([keyless.close(), keyed.close()]);
  }
  throw new Error('the balance was told to a key that may not read');
}

/** Runs the real markets of one exchange with a key until the account's fee and balance came. */
async function runKeyed(
  { exchange, feeBps }: KeyExchangeCase,
  rig: KeyExchangeRig & { told: unknown[] },
): Promise<void> {
  const market = new MarketRig({
    exchangeGateway: rig.simulator.url,
    exchanges: [exchange],
    symbols: [SYMBOL],
  });
  try {
    market.credentials.put(exchange, credentialOf(rig.make()));
    market.feed.start();
    const fees = (): string[] =>
      market.events.flatMap((event) => (event.type === 'fee' ? [`${event.source} ${event.takerFeeBps}`] : []));
    const held = (): Record<string, number | null> =>
      Object.fromEntries(
        market.events.flatMap((event) => (event.type === 'balance' ? [[event.asset, event.free]] : [])),
      );
    await until('the fee of the account came', () => fees().at(-1)?.startsWith('account') === true);
    expect(fees().at(-1)).toBe(`account ${feeBps}`);
    await until('the balance came', () => Object.keys(held()).length === 2);
    expect(held()).toEqual({ BTC: 0.4182, USDT: 12540.22 });
    expect(market.calls.calls.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'ok')).toEqual([]);
    rig.told.push(market.events, market.calls.calls, market.statuses);
  } finally {
    await market.close();
  }
}
