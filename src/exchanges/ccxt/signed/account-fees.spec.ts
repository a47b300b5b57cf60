import { once } from 'node:events';
import { type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NEVER } from 'rxjs';
import { SystemClock } from '../../../platform/clock/index.js';
import { openLog } from '../../../platform/logging/index.js';
import { type Credential, CredentialSource, Secret, type SignedCall, SignedCallLog } from '../../contract/ports.js';
import { RestGate } from '../../supervision/rest-gate.js';
import { createInstance } from '../instance/create-instance.js';
import { AccountFees } from './account-fees.js';

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

describe('AccountFees', () => {
  const told: string[] = [];
  const calls: SignedCall[] = [];
  let credentials: OneCredential;
  let server: Server;
  let fees: AccountFees;
  /** What the exchange does with a call; null lets it wait for ever. */
  let answer: ((response: ServerResponse) => void) | null;

  beforeEach(async () => {
    told.length = calls.length = 0;
    answer = (response) => response.end(JSON.stringify({ code: '0', msg: '', data: [RATES] }));
    server = createServer((_, response) => answer?.(response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const market = createInstance({ exchange: 'okx', gateway, keepAliveMs: 5_000 });
    market.setMarkets([MARKET]);
    credentials = new OneCredential();
    fees = new AccountFees(market, () => [SYMBOL], {
      gate: new RestGate(new SystemClock(), () => undefined),
      gateway,
      credentials,
      clock: new SystemClock(),
      log: openLog('silent'),
      calls: new Calls(calls),
      found: (symbol, taker) => told.push(`${symbol} ${taker}`),
      lost: () => told.push('lost'),
    });
  });

  afterEach(async () => {
    await fees.stop();
    server.closeAllConnections();
    server.close();
  });

  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  };

  it('gives up a call that is not answered, and tells it to the usage log before it has stopped', async () => {
    answer = null;
    const asked = once(server, 'request');
    fees.refresh();
    await asked;
    const stoppingAtMs = performance.now();
    await fees.stop();
    expect(performance.now() - stoppingAtMs).toBeLessThan(500);
    expect(calls).toMatchObject([{ keyId: 'first', path: '/api/v5/account/trade-fee', outcome: 'unknown' }]);
    fees.refresh();
    expect(credentials.asked).toBe(1);
    expect(told).toEqual(['lost']);
  });

  it('never lets the fees of one account stand for another', async () => {
    fees.refresh();
    await until(() => told.includes(`${SYMBOL} 0.0008`));
    credentials.held = credential('second');
    answer = (response) => response.writeHead(503).end('{"code":"50001","msg":"Service unavailable"}');
    told.length = 0;
    fees.refresh();
    await until(() => calls.length === 2);
    expect(told).toEqual(['lost']);
  });

  it('keeps the fees that it has while the same key cannot be asked', async () => {
    fees.refresh();
    await until(() => told.includes(`${SYMBOL} 0.0008`));
    told.length = 0;
    answer = (response) => response.writeHead(503).end('{"code":"50001","msg":"Service unavailable"}');
    fees.refresh();
    await until(() => calls.length === 2);
    expect(told).toEqual([]);
  });
});
