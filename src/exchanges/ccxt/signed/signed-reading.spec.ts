import { once } from 'node:events';
import { type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NEVER } from 'rxjs';
import { SystemClock } from '../../../platform/clock/index.js';
import { openLog } from '../../../platform/logging/index.js';
import { type Credential, CredentialSource, Secret, type SignedCall, SignedCallLog } from '../../contract/ports.js';
import { RestGate } from '../../supervision/rest-gate.js';
import type { CcxtExchange } from '../instance/ccxt-instance.js';
import { createInstance } from '../instance/create-instance.js';
import { accountFees } from './account-fees.js';
import { type ReadingContext, SignedReading } from './signed-reading.js';

const SYMBOL = 'BTC/USDT';
const MARKET = { id: 'BTC-USDT', symbol: SYMBOL, base: 'BTC', quote: 'USDT', spot: true, type: 'spot' };
const RATES = { taker: '-0.0008', maker: '-0.0006', instType: 'SPOT' };
const credential = (keyId: string): Credential => ({
  keyId,
  apiKey: new Secret(`key of ${keyId}`),
  secret: new Secret('s'.repeat(32)),
  passphrase: new Secret('p'.repeat(12)),
});

class OneCredential extends CredentialSource {
  held: Credential | null = credential('first');
  override readonly changes$ = NEVER;
  asked = 0;

  override credential(): Promise<Credential | null> {
    this.asked += 1;
    return Promise.resolve(this.held);
  }
}

class Calls extends SignedCallLog {
  constructor(private readonly kept: SignedCall[]) {
    super();
  }

  override record(call: SignedCall): void {
    this.kept.push(call);
  }
}

describe('SignedReading', () => {
  const told: string[] = [];
  const warned: string[] = [];
  const calls: SignedCall[] = [];
  let credentials: OneCredential;
  let server: Server;
  let reading: SignedReading;
  let market: CcxtExchange;
  let context: ReadingContext;
  /** What the exchange does with a call; null lets it wait for ever. */
  let answer: ((response: ServerResponse) => void) | null;

  beforeEach(async () => {
    told.length = calls.length = warned.length = 0;
    answer = (response) => response.end(JSON.stringify({ code: '0', msg: '', data: [RATES] }));
    server = createServer((_, response) => answer?.(response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    credentials = new OneCredential();
    const plan = accountFees({
      symbols: () => [SYMBOL],
      found: (symbol, taker) => told.push(`${symbol} ${taker}`),
      lost: () => told.push('lost'),
    });
    market = createInstance({ exchange: 'okx', gateway, keepAliveMs: 5_000 });
    market.setMarkets([MARKET]);
    context = {
      gate: new RestGate(new SystemClock(), () => undefined),
      gateway,
      credentials,
      clock: new SystemClock(),
      log: Object.assign(openLog('silent'), { warn: (message: string) => void warned.push(message) }),
      calls: new Calls(calls),
    };
    reading = new SignedReading(market, plan, context);
  });

  afterEach(async () => {
    await reading.stop();
    server.closeAllConnections();
    server.close();
  });

  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  };

  it('gives up a call that is not answered, and tells it to the usage log before it has stopped', async () => {
    answer = null;
    const asked = once(server, 'request');
    reading.refresh();
    await asked;
    const stoppingAtMs = performance.now();
    await reading.stop();
    expect(performance.now() - stoppingAtMs).toBeLessThan(500);
    expect(calls).toMatchObject([{ keyId: 'first', path: '/api/v5/account/trade-fee', outcome: 'unknown' }]);
    reading.refresh();
    expect(credentials.asked).toBe(1);
    expect(told).toEqual(['lost']);
  });

  it('never lets the fees of one account stand for another', async () => {
    reading.refresh();
    await until(() => told.includes(`${SYMBOL} 0.0008`));
    credentials.held = credential('second');
    answer = (response) => response.writeHead(503).end('{"code":"50001","msg":"Service unavailable"}');
    told.length = 0;
    reading.refresh();
    await until(() => calls.length === 2);
    expect(told).toEqual(['lost']);
  });

  it('keeps the fees that it has while the same key cannot be asked', async () => {
    reading.refresh();
    await until(() => told.includes(`${SYMBOL} 0.0008`));
    told.length = 0;
    answer = (response) => response.writeHead(503).end('{"code":"50001","msg":"Service unavailable"}');
    reading.refresh();
    await until(() => calls.length === 2);
    expect(told).toEqual([]);
  });

  it('warns of a trouble once, and again when it is another', async () => {
    answer = (response) => response.writeHead(502).end('bad gateway');
    for (const count of [1, 2]) {
      reading.refresh();
      await until(() => calls.length === count);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(warned).toEqual(['account fees could not be read']);
    answer = (response) => response.writeHead(401).end('{"code":"50119","msg":"API key doesn\'t exist"}');
    told.length = 0;
    reading.refresh();
    await until(() => told.includes('lost'));
    expect(warned).toHaveLength(2);
  });

  it.each([
    [true, 1],
    [false, 3],
  ])('keeps what signs between two readings only where that is planned: %p', async (keepsSigning, instances) => {
    const seen: CcxtExchange[] = [];
    const often = new SignedReading(
      market,
      {
        ...{ purpose: 'balances', what: 'balances', everyMs: 5, keepsSigning, lost: () => undefined },
        ask: async (keyed) => {
          await keyed.fetchTradingFee(SYMBOL);
          seen.push(keyed);
        },
      },
      context,
    );
    often.refresh();
    await until(() => seen.length === 3);
    await often.stop();
    expect([new Set(seen).size, credentials.asked]).toEqual([instances, instances]);
    // What is let go signs no more.
    await expect(seen[0]?.fetchTradingFee(SYMBOL)).rejects.toThrow('given up');
  });
});
