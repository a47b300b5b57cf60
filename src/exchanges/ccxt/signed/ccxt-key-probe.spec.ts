import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Credential, Secret, type SignedCall, SignedCallLog } from '../../contract/ports.js';
import { SystemClock } from '../../../platform/clock/index.js';
import { CcxtKeyProbe } from './ccxt-key-probe.js';

const SECRET = Buffer.from('a secret that must not be told').toString('base64');
const credential: Credential = {
  keyId: 'k1',
  apiKey: new Secret('the-api-key-itself'),
  secret: new Secret(SECRET),
  passphrase: new Secret('the-passphrase'),
};
const binance = (code: number): object => ({ code, msg: 'words of binance for the-api-key-itself' });
const okx = (code: string): object => ({ code, msg: 'words', data: [] });
const bybit = (retCode: number): object => ({ retCode, retMsg: 'words', result: {}, retExtInfo: {}, time: 1 });
const kraken = (error: string): object => ({ error: [error] });

class CallLog extends SignedCallLog {
  readonly calls: SignedCall[] = [];

  override record(call: SignedCall): void {
    this.calls.push(call);
  }
}

// Real ccxt reads the exchanges' own error bodies from a real server: what matters is what comes out of ccxt.
describe('a refused key', () => {
  let server: Server;
  let gateway: string;
  let answer: { status: number; body: string };
  const log = new CallLog();

  beforeAll(async () => {
    server = createServer((_, response) => {
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it.each([
    ['binance', 401, binance(-2015), 'revoked', '-2015'],
    ['binance', 401, binance(-2014), 'revoked', '-2014'],
    ['binance', 400, binance(-1022), 'wrong_secret', '-1022'],
    ['binance', 400, binance(-1021), 'clock_skew', '-1021'],
    ['binance', 429, binance(-1003), 'rate_limited', '-1003'],
    ['binance', 400, binance(-1001), 'exchange_down', '-1001'],
    ['binance', 400, binance(-9999), 'unknown', '-9999'],
    ['okx', 401, okx('50119'), 'revoked', '50119'],
    ['okx', 401, okx('50100'), 'revoked', '50100'],
    ['okx', 401, okx('50113'), 'wrong_secret', '50113'],
    ['okx', 400, okx('50105'), 'wrong_passphrase', '50105'],
    ['okx', 401, okx('50110'), 'ip_refused', '50110'],
    ['okx', 401, okx('50120'), 'missing_permission', '50120'],
    ['okx', 401, okx('50101'), 'wrong_environment', '50101'],
    ['okx', 401, okx('50112'), 'clock_skew', '50112'],
    ['okx', 429, okx('50011'), 'rate_limited', '50011'],
    ['okx', 503, okx('50001'), 'exchange_down', '50001'],
    ['bybit', 200, bybit(10003), 'revoked', '10003'],
    ['bybit', 200, bybit(10004), 'wrong_secret', '10004'],
    ['bybit', 200, bybit(10005), 'missing_permission', '10005'],
    ['bybit', 200, bybit(10010), 'ip_refused', '10010'],
    ['bybit', 200, bybit(33004), 'expired', '33004'],
    ['bybit', 200, bybit(10002), 'clock_skew', '10002'],
    ['bybit', 200, bybit(10006), 'rate_limited', '10006'],
    ['bybit', 200, bybit(10016), 'exchange_down', '10016'],
    ['kraken', 200, kraken('EAPI:Invalid key'), 'revoked', 'EAPI:Invalid key'],
    ['kraken', 200, kraken('EAPI:Invalid signature'), 'wrong_secret', 'EAPI:Invalid signature'],
    ['kraken', 200, kraken('EGeneral:Permission denied'), 'missing_permission', 'EGeneral:Permission denied'],
    ['kraken', 200, kraken('EAPI:Invalid nonce'), 'clock_skew', 'EAPI:Invalid nonce'],
    ['kraken', 200, kraken('EService:Unavailable'), 'exchange_down', 'EService:Unavailable'],
    ['kraken', 200, kraken('EAPI:Something new'), 'unknown', 'EAPI:Something new'],
    ['kraken', 200, { error: [], result: { nothing: 'known' } }, 'unknown', null],
    ['bybit', 502, { proxy: 'in front of it' }, 'exchange_down', null],
    ['okx', 200, { code: '0', data: [{}] }, 'unknown', null],
  ])('of %s with HTTP %p and %j is %s', async (exchange, status, body, code, rawCode) => {
    answer = { status, body: JSON.stringify(body) };
    const probe = new CcxtKeyProbe({ gateway, clock: new SystemClock(), calls: log });
    const result = await probe.probe(exchange, credential);
    expect(result).toMatchObject({ ok: false, code, rawCode });
    const told = JSON.stringify([result, log.calls.at(-1)]);
    for (const part of ['the-api-key-itself', SECRET, 'the-passphrase']) expect(told).not.toContain(part);
  });

  it('says that the answer of binance is ambiguous', async () => {
    answer = { status: 401, body: JSON.stringify(binance(-2015)) };
    const probe = new CcxtKeyProbe({ gateway, clock: new SystemClock(), calls: log });
    const result = await probe.probe('binance', credential);
    expect(result).toMatchObject({ message: expect.stringMatching(/words of binance.*address that is not allowed/) });
  });

  it('of an exchange without key information is judged by a read of its balance', async () => {
    answer = { status: 200, body: JSON.stringify({ code: 0, result: { data: [{ position_balances: [] }] } }) };
    const probe = new CcxtKeyProbe({ gateway, clock: new SystemClock(), calls: log });
    const result = await probe.probe('cryptocom', credential);
    expect(result).toMatchObject({ ok: true, unsupported: true, facts: { scopes: { read: true, withdraw: null } } });
  });
});
