import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RefusalCount } from '../../src/core/gates/refusal-reason.js';
import type { Opportunity } from '../../src/core/opportunity/opportunity.js';
import { DetectionService } from '../../src/detection/index.js';
import { Secret } from '../../src/exchanges/index.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import { openLog } from '../../src/platform/logging/index.js';
import { type Simulator, startSimulator } from '../../src/simulator/index.js';
import { listen, MarketRig, settingsOf, until } from '../support/market-rig.js';

const EXCHANGES = ['binance', 'okx', 'bybit', 'kraken'] as const;
const SYMBOLS = ['SOL/USDT', 'XRP/USDT'];
/** What every simulated account has free of SOL; of XRP it has none. */
const SOL = 24.5;

/** A detector on the markets of the rig, with every opportunity as it was told. */
class Watcher {
  readonly told: Opportunity[] = [];
  readonly service: DetectionService;

  constructor(rig: MarketRig, raw: object, capByBalance: boolean) {
    const settings = settingsOf({ ...raw, detection: { capByBalance, maxLateMs: 5_000 } });
    this.service = new DetectionService(rig.feed, new SystemClock(), settings, openLog('silent'));
    listen(this.service.events$, ({ opportunity }) => this.told.push(opportunity));
    this.service.onApplicationBootstrap();
  }

  of(symbol: string, sinceMs: number): Opportunity[] {
    return this.told.filter((opportunity) => opportunity.symbol === symbol && opportunity.openedAtMs > sinceMs);
  }
}

describe('balances as an inventory cap', () => {
  let simulator: Simulator;
  let rig: MarketRig;
  let capped: Watcher;
  let uncapped: Watcher;
  let sinceMs: number;

  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, symbols: SYMBOLS, tickMs: 25 });
    const raw = { exchangeGateway: simulator.url, exchanges: EXCHANGES, symbols: SYMBOLS };
    rig = new MarketRig(raw);
    for (const exchange of EXCHANGES) {
      const { apiKey, secret, passphrase } = simulator.createKey(exchange);
      const parts = { apiKey: new Secret(apiKey), secret: new Secret(secret) };
      const credential = { keyId: exchange, ...parts, passphrase: passphrase === null ? null : new Secret(passphrase) };
      rig.credentials.put(exchange, credential, ['balances']);
    }
    capped = new Watcher(rig, raw, true);
    uncapped = new Watcher(rig, raw, false);
    rig.feed.start();
    await until('every account was read', () => {
      const told = rig.events.filter((event) => event.type === 'balance').map((event) => event.exchange);
      return EXCHANGES.every((exchange) => told.includes(exchange));
    });
    sinceMs = new SystemClock().nowMs();
  }, 60_000);

  afterAll(async () => {
    capped.service.stop();
    uncapped.service.stop();
    await rig.close();
    await simulator.close();
  });

  it('takes no more of a spread than lies on the selling exchange, and says so', async () => {
    const isCapped = ({ cappedBy }: Opportunity): boolean => cappedBy === 'sellBalance';
    await until('one was capped', () => capped.of('SOL/USDT', sinceMs).some(isCapped), 120_000);
    await until('the other took more', () => uncapped.of('SOL/USDT', sinceMs).some(({ size }) => size > SOL), 120_000);
    for (const { size } of capped.of('SOL/USDT', sinceMs)) expect(size).toBeLessThanOrEqual(SOL * (1 + 1e-9));
    for (const { size } of capped.of('SOL/USDT', sinceMs).filter(isCapped)) expect(size).toBeCloseTo(SOL, 9);
    expect(uncapped.told.filter(isCapped)).toEqual([]);
  }, 300_000);

  it('opens nothing where the account has none of it, and says that a cap left nothing', async () => {
    await until('the other opened one', () => uncapped.of('XRP/USDT', sinceMs).length > 0, 120_000);
    expect(capped.of('XRP/USDT', sinceMs)).toEqual([]);
    const isEmpty = ({ symbol, reason, measured }: RefusalCount): boolean =>
      symbol === 'XRP/USDT' && reason === 'below_threshold' && measured['cappedSize'] === 0;
    await until('a refusal names the cap', () => capped.service.refusals().some(isEmpty), 120_000);
    expect(uncapped.service.refusals().some(isEmpty)).toBe(false);
  }, 300_000);
});
