import { rmSync } from 'node:fs';
import path from 'node:path';
import { userInfo } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuditView, Compromised, KeyView } from '../../src/keys/index.js';
import { buildCommandLine, commandLine, type Ended } from '../support/command-line.js';
import { databaseByUrl, embeddedDatabase, type TestDatabase } from '../support/databases.js';
import { type KeysService, plantedKey, signedCall, startKeysService } from '../support/keys-service.js';
import { readOnly } from '../support/scripted-probe.js';
import { waitFor } from '../support/wait-for.js';

let database: TestDatabase;
let service: KeysService | null = null;

beforeAll(async () => {
  buildCommandLine();
  database = (await databaseByUrl()) ?? embeddedDatabase();
}, 180_000);
afterAll(async () => {
  await database.remove();
});
afterEach(async () => {
  await service?.clear();
  await service?.stop();
  service = null;
});

function keys(args: readonly string[], input = ''): Promise<Ended> {
  const { dataDir, databaseUrl } = database;
  return commandLine(['keys', ...args], {
    cwd: dataDir,
    input,
    env: {
      CROSSBOOK_DATA_DIR: dataDir,
      CROSSBOOK_PORT: String(service?.port ?? 1),
      ...(databaseUrl === undefined ? {} : { CROSSBOOK_DATABASE_URL: databaseUrl }),
    },
  });
}
const jsonOf = (ended: Ended): { data: unknown[] } => JSON.parse(ended.stdout) as { data: unknown[] };
const linesOf = (key: Record<string, string>): string =>
  [key['apiKey'], key['secret'], key['passphrase']].filter((line) => line !== undefined).join('\n');

describe('keys, through a running service', () => {
  it('rotates, tells usage and audit, and marks as compromised', async () => {
    const running = (service = await startKeysService(database));
    const old = await running.add(plantedKey('binance', 'main'));
    const given = plantedKey();
    running.probe.answers.set(given['apiKey']!, readOnly({ trade: true }));
    const rotated = await keys(['rotate', 'main', '--stdin', '--json'], linesOf(given));
    expect([rotated.code, rotated.stderr]).toEqual([0, expect.stringContaining('delete the old key')]);
    expect(rotated.stderr).toContain('warning: this key may trade');
    const [fresh] = jsonOf(rotated).data as KeyView[];
    expect(running.shown(old.id)?.replacedBy).toBe(fresh?.id);

    running.calls.record(signedCall(fresh!.id, 'ok', Date.now() - 1_000));
    running.calls.record(signedCall(fresh!.id, 'rate_limited', Date.now()));
    await waitFor('the calls are stored', async () => {
      const { json } = await running.call('GET', `/v1/keys/${fresh!.id}/usage`);
      return (json['data'] as unknown[]).length === 2;
    });
    expect((await keys(['usage', 'main'])).stdout).toMatch(/rate_limited .* GET \/api[^]*ok .* GET \/api/);
    const csv = await keys(['usage', 'main', '--since', '1h', '--outcome', 'ok', '--csv']);
    expect(csv.stdout.split('\r\n')).toMatchObject([
      'at,method,path,outcome,durationMs',
      expect.stringContaining(',ok,'),
      '',
    ]);
    const json = await keys(['usage', fresh!.id, '--json']);
    expect(
      json.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { outcome: string }).outcome),
    ).toEqual(['rate_limited', 'ok']);

    // The label is that of both by now, and shredding the wrong one would leave the leaked one alone.
    const guessed = await keys(['compromise', 'main', '--yes']);
    expect([guessed.code, guessed.stderr]).toEqual([1, expect.stringContaining('means 2 keys')]);
    const marked = await keys(['compromise', fresh!.id, '--yes']);
    expect(marked.code).toBe(0);
    expect(marked.stdout).toContain('its sealed secret is shredded');
    expect(marked.stdout).toContain('1. open https://www.binance.com/en/my/settings/api-management');
    expect(marked.stdout).toMatch(/rate_limited {2}GET \/api[^]*key_compromised {2}admin/);
    expect(running.shown(fresh!.id)?.state).toBe('compromised');
    const rest = await keys(['compromise', '--exchange', 'binance', '--yes', '--json']);
    expect((jsonOf(rest).data as Compromised[]).map(({ key }) => key.id)).toEqual([old.id]);

    const audit = jsonOf(await keys(['audit', '--json'])).data as AuditView[];
    expect(audit[0]).toMatchObject({ action: 'key_compromised', keyId: old.id });
    expect((await keys(['audit', '--action', 'key_added'])).stdout).toMatch(/^ +1 .*key_added/);
    expect(await keys(['audit', 'verify'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('the audit is whole'),
    });
    await running.database.query('DELETE FROM audit_log WHERE sequence = 2');
    const broken = await keys(['audit', 'verify', '--json']);
    expect([broken.code, JSON.parse(broken.stdout)]).toMatchObject([4, { broken: { sequence: 2, fault: 'missing' } }]);
    expect((await keys(['usage', 'nobody'])).stderr).toContain('there is no key');
  }, 300_000);

  it('adds a key that may withdraw only when that is accepted', async () => {
    const running = (service = await startKeysService(database));
    const given = plantedKey();
    running.probe.answers.set(given['apiKey']!, readOnly({ withdraw: true }));
    const add = ['add', 'binance', '--label', 'x', '--stdin'];
    expect(await keys(add, linesOf(given))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--accept-withdraw'),
    });
    const added = await keys([...add, '--accept-withdraw'], linesOf(given));
    expect([added.code, added.stderr]).toEqual([0, expect.stringContaining('may withdraw')]);
    expect(await running.credentials.credential('binance', 'fees')).not.toBeNull();
  }, 180_000);
});

describe('keys, without a running service', () => {
  it('marks as compromised without the master key, and verifies the audit', async () => {
    expect((await keys(['add', 'binance', '--label', 'a', '--stdin'], linesOf(plantedKey()))).code).toBe(0);
    rmSync(path.join(database.dataDir, 'master.key'));
    expect((await keys(['rotate', 'a', '--stdin'], linesOf(plantedKey()))).stderr).toContain('no service is running');
    const marked = await keys(['compromise', '--all', '--yes']);
    expect([marked.code, marked.stdout]).toEqual([0, expect.stringContaining('its sealed secret is shredded')]);
    expect((await keys(['list'])).stdout).toMatch(/ a .* compromised/);
    const audit = jsonOf(await keys(['audit', '--json'])).data as AuditView[];
    expect(audit.map(({ action }) => action)).toEqual(['key_compromised', 'key_added']);
    expect(audit[0]?.actor).toBe(`command line (${userInfo().username})`);
    expect(await keys(['audit', 'verify'])).toMatchObject({ code: 0, stdout: 'the audit is whole: 2 lines\n' });
    expect((await keys(['usage', 'a'])).code).toBe(0);
    // No sealed row is left: another master key may be made.
    service = await startKeysService(database);
    expect(service.feed.snapshot()).toMatchObject([{ state: 'compromised' }]);
  }, 300_000);
});
