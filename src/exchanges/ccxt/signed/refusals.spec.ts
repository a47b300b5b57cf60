import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../../platform/clock/index.js';
import { type Credential, Secret, SignedCallLog } from '../../contract/ports.js';
import { CcxtKeyProbe } from './ccxt-key-probe.js';

class NoLog extends SignedCallLog {
  override record(): void {
    // What is logged is seen elsewhere.
  }
}

const credential: Credential = {
  keyId: 'k1',
  apiKey: new Secret('account-the-api-key-itself'),
  secret: new Secret('a secret that must not be told'),
  passphrase: null,
};
const gemini = (reason: string): object => ({ result: 'error', reason, message: 'words' });
const deribit = (code: number, data?: object): object => ({ jsonrpc: '2.0', error: { code, message: 'words', data } });
const upbit = (name: string | number): object => ({ error: { name, message: 'words' } });
const mexc = (code: number): object => ({ code, msg: 'words' });
const cryptocom = (code: number): object => ({ id: 1, method: 'private/user-balance', code, message: 'words' });

// Real ccxt reads the exchanges' own error bodies from a real server: what matters is what comes out of ccxt.
describe('a refused key', () => {
  let server: Server;
  let gateway: string;
  let answer: { status: number; body: string };
  const ask = (exchange: string, body: object, status = 400): ReturnType<CcxtKeyProbe['probe']> => {
    answer = { status, body: JSON.stringify(body) };
    return new CcxtKeyProbe({ gateway, clock: new SystemClock(), calls: new NoLog() }).probe(exchange, credential);
  };

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
    ['gemini', 400, gemini('InvalidApiKey'), 'revoked', 'InvalidApiKey'],
    ['gemini', 400, gemini('InvalidSignature'), 'wrong_secret', 'InvalidSignature'],
    ['gemini', 403, gemini('MissingRole'), 'missing_permission', 'MissingRole'],
    ['gemini', 400, gemini('InvalidNonce'), 'clock_skew', 'InvalidNonce'],
    ['gemini', 429, gemini('RateLimit'), 'rate_limited', 'RateLimit'],
    ['gemini', 500, gemini('System'), 'exchange_down', 'System'],
    ['gemini', 400, gemini('SomethingNew'), 'unknown', 'SomethingNew'],
    ['gemini', 502, { proxy: 'in front of it' }, 'exchange_down', null],
    ['gemini', 200, { isAuditor: 'perhaps' }, 'unknown', null],
    ['deribit', 400, deribit(13004), 'revoked', '13004'],
    ['deribit', 401, deribit(13009), 'wrong_secret', '13009'],
    ['deribit', 403, deribit(13021), 'missing_permission', '13021'],
    ['deribit', 400, deribit(13002), 'suspended', '13002'],
    ['deribit', 429, deribit(10028), 'rate_limited', '10028'],
    ['deribit', 400, deribit(10041), 'exchange_down', '10041'],
    ['deribit', 400, deribit(19999), 'unknown', '19999'],
    ['deribit', 200, { jsonrpc: '2.0', result: [] }, 'unknown', null],
    ['upbit', 401, upbit('invalid_access_key'), 'revoked', 'invalid_access_key'],
    ['upbit', 401, upbit('jwt_verification'), 'wrong_secret', 'jwt_verification'],
    ['upbit', 401, upbit('no_authorization_ip'), 'ip_refused', 'no_authorization_ip'],
    ['upbit', 401, upbit('no_authorization_i_p'), 'ip_refused', 'no_authorization_i_p'],
    ['upbit', 401, upbit('out_of_scope'), 'missing_permission', 'out_of_scope'],
    ['upbit', 401, upbit('expired_access_key'), 'expired', 'expired_access_key'],
    ['upbit', 429, upbit(429), 'rate_limited', '429'],
    ['upbit', 401, upbit('nonce_used'), 'unknown', 'nonce_used'],
    ['upbit', 200, [{ access_key: 'of another', expire_at: '2027-01-12T13:25:50+09:00' }], 'unknown', null],
    ['mexc', 400, mexc(10072), 'revoked', '10072'],
    ['mexc', 400, mexc(402), 'expired', '402'],
    ['mexc', 400, mexc(700002), 'wrong_secret', '700002'],
    ['mexc', 400, mexc(700006), 'ip_refused', '700006'],
    ['mexc', 400, mexc(700007), 'missing_permission', '700007'],
    ['mexc', 400, mexc(700003), 'clock_skew', '700003'],
    ['mexc', 429, mexc(429), 'rate_limited', '429'],
    ['mexc', 400, mexc(30018), 'suspended', '30018'],
    ['mexc', 503, mexc(801), 'exchange_down', '801'],
    ['mexc', 400, mexc(401), 'unknown', '401'],
    ['cryptocom', 401, cryptocom(40101), 'revoked', '40101'],
    ['cryptocom', 401, cryptocom(40103), 'ip_refused', '40103'],
    ['cryptocom', 400, cryptocom(40102), 'clock_skew', '40102'],
    ['cryptocom', 429, cryptocom(42901), 'rate_limited', '42901'],
    ['cryptocom', 500, cryptocom(50001), 'exchange_down', '50001'],
    ['cryptocom', 401, cryptocom(40104), 'unknown', '40104'],
  ])('of %s with HTTP %p and %j is %s', async (exchange, status, body, code, rawCode) => {
    expect(await ask(exchange, body, status)).toMatchObject({ ok: false, code, rawCode });
  });

  it('never shows its key, which gemini writes into its words', async () => {
    const message = 'assign one of these roles [Auditor] to API key account-the-api-key-itself which has roles []';
    expect(await ask('gemini', { result: 'error', reason: 'MissingRole', message }, 403)).toMatchObject({
      ...{ code: 'missing_permission' },
      message: 'assign one of these roles [Auditor] to API key [redacted] which has roles []',
    });
  });

  it('tells the reason that deribit gives beside its words', async () => {
    expect(await ask('deribit', deribit(13009, { reason: 'why' }), 401)).toMatchObject({
      message: expect.stringMatching(/^words: why \(deribit does not tell/),
    });
  });
});
