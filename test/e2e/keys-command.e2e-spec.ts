import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { KeyView } from '../../src/keys/index.js';
import { buildCommandLine, commandLine, type Ended } from '../support/command-line.js';
import { databaseByUrl, embeddedDatabase, type TestDatabase } from '../support/databases.js';
import { codesOf, type KeysService, plantedKey, startKeysService } from '../support/keys-service.js';
import { readOnly } from '../support/scripted-probe.js';
import { waitFor } from '../support/wait-for.js';

let database: TestDatabase;
let service: KeysService | null = null;

beforeAll(async () => {
  buildCommandLine();
  database = (await databaseByUrl()) ?? embeddedDatabase();
}, 120_000);
afterAll(async () => {
  await database.remove();
});
afterEach(async () => {
  await service?.clear();
  await service?.stop();
  service = null;
});

function keys(args: readonly string[], input = '', env: Record<string, string> = {}): Promise<Ended> {
  const { dataDir, databaseUrl } = database;
  return commandLine(['keys', ...args], {
    cwd: dataDir,
    input,
    env: {
      CROSSBOOK_DATA_DIR: dataDir,
      CROSSBOOK_PORT: String(service?.port ?? 1),
      ...(databaseUrl === undefined ? {} : { CROSSBOOK_DATABASE_URL: databaseUrl }),
      ...env,
    },
  });
}

const linesOf = (key: Record<string, string>): string =>
  [key['apiKey'], key['secret'], key['passphrase']].filter((line) => line !== undefined).join('\n');
const dataOf = (ended: Ended): KeyView[] => (JSON.parse(ended.stdout) as { data: KeyView[] }).data;

describe('keys, through a running service', () => {
  let running: KeysService;
  beforeEach(async () => {
    service = running = await startKeysService(database, { keys: { acceptWithdrawal: true } });
  });

  it('adds a key from standard input, and shows it without its secrets', async () => {
    const given = plantedKey('okx');
    const added = await keys(['add', 'okx', '--label', 'main, read', '--stdin'], linesOf(given));
    expect(added).toMatchObject({ code: 0, stderr: '' });
    expect(added.stdout).toMatch(/okx +main, read +main +fees,networks,balances +healthy/);

    const listed = await keys(['list', '--json']);
    expect(dataOf(listed)).toEqual(JSON.parse(JSON.stringify(running.feed.snapshot())));
    expect((await running.credentials.credential('okx', 'fees'))?.passphrase?.reveal()).toBe(given['passphrase']);
    for (const secret of [given['apiKey']!, given['secret']!, given['passphrase']!]) {
      expect(added.stdout + added.stderr + listed.stdout).not.toContain(secret);
    }
  }, 30_000);

  it('adds a key from a file, with its account and purposes, and warns when others can read the file', async () => {
    const { apiKey, secret } = plantedKey();
    const file = path.join(database.dataDir, 'key.json');
    writeFileSync(file, JSON.stringify({ apiKey, secret }, null, 2));
    chmodSync(file, 0o644);
    const options = ['--label', 'b', '--account', 'sub-1', '--purpose', 'fees,balances', '--json', '--file', file];
    const added = await keys(['add', 'binance', ...options]);
    expect(added.code).toBe(0);
    expect(added.stderr).toContain('chmod 600');
    expect(dataOf(added)).toMatchObject([{ label: 'b', account: 'sub-1', purposes: ['fees', 'balances'] }]);
  }, 30_000);

  it('says what is wrong with a key and what to do, and ends a check with 3', async () => {
    const given = plantedKey();
    const odd = readOnly({ withdraw: true }, { evidence: { withdraw: 'W: true \u001b[31m' } });
    running.probe.answers.set(given['apiKey']!, odd);
    const { id } = await running.add(given);
    const checked = await keys(['check']);
    expect(checked.code).toBe(3);
    expect(checked.stdout).toContain('! WITHDRAW_ENABLED (critical): W: true');
    expect(checked.stdout).toContain('https://www.binance.com/en/my/settings/api-management');
    expect(checked.stdout).not.toContain('\u001b');
    running.probe.answers.delete(given['apiKey']!);
    expect(await keys(['check', id.slice(0, 6)])).toMatchObject({ code: 0 });
  }, 30_000);

  it('acknowledges a change of a key', async () => {
    const given = plantedKey('binance', 'mine');
    const { id } = await running.add(given);
    running.probe.answers.set(given['apiKey']!, readOnly({ trade: true }));
    const checked = await keys(['check', 'mine']);
    expect(checked.stdout).toContain('! PERMISSIONS_CHANGED (critical): trade: false before, true now');
    const acknowledged = await keys(['acknowledge', 'mine', '--json']);
    expect(acknowledged).toMatchObject({ code: 0, stderr: '' });
    expect(codesOf(dataOf(acknowledged)[0])).toEqual(['TRADE_ENABLED']);
    expect(codesOf(running.shown(id))).toEqual(['TRADE_ENABLED']);
  }, 30_000);

  it('disables a key by its label and removes it by the beginning of its id', async () => {
    const { id } = await running.add(plantedKey('binance', 'old one'));
    expect((await keys(['disable', 'old one'])).stdout).toMatch(/old one .* disabled/);
    expect(running.shown(id)?.state).toBe('disabled');
    expect((await keys(['remove', id.slice(0, 8)])).stdout).toContain(`removed ${id}`);
    expect(running.feed.snapshot()).toEqual([]);
    expect(await keys(['remove', id])).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no key') });
  }, 30_000);

  it('passes on why the service refuses a key', async () => {
    const given = plantedKey();
    await running.add(given);
    const again = await keys(['add', 'binance', '--label', 'x', '--stdin'], linesOf(given));
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toContain('stored already as "main, read"');
    const wrong = await keys(['list'], '', { CROSSBOOK_TOKEN: 'wrong' });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('the token is not known') });
  }, 30_000);
});

