import { expect } from '@jest/globals';
import type { CcxtExchange, CcxtMarket } from '../../src/exchanges/ccxt/instance/ccxt-instance.js';
import { CcxtKeyProbe } from '../../src/exchanges/ccxt/signed/ccxt-key-probe.js';
import { createSigned } from '../../src/exchanges/ccxt/signed/signed-instance.js';
import { type Credential, type KeyProbeResult, type ProbeOptions, Secret } from '../../src/exchanges/index.js';
import { RestGate } from '../../src/exchanges/supervision/rest-gate.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import {
  type ApiKey,
  type Fault,
  type KeyedExchange,
  type Simulator,
  type SimulatorKeyOptions,
  startSimulator,
} from '../../src/simulator/index.js';
import { FakeCallLog } from '../support/market-rig.js';

/** Parts of a credential that a test gets wrong. */
type Wrong = Partial<Record<'apiKey' | 'secret', string>>;

/** The real probe with real ccxt against the simulated keys of one exchange. */
export class ProbeRig {
  readonly calls = new FakeCallLog();
  private readonly clock = new SystemClock();
  private probe: CcxtKeyProbe;
  private readonly results: KeyProbeResult[] = [];
  private readonly secrets: string[] = [];

  private constructor(
    private readonly exchange: KeyedExchange,
    readonly simulator: Simulator,
  ) {
    this.probe = this.newProbe();
  }

  static async start(exchange: KeyedExchange): Promise<ProbeRig> {
    return new ProbeRig(exchange, await startSimulator({ port: 0, symbols: ['BTC/USDT'] }));
  }

  make(options?: SimulatorKeyOptions): ApiKey {
    const key = this.simulator.createKey(this.exchange, options);
    this.secrets.push(key.apiKey, key.secret);
    return key;
  }

  /** Asks about a key, as it is or with a part of it wrong. */
  async ask(key: ApiKey, wrong: Wrong = {}, options?: ProbeOptions): Promise<KeyProbeResult> {
    const result = await this.probe.probe(this.exchange, credentialOf(key, wrong), options);
    this.results.push(result);
    return result;
  }

  /** Asks about a key while a fault is in force; what the probe learnt to stay away from is forgotten before. */
  async askDuring(key: ApiKey, fault: WithoutExchange<Fault>): Promise<KeyProbeResult> {
    const { exchange, simulator } = this;
    this.probe = this.newProbe();
    simulator.injectFault({ exchange, ...fault });
    try {
      return await this.ask(key);
    } finally {
      simulator.injectFault({ exchange, fault: 'clear' });
      this.probe = this.newProbe();
    }
  }

  /** An instance that signs with a key; it knows the markets given and no others. */
  signed(key: ApiKey, markets: readonly object[] = []): CcxtExchange {
    const { clock, calls } = this;
    const gate = new RestGate(clock, () => undefined);
    const context = { gateway: this.simulator.url, clock, calls, gate };
    const instance = createSigned(this.exchange, credentialOf(key), context);
    instance.setMarkets(markets as readonly CcxtMarket[]);
    return instance;
  }

  /** The calls that were made, without what they have twice. */
  paths(): readonly string[] {
    return [...new Set(this.calls.calls.map(({ method, path }) => `${method} ${path}`))];
  }

  /** Ends, and sees that no part of a credential was told anywhere. */
  async close(): Promise<void> {
    await this.simulator.close();
    const told = JSON.stringify([this.results, this.calls.calls]);
    expect(this.secrets.length).toBeGreaterThan(0);
    expect(this.secrets.filter((secret) => told.includes(secret))).toEqual([]);
  }

  private newProbe(): CcxtKeyProbe {
    return new CcxtKeyProbe({ gateway: this.simulator.url, clock: this.clock, calls: this.calls });
  }
}

type WithoutExchange<F> = F extends unknown ? Omit<F, 'exchange'> : never;

function credentialOf(key: ApiKey, wrong: Wrong = {}): Credential {
  return {
    keyId: `id-${key.createdAtMs}`,
    apiKey: new Secret(wrong.apiKey ?? key.apiKey),
    secret: new Secret(wrong.secret ?? key.secret),
    passphrase: key.passphrase === null ? null : new Secret(key.passphrase),
  };
}

/** A market as ccxt's methods want it. */
export function marketOf(id: string, symbol: string, more: object = {}): object {
  const [base = '', quote = ''] = symbol.split('/');
  return {
    ...{ id, symbol, base, quote, baseId: base, quoteId: quote, type: 'spot', spot: true, active: true },
    ...{ precision: {}, limits: {}, info: {}, ...more },
  };
}
