import { type DynamicModule, Global, Module } from '@nestjs/common';
import { createSigned } from '../../src/exchanges/ccxt/signed/signed-instance.js';
import { CcxtKeyProbe } from '../../src/exchanges/ccxt/signed/ccxt-key-probe.js';
import { KeyProbe, Secret, SignedCallLog } from '../../src/exchanges/index.js';
import { RestGate } from '../../src/exchanges/supervision/rest-gate.js';
import type { KeyView } from '../../src/keys/index.js';
import { Clock, SystemClock } from '../../src/platform/clock/index.js';
import type { AccountExchange, ApiKey, Simulator, SimulatorKeyOptions } from '../../src/simulator/index.js';
import type { TestDatabase } from '../support/databases.js';
import { keyIn, type KeysService, startKeysService } from '../support/keys-service.js';
import { MovableClock } from '../support/movable-clock.js';

/** Our address as the simulated exchanges see it. */
export const OUR_ADDRESS = '127.0.0.1';

@Global()
@Module({})
class SimulatedExchanges {
  /** The real probe, which asks simulated exchanges over HTTP. */
  static at(gateway: string): DynamicModule {
    const probe = {
      provide: KeyProbe,
      inject: [Clock, SignedCallLog],
      useFactory: (clock: Clock, calls: SignedCallLog) => new CcxtKeyProbe({ gateway, clock, calls }),
    };
    return { module: SimulatedExchanges, providers: [probe], exports: [KeyProbe] };
  }
}

/** A key that is stored, and the same key at its exchange. */
export interface WatchedKey {
  readonly id: string;
  readonly exchange: AccountExchange;
  readonly made: ApiKey;
}

/** The whole way of a key's health: REST, database, real ccxt, simulated exchanges. */
export class WatchedKeys {
  private constructor(
    readonly service: KeysService,
    readonly simulator: Simulator,
    readonly clock: MovableClock,
  ) {}

  static async start(
    database: TestDatabase,
    simulator: Simulator,
    keys: Record<string, unknown> = {},
    clock = new MovableClock(),
  ): Promise<WatchedKeys> {
    const exchanges = SimulatedExchanges.at(simulator.url);
    const service = await startKeysService(database, { keys }, undefined, { exchanges, clock });
    return new WatchedKeys(service, simulator, clock);
  }

  /** Makes a key at an exchange, one that reads from our address unless said otherwise, and stores it. */
  async add(exchange: AccountExchange, options: SimulatorKeyOptions = {}): Promise<WatchedKey> {
    const made = this.simulator.createKey(exchange, { ipList: [OUR_ADDRESS], ...options });
    const { id } = await this.service.add(bodyOf(made));
    return { id, exchange, made };
  }

  async check({ id }: WatchedKey): Promise<KeyView> {
    return keyIn(await this.service.call('POST', `/v1/keys/${id}/check`));
  }

  async acknowledge({ id }: WatchedKey): Promise<KeyView> {
    return keyIn(await this.service.call('POST', `/v1/keys/${id}/acknowledge`));
  }

  /** Findings of a key as a check sees them now, in the order of the alphabet: `CODE severity`. */
  async found(key: WatchedKey): Promise<string[]> {
    return findingsOf(await this.check(key));
  }

  /** Makes a signed call with a key that is no check. */
  async sign({ id, exchange, made }: WatchedKey): Promise<void> {
    const { clock } = this;
    const secret = new Secret(made.secret);
    const passphrase = made.passphrase === null ? null : new Secret(made.passphrase);
    const credential = { keyId: id, apiKey: new Secret(made.apiKey), secret, passphrase };
    const gate = new RestGate(new SystemClock(), () => undefined);
    const context = { gateway: this.simulator.url, clock, calls: this.service.calls, gate };
    const instance = createSigned(exchange, credential, context);
    instance.setMarkets([]);
    await instance.fetchBalance();
  }
}

/** What `POST /v1/keys` takes for a key that an exchange made. */
export function bodyOf({ exchange, apiKey, secret, passphrase, label }: ApiKey): Record<string, string> {
  return { exchange, label, apiKey, secret, ...(passphrase === null ? {} : { passphrase }) };
}

/** Findings in the order of the alphabet: `CODE severity`. */
export function findingsOf(key: Pick<KeyView, 'findings'>): string[] {
  return key.findings.map(({ code, severity }) => `${code} ${severity}`).sort();
}
