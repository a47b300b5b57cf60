import ccxt from 'ccxt';
import { describe, expect, it } from '@jest/globals';
import { noteAnswer } from '../key-errors/classify.js';
import { geminiKey } from './gemini.key.js';
import type { Answer } from './key-reader.js';

const SINCE_MS = Date.UTC(2026, 10, 22);
const account = (lastSignIn: string): object => ({ account: {}, users: [{ name: 'owner', lastSignIn }] });
const transfer = (timestampms: number, type = 'Withdrawal'): object => ({
  ...{ type, status: 'Complete', timestampms, currency: 'BTC', amount: '0.25' },
});
const refused = (reason: string): Error => {
  const error = new ccxt.AuthenticationError('gemini words');
  noteAnswer(error, 403, JSON.stringify({ result: 'error', reason, message: 'words' }));
  return error;
};
const uses = (answers: Readonly<Record<string, unknown>>): Promise<readonly unknown[]> | undefined =>
  geminiKey.uses?.((endpoint) => {
    const answer = answers[endpoint];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as Answer);
  }, SINCE_MS);

describe('the key reader of gemini', () => {
  it('says nothing when a role is missing in the answer', async () => {
    const asker = { isOurs: () => true };
    const read = (answer: object): unknown => geminiKey.read(() => Promise.resolve(answer as Answer), asker);
    expect(await read({ isAuditor: true, isTrader: false })).toBeNull();
    expect(await read({ isAuditor: true, isTrader: false, isFundManager: false, isAccountAdmin: true })).toMatchObject({
      scopes: { read: true, withdraw: false },
    });
  });

  it('takes the newest of each kind, and nothing from before', async () => {
    const privatePostV1Transfers = [
      ...[transfer(SINCE_MS + 5, 'Deposit'), transfer(SINCE_MS + 1), transfer(SINCE_MS + 3), transfer(SINCE_MS - 1)],
    ];
    const privatePostV1Account = account('2026-11-21T23:59:59.000Z');
    const found = await uses({ privatePostV1Account, privatePostV1Transfers });
    expect(found).toEqual([
      expect.objectContaining({ kind: 'withdrawal', atMs: SINCE_MS + 3, seen: 'Withdrawal: 0.25 BTC, Complete' }),
    ]);
  });

  it('keeps what one call told when another needs a role that the key has not got', async () => {
    const privatePostV1Account = account('2026-11-22T10:00:00.000Z');
    const found = await uses({ privatePostV1Account, privatePostV1Transfers: refused('MissingRole') });
    expect(found).toEqual([
      {
        ...{ kind: 'login', atMs: Date.UTC(2026, 10, 22, 10), source: 'POST /v1/account' },
        seen: 'lastSignIn: 2026-11-22T10:00:00.000Z',
      },
    ]);
    await expect(uses({ privatePostV1Account, privatePostV1Transfers: refused('RateLimit') })).rejects.toThrow('words');
  });
});
