import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openLog } from '../../src/platform/logging/index.js';
import { type OpenDatabase, openDatabase, processMark } from '../../src/platform/prisma/index.js';
import { temporaryDirectory } from '../support/databases.js';
import { historyOf, startOf } from './history-parts.js';
import { DrivenFeed, opportunity } from '../support/opportunities.js';
import { between, refusalMinute, spreadCandle } from '../support/scripted-feed.js';
import { waitFor } from '../support/wait-for.js';

const isLinux = process.platform === 'linux';
const onLinux = isLinux ? it : it.skip;

describe('the embedded server', () => {
  let dataDir: string;
  let opened: OpenDatabase | null;

  beforeEach(() => {
    dataDir = temporaryDirectory();
    opened = null;
  });

  afterEach(async () => {
    await opened?.close();
    rmSync(dataDir, { recursive: true, force: true });
  }, 30_000);

  const open = async (): Promise<OpenDatabase> => (opened = await openDatabase({ dataDir }, openLog('silent')));
  // A zombie is none: who is to collect an orphan is not ours to say.
  const isRunning = (pid: number): boolean => processMark(pid) !== null;
  const pidOf = (database: OpenDatabase): number => database.embedded?.pid ?? 0;

  it('is gone after it was closed, and keeps its port and its rows for the next start', async () => {
    const first = await open();
    await first.database.query('CREATE TABLE kept AS SELECT 42 AS answer');
    const port = first.embedded?.port;
    const pid = pidOf(first);
    await first.close();
    await first.close();
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(path.join(dataDir, 'crossbook.lock'))).toBe(false);
    const second = await open();
    expect(second.embedded?.port).toBe(port);
    expect(await second.database.query('SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  }, 60_000);

  it('starts where a kill during the first start left an empty password file', async () => {
    const directory = path.join(dataDir, 'postgres');
    mkdirSync(directory, { recursive: true });
    writeFileSync(path.join(directory, 'password'), '');
    const { database } = await open();
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(readFileSync(path.join(directory, 'password'), 'utf8').trim().length).toBeGreaterThan(30);
  });

  it('lets nobody in without its password, and shows the password nowhere', async () => {
    const { embedded } = await open();
    const file = path.join(dataDir, 'postgres', 'password');
    const password = readFileSync(file, 'utf8').trim();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
    expect(password.length).toBeGreaterThan(30);
    await expect(
      openDatabase(
        {
          dataDir: path.join(dataDir, 'b'),
          databaseUrl: `postgresql://crossbook@127.0.0.1:${embedded?.port ?? 0}/crossbook`,
        },
        openLog('silent'),
      ),
    ).rejects.toThrow(/password|SASL/);
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(password);
  }, 60_000);

  onLinux(
    'sees no environment of ours, and sits in a session of its own',
    async () => {
      const pid = pidOf(await open());
      const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .map((line) => line.split('=')[0])
        .filter((name) => name !== '');
      expect(names.filter((name) => !/^(PATH|LC_ALL|TZ|PG[A-Z_]+)$/.test(name ?? ''))).toEqual([]);
      const group = (of: number): string =>
        execFileSync('ps', ['-o', 'sid=', '-p', String(of)], { encoding: 'utf8' }).trim();
      expect(group(pid)).toBe(String(pid));
      expect(group(process.pid)).not.toBe(String(pid));
    },
    60_000,
  );

  it('is started again when it is killed, and nothing that was emitted meanwhile is lost', async () => {
    const { database } = await open();
    const feed = new DrivenFeed();
    const history = historyOf(database, feed);
    const { recorder, repository, writers } = history;
    await startOf(history);
    const first = feed.opens(opportunity({ id: 'before' }));
    await waitFor('the first is stored', async () => (await repository.find('before')) !== null);

    const pid = pidOf(opened as OpenDatabase);
    process.kill(pid, 'SIGKILL');
    await waitFor('the server is gone', () => !isRunning(pid));
    feed.closes(first, { closeReason: 'collapsed' });
    for (let i = 0; i < 200; i += 1) feed.closes(feed.updates(feed.opens(opportunity({ id: `n-${i}` }))));
    for (let i = 0; i < 200; i += 1) {
      feed.tellMinutes(refusalMinute({ ...between('okx', `ex${i}`), entries: i }));
      feed.tellSpreads(spreadCandle({ startMs: 1_795_000_000_000 + i * 1_000 }));
    }
    await waitFor('the recorder notices', () => writers.all.every(({ metrics }) => metrics.isBehind));
    expect(recorder.allMetrics).toMatchObject({ refusals: { waiting: 200 }, spreads: { waiting: 200 } });
    expect(recorder.metrics.waiting).toBe(201);
    expect(recorder.metrics.lagMs).toBeGreaterThan(0);

    const isStored = (): boolean =>
      writers.all.every(({ metrics: { waiting, isBehind } }) => waiting === 0 && !isBehind);
    await waitFor('all is stored', isStored, 30_000);
    const [counts] = await database.query('SELECT count(*)::int AS n FROM opportunities WHERE state = $1', ['closed']);
    expect(counts).toEqual({ n: 201 });
    const [others] = await database.query(`SELECT (SELECT sum(entries)::int FROM refusal_minutes) AS entries,
      (SELECT count(*)::int FROM spread_candles_1s) AS seconds, (SELECT count(*)::int FROM routes) AS routes`);
    expect(others).toEqual({ entries: 19_900, seconds: 200, routes: 201 });
    await recorder.beforeApplicationShutdown();
  }, 90_000);

  it('that outlived its service is ended at the next start, with every row that was stored', async () => {
    const child = `
      import 'reflect-metadata';
      const { openDatabase } = await import('./dist/platform/prisma/index.js');
      const { openLog } = await import('./dist/platform/logging/index.js');
      const opened = await openDatabase({ dataDir: ${JSON.stringify(dataDir)} }, openLog('silent'));
      await opened.database.query('CREATE TABLE kept (a int)');
      for (let a = 1; ; a += 1) {
        await opened.database.query('INSERT INTO kept VALUES ($1)', [a]);
        process.stdout.write(a + ' ' + opened.embedded.pid + '\\n');
      }`;
    const service = spawn(process.execPath, ['--input-type=module', '-e', child], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    service.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await waitFor('a hundred rows are acknowledged', () => said.split('\n').length > 100, 30_000);
    await expect(open()).rejects.toMatchObject({ code: 'data_dir_in_use' });
    await expect(open()).rejects.toThrow(`in use by process ${service.pid ?? 0}`);

    service.kill('SIGKILL');
    await waitFor('the service is gone', () => service.signalCode !== null);
    const [acknowledged = '', server = ''] = said.trim().split('\n').at(-1)?.split(' ') ?? [];
    expect(isRunning(Number(server))).toBe(true);

    const { database, embedded } = await open();
    expect(isRunning(Number(server))).toBe(false);
    expect(embedded?.pid).not.toBe(Number(server));
    const [row] = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM kept');
    expect(row?.n).toBeGreaterThanOrEqual(Number(acknowledged));
  }, 90_000);

  onLinux(
    'is not held up by a pid file that names a stranger',
    async () => {
      await (await open()).close();
      const file = path.join(dataDir, 'postgres', 'data', 'postmaster.pid');
      writeFileSync(file, `${process.pid}\n${path.dirname(file)}\n0\n5432\n\n127.0.0.1\n`);
      writeFileSync(path.join(dataDir, 'crossbook.lock'), `${process.pid}\nboot/ns/${process.pid}/1\n`);
      const past = new Date(Date.now() - 60_000);
      execFileSync('touch', ['-d', past.toISOString(), path.join(dataDir, 'crossbook.lock')]);
      const { database } = await open();
      expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    },
    60_000,
  );

  it('takes another port when its own is taken', async () => {
    const first = await open();
    const port = first.embedded?.port ?? 0;
    await first.close();
    const stranger = createServer().listen(port, '127.0.0.1');
    await waitFor('the stranger listens', () => stranger.listening);
    const second = await open();
    expect(second.embedded?.port).not.toBe(port);
    stranger.close();
  }, 60_000);

  it('says which directory it cannot use, and what to do', async () => {
    const file = path.join(dataDir, 'file');
    writeFileSync(file, '');
    const inFile = openDatabase({ dataDir: path.join(file, 'below') }, openLog('silent'));
    await expect(inFile).rejects.toThrow(/below cannot be used \(ENOTDIR\).*CROSSBOOK_DATA_DIR/);
    writeFileSync(path.join(dataDir, 'postgres'), 'in the way');
    await expect(open()).rejects.toMatchObject({ code: 'data_dir_unwritable' });
  }, 60_000);

  it('starts from the beginning when its first start was cut off', async () => {
    const half = path.join(dataDir, 'postgres', 'initialising-1');
    mkdirSync(half, { recursive: true });
    writeFileSync(path.join(half, 'PG_VERSION'), '18\n');
    const { database } = await open();
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(existsSync(half)).toBe(false);
  }, 60_000);

  it('tells what the server said when it does not start', async () => {
    await (await open()).close();
    const configuration = path.join(dataDir, 'postgres', 'data', 'postgresql.conf');
    writeFileSync(configuration, `${readFileSync(configuration, 'utf8')}\nnonsense = 1\n`);
    await expect(open()).rejects.toThrow(
      /does not start.*unrecognized configuration parameter "nonsense".*CROSSBOOK_DATABASE_URL/,
    );
  }, 60_000);
});

describe('a server of the user', () => {
  it('that is away is named with its host and the remedy, and never with the password', async () => {
    const dataDir = temporaryDirectory();
    const databaseUrl = 'postgresql://someone:hush-hush@127.0.0.1:9/market';
    const failing = openDatabase({ dataDir, databaseUrl }, openLog('silent'));
    await expect(failing).rejects.toMatchObject({ code: 'ECONNREFUSED', isRetryable: true });
    await expect(failing).rejects.toThrow('the database at 127.0.0.1:9/market cannot be reached');
    await expect(failing).rejects.not.toThrow('hush-hush');
    expect(existsSync(path.join(dataDir, 'crossbook.lock'))).toBe(false);
    rmSync(dataDir, { recursive: true, force: true });
  });

  it.each(['postgresql://', 'postgresql://127.0.0.1:5432', 'postgresql://a:p%zz@h:5432/y', 'postgresql://h/%zz'])(
    'is asked for properly when its address is %j',
    async (databaseUrl) => {
      const dataDir = temporaryDirectory();
      const failing = openDatabase({ dataDir, databaseUrl }, openLog('silent'));
      await expect(failing).rejects.toMatchObject({ code: 'bad_database_url' });
      await expect(failing).rejects.toThrow('postgresql://USER:PASSWORD@HOST:5432/DATABASE');
      rmSync(dataDir, { recursive: true, force: true });
    },
  );
});