describe('keys, without a running service', () => {
  it('opens the data directory itself, and the service checks the key when it starts', async () => {
    const given = plantedKey();
    const added = await keys(['add', 'binance', '--label', 'early', '--json', '--stdin'], linesOf(given));
    expect(added.code).toBe(0);
    expect(added.stderr).toContain('no service runs on ');
    expect(dataOf(added)).toMatchObject([{ label: 'early', health: 'unknown', lastCheckedAtMs: null }]);
    expect(added.stdout + added.stderr).not.toContain(given['secret']);
    const twice = await keys(['add', 'binance', '--label', 'early', '--stdin'], linesOf(given));
    expect(twice).toMatchObject({ code: 1, stderr: expect.stringContaining('stored already') });
    expect((await keys(['check'])).stderr).toContain('it is the service that checks keys');

    const running = (service = await startKeysService(database));
    await waitFor('the key is checked', () => running.feed.snapshot()[0]?.health === 'healthy');
    expect(codesOf(running.feed.snapshot()[0])).toEqual([]);
    expect((await running.credentials.credential('binance', 'fees'))?.secret?.reveal()).toBe(given['secret']);
  }, 60_000);
});

describe('keys whose master key is lost', () => {
  it('can still be seen and removed, and then added again under a new one', async () => {
    const given = plantedKey();
    const add = (): Promise<Ended> => keys(['add', 'binance', '--label', 'sealed', '--stdin'], linesOf(given));
    expect((await add()).code).toBe(0);
    rmSync(path.join(database.dataDir, 'master.key'));

    const refused = await keys(['add', 'binance', '--label', 'other', '--stdin'], linesOf(plantedKey()));
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/does not exist.*"keys remove"/) });
    expect(dataOf(await keys(['list', '--json'])).map(({ label }) => label)).toEqual(['sealed']);
    expect(await keys(['remove', 'sealed'])).toMatchObject({ code: 0 });
    expect((await add()).code).toBe(0);
    expect(await keys(['remove', 'sealed'])).toMatchObject({ code: 0 });
  }, 90_000);
});

