import type { BalanceEvent } from '../../src/core/input/market-event.js';
import { CcxtKeyProbe } from '../../src/exchanges/ccxt/signed/ccxt-key-probe.js';
import { type Credential, type KeyProbeResult, type ProbeOptions, Secret } from '../../src/exchanges/index.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import {
  type ApiKey,
  type KeyedExchange,
  type Simulator,
  type SimulatorKeyOptions,
  startSimulator,
} from '../../src/simulator/index.js';
import { FakeCallLog, MarketRig, until } from '../support/market-rig.js';

export const READ_ONLY = { read: true, trade: false, withdraw: false, transfer: false } as const;
export const EVERY_RIGHT = { read: true, trade: true, withdraw: true, transfer: true } as const;

/** A simulated exchange with keys of it, asked about by the real probe. */
export class ProbeDesk {
  readonly calls = new FakeCallLog();
  private readonly secrets: string[] = [];
  private readonly results: KeyProbeResult[] = [];

  private constructor(
    readonly exchange: KeyedExchange,
    readonly simulator: Simulator,
  ) {}

  static async open(exchange: KeyedExchange): Promise<ProbeDesk> {
    return new ProbeDesk(exchange, await startSimulator({ port: 0, symbols: ['BTC/USDT', 'ETH/USDT'] }));
  }

  make(options?: SimulatorKeyOptions): ApiKey {
    const key = this.simulator.createKey(this.exchange, options);
    this.secrets.push(key.apiKey, key.secret, ...(key.passphrase === null ? [] : [key.passphrase]));
    return key;
  }

  /** Asks about a key, with another secret or passphrase where one is given. Each time a probe that no answer holds up. */
  async ask(
    key: ApiKey,
    changed: Partial<Record<'secret' | 'passphrase', string>> = {},
    options: ProbeOptions = {},
  ): Promise<KeyProbeResult> {
    const probe = new CcxtKeyProbe({ gateway: this.simulator.url, clock: new SystemClock(), calls: this.calls });
    const result = await probe.probe(this.exchange, credentialOf({ ...key, ...changed }), options);
    this.results.push(result);
    return result;
  }

  /** The account's fee of BTC/USDT and what it has free, as the running markets tell them with a key. */
  async account(key: ApiKey): Promise<{ readonly takerFeeBps: number; readonly free: BalanceEvent }> {
    const { exchange } = this;
    const rig = new MarketRig({ exchangeGateway: this.simulator.url, exchanges: [exchange], symbols: ['BTC/USDT'] });
    try {
      rig.credentials.put(exchange, credentialOf(key));
      rig.feed.start();
      const fees = (): number[] =>
        rig.events.flatMap((event) => (event.type === 'fee' && event.source === 'account' ? [event.takerFeeBps] : []));
      const balances = (): BalanceEvent[] =>
        rig.events.flatMap((event) => (event.type === 'balance' && event.free !== null ? [event] : []));
      await until(`${exchange} told fees and balances`, () => fees().length > 0 && balances().length > 1, 20_000);
      this.calls.calls.push(...rig.calls.calls);
      return { takerFeeBps: fees().at(-1) ?? Number.NaN, free: balances().find(({ asset }) => asset === 'USDT')! };
    } finally {
      await rig.close();
    }
  }

  /** Everything that was told of keys and calls so far, and which parts of keys are in it. */
  leaks(): string[] {
    const told = JSON.stringify([this.results, this.calls.calls]);
    return this.secrets.filter((secret) => told.includes(secret));
  }

  async close(): Promise<void> {
    await this.simulator.close();
  }
}

function credentialOf(key: ApiKey): Credential {
  return {
    keyId: `id of ${key.label}`,
    apiKey: new Secret(key.apiKey),
    secret: new Secret(key.secret),
    passphrase: key.passphrase === null ? null : new Secret(key.passphrase),
  };
}
