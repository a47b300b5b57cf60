import { describe, expect, it } from '@jest/globals';
import { classifyFailure, raiseRefusal, RefusedAnswer } from '../key-errors/classify.js';
import { htxKey } from './htx.key.js';
import type { Answer, Ask } from './key-reader.js';

const UID = 'v2PrivateGetUserUid';
const KEYS = 'v2PrivateGetUserApiKey';
const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 22, 15);
const ROW = { accessKey: 'ours', status: 'normal', note: 'n', permission: 'readOnly', ipAddresses: '', validDays: -1 };

const refused = (body: object): Error => new RefusedAnswer('htx', JSON.stringify(body));
const asking =
  (answers: Readonly<Record<string, Answer | Error>>): Ask =>
  (endpoint) => {
    const answer = answers[endpoint] ?? new Error(`nobody asked for ${endpoint}`);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
const read = (answers: Readonly<Record<string, Answer | Error>>): Promise<unknown> =>
  htxKey.read(asking({ [UID]: { code: 200, data: 1 }, ...answers }), { isOurs: (text) => text === 'ours' });
const rows = (...data: object[]): Promise<unknown> =>
  read({ [KEYS]: { code: 200, data }, spotPublicGetV1CommonTimestamp: { status: 'ok', data: NOW_MS } });

describe('htxKey', () => {
  it('finds the key that asks among those of the account', async () => {
    const other = { ...ROW, accessKey: 'other', permission: 'readOnly,trade,withdraw' };
    const facts = await rows(other, { ...ROW, createTime: 1_615_192_704_000, ipAddresses: '192.168.0.1,192.168.1.1' });
    expect(facts).toMatchObject({
      scopes: { read: true, trade: false, withdraw: false, transfer: false },
      ...{ ipRestricted: true, ipList: ['192.168.0.1', '192.168.1.1'], label: 'n' },
      ...{ createdAtMs: 1_615_192_704_000, expiresAtMs: null },
    });
    expect(JSON.stringify(facts)).not.toMatch(/ours|other/);
  });

  it('takes the right to trade for one to transfer as well, as htx does', async () => {
    const rights = (permission: string): Promise<unknown> => rows({ ...ROW, permission });
    expect(await rights('trade,readOnly')).toMatchObject({ scopes: { trade: true, withdraw: false, transfer: true } });
    expect(await rights('readOnly, withdraw')).toMatchObject({ scopes: { withdraw: true, transfer: false } });
    expect(await rights('withdraw')).toMatchObject({ scopes: { read: false } });
  });

  it('reckons the end from the days that are left', async () => {
    const end = (validDays: unknown): Promise<unknown> => rows({ ...ROW, validDays });
    expect(await end(7)).toMatchObject({ expiresAtMs: Math.floor(NOW_MS / DAY_MS + 7) * DAY_MS });
    expect(await end(-1)).toMatchObject({ expiresAtMs: null });
    expect(await end('soon')).toMatchObject({ expiresAtMs: null, evidence: { expires: 'validDays: soon' } });
  });

  it('knows of a key that may not see the list, or is not in it, that it reads, and no more', async () => {
    const readsAlone = {
      scopes: { read: true, trade: null, withdraw: null, transfer: null },
      ...{ ipRestricted: null, ipList: null, label: null, sources: { read: 'GET /v2/user/uid' } },
    };
    expect(await read({ [KEYS]: refused({ code: 1002, message: 'forbidden' }) })).toMatchObject(readsAlone);
    expect(await rows({ ...ROW, accessKey: 'other' })).toMatchObject(readsAlone);
    await expect(read({ [KEYS]: refused({ code: 500, message: 'system error' }) })).rejects.toThrow('system error');
  });

  it('asks an older path why a signature is refused, and nothing when the refusal says it', async () => {
    const unsaid = refused({ code: 1003, message: 'invalid signature' });
    const said = refused({ status: 'error', 'err-code': 'api-signature-not-valid', 'err-msg': 'Incorrect Access key' });
    const accounts = 'spotPrivateGetV1AccountAccounts';
    await expect(read({ [UID]: unsaid, [accounts]: said })).rejects.toBe(said);
    await expect(read({ [UID]: unsaid, [accounts]: { status: 'ok', data: [] } })).rejects.toBe(unsaid);
    const limited = refused({ code: 1006, message: 'exceed rate limit' });
    await expect(read({ [UID]: limited, [accounts]: said })).rejects.toBe(limited);
  });

  it('says nothing of an answer of another shape', async () => {
    expect(await read({ [UID]: { code: 200 } })).toBeNull();
    expect(await read({ [KEYS]: { code: 200, data: 'x' } })).toBeNull();
    expect(await rows({ ...ROW, permission: ['readOnly'] })).toBeNull();
  });

  it('tells the newest of what was done, whatever the order of the list', async () => {
    const order = { type: 'buy-limit', symbol: 'ethusdt', source: 'api' };
    const answers = {
      spotPrivateGetV1OrderHistory: {
        data: [{ ...order, 'created-at': 1_000 }, { ...order, 'created-at': 3_000 }, {}],
      },
      spotPrivateGetV1QueryDepositWithdraw: refused({ code: 1002, message: 'forbidden' }),
    };
    expect(await htxKey.uses?.(asking(answers), 2_000)).toEqual([
      {
        ...{ kind: 'order', atMs: 3_000, seen: 'buy-limit ethusdt, source: api' },
        source: 'GET /v1/order/history',
      },
    ]);
    expect(await htxKey.uses?.(asking(answers), 4_000)).toEqual([]);
  });
});

describe('refusals of htx', () => {
  const older = (code: string, message = 'words'): object => ({
    status: 'error',
    'err-code': code,
    'err-msg': message,
  });
  const signature = (why: string): object => older('api-signature-not-valid', `Signature not valid: ${why}`);

  it.each([
    [signature('Incorrect Access key [Access key错误]'), 'revoked'],
    [signature('Verification failure [校验失败]'), 'wrong_secret'],
    [signature('Incorrect IP address [IP地址错误]:198.51.100.9'), 'ip_refused'],
    [signature('API key has no permission [API Key没有权限]'), 'missing_permission'],
    [signature('Invalid submission time [无效的提交时间]'), 'clock_skew'],
    [signature('something new'), 'wrong_secret'],
    [older('login-required'), 'revoked'],
    [older('rate-too-many-requests'), 'rate_limited'],
    [older('operation-forbidden-for-lock-account-state'), 'suspended'],
    [older('gateway-internal-error'), 'exchange_down'],
    [older('something-new'), 'unknown'],
    [{ code: 1003, message: 'invalid signature' }, 'wrong_secret'],
    [{ code: 1002, message: 'forbidden' }, 'missing_permission'],
    [{ code: 1006, message: 'exceed rate limit' }, 'rate_limited'],
    [{ code: 500, message: 'system error' }, 'exchange_down'],
    [{ code: 2002, message: 'invalid field value' }, 'unknown'],
  ])('as %j are %s', (body, code) => {
    expect(classifyFailure('htx', refused(body), (text) => text)).toMatchObject({ code });
  });

  it('keep the address that htx saw', () => {
    const failure = classifyFailure('htx', refused(signature('Incorrect IP address:198.51.100.9')), (text) => text);
    expect(failure.message).toContain('198.51.100.9');
  });

  it('are raised where ccxt takes them for answers, and nothing else is', () => {
    const raise = (body: object): void => {
      raiseRefusal('htx', JSON.stringify(body));
    };
    expect(() => {
      raise({ code: 1002, message: 'forbidden' });
    }).toThrow(RefusedAnswer);
    raise({ code: 200, data: 1 });
    raise({ status: 'ok', data: [] });
    raiseRefusal('htx', 'no JSON');
    raiseRefusal('okx', JSON.stringify({ code: '1' }));
  });
});