describe('keys, misused', () => {
  it.each<[string, string[], string, string]>([
    ['no label', ['add', 'binance', '--stdin'], 'a\nb', "required option '--label"],
    ['no terminal', ['add', 'binance', '--label', 'x'], '', 'use --stdin or --file'],
    ['secrets as arguments', ['add', 'binance', 'planted1', 'planted2', '--label', 'x'], '', 'make a new one'],
    ['one line', ['add', 'binance', '--label', 'x', '--stdin'], 'planted1', '1 lines, 2 or 3 are wanted'],
    ['four lines', ['add', 'binance', '--label', 'x', '--stdin'], 'planted1\nb\nc\nd', '4 lines'],
    ['nothing', ['add', 'binance', '--label', 'x', '--stdin'], ' \n', 'nothing was given'],
    ['broken JSON', ['add', 'binance', '--label', 'x', '--stdin'], '{"apiKey": "planted1"', 'is none'],
    [
      'an unknown field',
      ['add', 'binance', '--label', 'x', '--stdin'],
      '{"apikey": "planted1"}',
      '"apikey" is no field',
    ],
    ['an unknown command', ['rotation'], '', "unknown command 'rotation'"],
    ['secrets as arguments of rotate', ['rotate', 'x', 'planted1', 'planted2'], '', 'make a new one'],
    ['nothing to compromise', ['compromise', '--yes'], '', 'name one key'],
    ['no terminal to confirm on', ['compromise', '--all'], '', '--yes asks nothing'],
    ['a time that is none', ['usage', 'x', '--since', 'yesterday'], '', '--since must be'],
  ])(
    'ends with 2 for %s and repeats no secret',
    async (_name, args, input, text) => {
      const ended = await keys(args, input);
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).toContain(text);
      expect(ended.stderr).not.toContain('planted');
    },
    30_000,
  );

  it('sends nothing over a network in clear text', async () => {
    const ended = await keys(['list'], '', { CROSSBOOK_URL: 'http://203.0.113.9:8080', CROSSBOOK_TOKEN: 't' });
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('clear text') });
  }, 30_000);

  it('gives no secret to a stranger that answers in the place of the service', async () => {
    const heard: string[] = [];
    const stranger = http.createServer((request, response) => {
      request.on('data', (chunk) => heard.push(String(chunk)));
      request.on('end', () => response.end('hello'));
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const { port } = stranger.address() as AddressInfo;
    const env = { CROSSBOOK_URL: `http://127.0.0.1:${port}`, CROSSBOOK_TOKEN: 't' };
    const ended = await keys(['add', 'binance', '--label', 'x', '--stdin'], linesOf(plantedKey()), env);
    await new Promise((resolve) => stranger.close(resolve));
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('is not Crossbook') });
    expect(heard).toEqual([]);
  }, 30_000);

  it('says not a word to a stranger on the port of the service while nobody holds the data directory', async () => {
    let visits = 0;
    const stranger = http.createServer((_, response) => {
      visits += 1;
      response.end(JSON.stringify({ data: [] }));
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const { port } = stranger.address() as AddressInfo;
    const ended = await keys(['list'], '', { CROSSBOOK_PORT: String(port) });
    await new Promise((resolve) => stranger.close(resolve));
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('no service runs on ') });
    expect(visits).toBe(0);
  }, 30_000);

  it('names every invalid setting', async () => {
    const ended = await keys(['list'], '', { CROSSBOOK_PORT: 'x', CROSSBOOK_HOST: '' });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/CROSSBOOK_PORT[^]*CROSSBOOK_HOST|CROSSBOOK_HOST[^]*CROSSBOOK_PORT/);
  }, 30_000);
});
