import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WebSocket } from 'ws';
import type { KeyView } from '../../src/keys/index.js';
import { buildCommandLine, commandLine } from '../support/command-line.js';
import { SecretHunt } from '../support/secret-hunt.js';
import { type ServiceClient, Stack, TemporaryDirectory } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

const EXCHANGES = ['okx', 'binance', 'bybit', 'kraken'] as const;
const CHANNELS = ['opportunities', 'spreads', 'books', 'refusals', 'exchanges', 'keys', 'portfolio', 'system'];
const FIELDS = ['apiKey', 'secret', 'passphrase'] as const;

type Given = Record<string, string>;

describe('a whole life with secrets', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);
  const hunt = new SecretHunt();
  /** What was said to anybody: frames, answers, what the command line printed. */
  const said: string[] = [];
  const keys = new Map<string, Given>();
  let simulator: string;
  let service: Awaited<ReturnType<Stack['service']>>;
  let client: ServiceClient;
  let socket: WebSocket;
  let environment: Record<string, string>;

  const control = async (what: string, body: unknown): Promise<Given> => {
    const response = await fetch(`${simulator}/__sim/${what}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${what}: ${await response.text()}`);
    return (await response.json()) as Given;
  };
  const call = async (method: string, target: string, body?: unknown): Promise<string> => {
    const text = await client[method === 'GET' ? 'get' : 'post']<unknown>(target, body).then(
      (answer) => JSON.stringify(answer),
      (error: unknown) => String(error),
    );
    said.push(text);
    return text;
  };
  const stored = async (): Promise<readonly KeyView[]> =>
    (JSON.parse(await call('GET', '/v1/keys')) as { data: KeyView[] }).data;
  const snapshotOfHeap = async (): Promise<string> => {
    const before = new Set(readdirSync(directory.path));
    process.kill(service.program.pid!, 'SIGUSR2');
    const fresh = (): string | undefined =>
      readdirSync(directory.path).find((name) => name.endsWith('.heapsnapshot') && !before.has(name));
    await waitFor('the heap is written', () => fresh() !== undefined, 60_000);
    // It is written while everything stands still: whoever answers again has finished it.
    await client.get('/v1/settings');
    return path.join(directory.path, fresh()!);
  };

  beforeAll(async () => {
    buildCommandLine();
    simulator = await stack.simulator(11);
    service = await stack.service({
      CROSSBOOK_EXCHANGE_GATEWAY: simulator,
      CROSSBOOK_SYMBOLS: 'BTC/USDT,ETH/USDT,USDT/USD,USDC/USDT',
      CROSSBOOK_LOG_LEVEL: 'debug',
      CROSSBOOK_CAPTURE_FILE: path.join(directory.path, 'run.capture'),
      NODE_OPTIONS: `--heapsnapshot-signal=SIGUSR2 --report-on-signal --report-signal=SIGXCPU --diagnostic-dir=${directory.path}`,
    });
    ({ client } = service);
    socket = await client.stream(CHANNELS, (message) => said.push(JSON.stringify(message)));
    environment = {
      CROSSBOOK_DATA_DIR: path.join(directory.path, 'data'),
      CROSSBOOK_URL: service.url,
    };
  }, 120_000);

  afterAll(async () => {
    socket.terminate();
    await stack.stop();
    directory.remove();
  }, 30_000);

  it('takes keys by every door', async () => {
    for (const exchange of EXCHANGES) {
      const given = await control('keys', { exchange, scopes: {}, ipList: ['127.0.0.1'] });
      keys.set(exchange, given);
      for (const field of FIELDS) if (given[field]) hunt.seek(`${exchange} ${field}`, given[field]);
    }
    await call('POST', '/v1/keys', { exchange: 'okx', label: 'by rest', ...keys.get('okx') });
    const add = (
      exchange: string,
      more: string[],
      input?: string,
    ): Promise<{ code: number | null; stdout: string; stderr: string }> =>
      commandLine(['keys', 'add', exchange, '--label', 'by hand', ...more], {
        cwd: directory.path,
        env: environment,
        ...(input === undefined ? {} : { input }),
      });
    for (const exchange of ['binance', 'kraken']) {
      const ended = await add(exchange, ['--stdin'], JSON.stringify(keys.get(exchange)));
      said.push(ended.stdout, ended.stderr);
      expect(ended).toMatchObject({ code: 0 });
    }
    const { apiKey, secret } = keys.get('bybit')!;
    // Outside the directory that is searched: it is the owner's own file.
    const outside = new TemporaryDirectory();
    const file = path.join(outside.path, 'key.txt');
    writeFileSync(file, `${apiKey!}\n${secret!}\n`, { mode: 0o600 });
    const ended = await add('bybit', ['--file', file]);
    outside.remove();
    said.push(ended.stdout, ended.stderr);
    expect(ended).toMatchObject({ code: 0 });
    expect(hunt.size).toBe(9);
  }, 60_000);

  it('uses them, and is told of every kind of trouble with them', async () => {
    await waitFor(
      'calls were signed with each',
      async () => {
        const used = (await stored()).filter(({ lastUsedAtMs }) => lastUsedAtMs !== null);
        return used.length === EXCHANGES.length;
      },
      60_000,
    );
    const ids = Object.fromEntries((await stored()).map(({ exchange, id }) => [exchange, id]));
    // Twice, half, in the wrong field, with the wrong partner, at the wrong exchange.
    const okx = keys.get('okx')!;
    for (const body of [
      { exchange: 'okx', label: 'again', ...okx },
      { exchange: 'okx', label: 'half', apiKey: okx['apiKey'] },
      { exchange: 'okx', label: okx['secret'], ...okx, apiKey: 'x'.repeat(36) },
      { exchange: 'okx', label: 'x', account: `a ${okx['passphrase']!}`, ...okx, apiKey: 'x'.repeat(36) },
      { exchange: 'binance', label: 'elsewhere', ...okx },
      { exchange: okx['secret'], label: 'no exchange', ...okx },
      { exchange: 'okx', label: 'more', ...okx, extra: okx['secret'] },
    ]) {
      expect(await call('POST', '/v1/keys', body)).toContain('answered 4');
    }
    await call('POST', `/v1/keys/${ids['okx']!}`, okx);
    await control('keys/change', { exchange: 'okx', apiKey: okx['apiKey'], ipList: ['203.0.113.9'] });
    await control('keys/change', {
      exchange: 'binance',
      apiKey: keys.get('binance')!['apiKey'],
      scopes: { trade: true },
    });
    await control('keys/change', { exchange: 'bybit', apiKey: keys.get('bybit')!['apiKey'], expiresAtMs: 1 });
    await control('keys/revoke', { exchange: 'kraken', apiKey: keys.get('kraken')!['apiKey'] });
    for (const id of Object.values(ids)) await call('POST', `/v1/keys/${id}/check`);
    for (const key of await stored()) expect(key.health).not.toBe('healthy');
  }, 90_000);

  it('shows no secret in what it says, whoever asks for what', async () => {
    const description = await client.get<{ paths: Record<string, Record<string, unknown>> }>('/docs-json');
    said.push(JSON.stringify(description));
    const id = (await stored())[0]!.id;
    const targets = Object.entries(description.paths).filter(([, methods]) => 'get' in methods);
    expect(targets.length).toBeGreaterThan(10);
    for (const [target] of targets) await call('GET', target.replaceAll(/\{[^}]+\}/g, id));
    said.push(await (await fetch(`${service.url}/metrics`)).text());
    for (const command of [['list'], ['list', '--json'], ['check'], ['--help']]) {
      const { stdout, stderr } = await commandLine(['keys', ...command], { cwd: directory.path, env: environment });
      said.push(stdout, stderr);
    }
    process.kill(service.program.pid!, 'SIGXCPU');
    await waitFor('the report of a crash is written', () =>
      readdirSync(directory.path).some((name) => name.startsWith('report.')),
    );
    expect(said.join('\n').length).toBeGreaterThan(50_000);
    expect(said.flatMap((text) => hunt.foundIn(text))).toEqual([]);
    expect(stack.logs.flatMap((text) => hunt.foundIn(text))).toEqual([]);
  }, 60_000);

  it('forgets them once they are disabled', async () => {
    for (const { id } of await stored()) await call('POST', `/v1/keys/${id}/disable`);
    // Whatever holds on to something for a while lets go of it: sockets that are kept open, readings that are given up.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const file = await snapshotOfHeap();
    expect(await hunt.foundInLarge(file)).toEqual([]);
  }, 120_000);

  it('leaves none on the disk', async () => {
    socket.terminate();
    await service.program.stop(8_000);
    expect(readdirSync(directory.path)).toEqual(expect.arrayContaining(['data', 'run.capture']));
    for (const name of readdirSync(directory.path)) {
      if (name.endsWith('.heapsnapshot')) expect(await hunt.foundInLarge(path.join(directory.path, name))).toEqual([]);
    }
    expect(hunt.foundBelow(directory.path)).toEqual([]);
    expect(stack.logs.flatMap((text) => hunt.foundIn(text))).toEqual([]);
  }, 60_000);
});
