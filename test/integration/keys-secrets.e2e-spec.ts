import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { collect } from '../support/collect.js';
import { keysSuite } from '../support/keys-suite.js';
import { KEY_TABLES, type KeysService, plantedKey, signedCall, startKeysService } from '../support/keys-service.js';
import { readOnly, refusal } from '../support/scripted-probe.js';
import { waitFor } from '../support/wait-for.js';

let service: KeysService;
const suite = keysSuite(() => service);

describe('secrets', () => {
  it('are found in no log line, answer, error, event or row, whatever the exchange says', async () => {
    service = await startKeysService(suite.database, { keys: { acceptWithdrawal: true } });
    const everything: string[] = [];
    const subscription = collect(service.feed.changes$, (change) =>
      everything.push(JSON.stringify(change), inspect(change)),
    );
    const given = plantedKey('okx');
    const secrets = [given['apiKey']!, given['secret']!, given['passphrase']!];
    const talkative = secrets.join(' and ');
    const post = async (body: unknown): Promise<void> => {
      const answer = await service.call('POST', '/v1/keys', body);
      everything.push(answer.text, JSON.stringify(answer.headers));
    };

    // Every way to fail, each with the secrets in the input or in the exchange's answer.
    await post(JSON.stringify(given).slice(0, -1));
    await post({ ...given, secret: `${given['secret']!} ${given['apiKey']!}` });
    await post({ ...given, passphrase: undefined, extra: given['passphrase'] });
    await post({ ...given, exchange: 'nowhere' });
    for (const code of ['revoked', 'wrong_secret', 'wrong_passphrase'] as const) {
      service.probe.answers.set(given['apiKey']!, refusal(code, talkative));
      await post(given);
    }
    service.probe.answers.set(
      given['apiKey']!,
      readOnly({ withdraw: true }, { label: talkative, evidence: { withdraw: talkative, label: talkative } }),
    );
    await post(given);
    await post(given);
    const id = service.feed.snapshot()[0]!.id;
    for (const answer of [refusal('unknown', talkative), new Error(talkative), refusal('exchange_down', talkative)]) {
      service.probe.answers.set(given['apiKey']!, answer);
      everything.push((await service.call('POST', `/v1/keys/${id}/check`)).text);
    }
    service.calls.record(signedCall(id, 'revoked', Date.now(), `/api/v5/account?apiKey=${given['apiKey']!}`));
    await waitFor('the call is stored', () => service.shown(id)?.lastUsedAtMs !== null);
    const credential = await service.credentials.credential('okx', 'fees');
    everything.push(
      inspect(credential, { depth: 9, showHidden: true }),
      JSON.stringify(credential),
      inspect(service.feed),
    );
    for (const target of ['/v1/keys', `/v1/keys/${id}`, `/v1/keys/${id}/usage`]) {
      everything.push((await service.call('GET', target)).text);
    }
    for (const table of KEY_TABLES) {
      everything.push(JSON.stringify(await service.database.query(`SELECT * FROM ${table}`)));
    }
    everything.push(readFileSync(path.join(suite.database.dataDir, 'master.key'), 'utf8'), ...service.lines);
    subscription.unsubscribe();

    const haystack = everything.join('\n');
    expect(haystack.match(/key_refused/g)?.length).toBeGreaterThan(2);
    expect(haystack).toContain('[redacted] and [redacted] and [redacted]');
    for (const secret of secrets) {
      for (const form of [secret, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')]) {
        expect(haystack.includes(form)).toBe(false);
      }
    }
  });
});
