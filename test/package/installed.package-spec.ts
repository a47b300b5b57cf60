import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { crossbookProgram } from '../../src/cli/program.js';
import { allCommands, commandTree } from '../../src/cli/reference/command-tree.js';
import { writeCertificate } from '../support/certificate.js';
import { freePort } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { ROOT } from './containerfile.js';
import { ended, type Ended, Installation, run, toolAt } from './installation.js';

/** Packed, so that a start is not paid for with a download of megabytes; a page or a library more is seen here. */
const MOST_PACKED_BYTES = 1_400_000;
const MOST_FILES = 1_200;

const installation = new Installation();
const shipped = (): string => path.join(installation.prefix, 'lib/node_modules/crossbook');
const crossbook = (args: readonly string[], env: Record<string, string> = {}): Promise<Ended> =>
  run(installation.program, args, installation.empty, installation.environment(env));

beforeAll(() => installation.make(), 300_000);

afterAll(() => {
  installation.remove();
});

describe('the tarball', () => {
  let names: string[] = [];

  beforeAll(() => {
    const listed = spawnSync('tar', ['-tzf', installation.tarball], { encoding: 'utf8' }).stdout;
    names = listed
      .trim()
      .split('\n')
      .map((name) => name.replace(/^package\//, ''));
  });

  it('holds what runs and what tells about it, and nothing else', () => {
    const expected = [
      /^(package|npm-shrinkwrap)\.json$/,
      /^(README|CHANGELOG)\.md$|^LICENSE$/,
      /^\.env\.example$|^crossbook\.example\.yaml$/,
      /^dist\/(?!web\/)[\w./-]+\.js$/,
      /^dist\/client\/[\w.-]+\.d\.ts$/,
      /^dist\/core\/[\w./-]+\.d\.ts$/,
      /^dist\/web\/[\w./-]+\.(html|js|css|svg|png|ico|webmanifest)(\.gz|\.br)?$/,
      /^dist\/share\/(man\/crossbook\.1|completion\/(crossbook\.bash|_crossbook|crossbook\.fish))$/,
      /^prisma\/migrations\/(\w+\/migration\.sql|migration_lock\.toml)$/,
      /^deploy\/systemd\/(crossbook@?\.service|sysusers\.d\/crossbook\.conf)$/,
      /^docs\/(keys\/)?[\w-]+\.md$/,
      /^docs\/(asyncapi\.yaml|rest-shapes\.json|scenario\.example\.yaml)$/,
      /^docs\/grafana\/(alerts\.yaml|crossbook\.json)$/,
    ];
    expect(names.filter((name) => !expected.some((one) => one.test(name)))).toEqual([]);
    expect(names.filter((name) => /spec|-rig\.|\.map$|\.test\./.test(name))).toEqual([]);
  });

  it('lacks nothing', () => {
    const migrations = readdirSync(path.join(ROOT, 'prisma/migrations'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `prisma/migrations/${name}/migration.sql`);
    expect(names).toEqual(
      expect.arrayContaining([
        ...migrations,
        'dist/main.js',
        'dist/cli/main.js',
        'dist/simulator/main.js',
        'dist/exchanges/market-worker.js',
        'dist/platform/prisma/generated/client.js',
        'dist/web/index.html',
        'dist/client/index.d.ts',
        'dist/share/man/crossbook.1',
        'dist/share/completion/crossbook.bash',
        'deploy/systemd/crossbook.service',
        'deploy/systemd/crossbook@.service',
        'docs/operations.md',
        'docs/keys/okx.md',
        'npm-shrinkwrap.json',
      ]),
    );
  });

  it('stays small', () => {
    expect(statSync(installation.tarball).size).toBeLessThan(MOST_PACKED_BYTES);
    expect(names.length).toBeLessThan(MOST_FILES);
  });

  it('pins what it needs, and nothing of what develops it', () => {
    const pinned = JSON.parse(readFileSync(path.join(shipped(), 'npm-shrinkwrap.json'), 'utf8')) as {
      packages: Record<string, { version?: string; dev?: boolean; devDependencies?: unknown }>;
    };
    const ccxt = JSON.parse(readFileSync(path.join(shipped(), 'node_modules/ccxt/package.json'), 'utf8')) as object;
    expect(ccxt).toMatchObject({ version: pinned.packages['node_modules/ccxt']?.version });
    expect(Object.values(pinned.packages).filter(({ dev }) => dev === true)).toEqual([]);
    expect(pinned.packages['node_modules/jest']).toBeUndefined();
    expect(pinned.packages['']?.devDependencies).toBeUndefined();
  });
});

describe('the installed program', () => {
  it('explains itself and each of its commands, in words of the package', async () => {
    const { code, stdout } = await crossbook(['--help']);
    expect(code).toBe(0);
    const commands = commandTree(crossbookProgram()).commands;
    const names = commands.map(({ name }) => name);
    const promised = ['demo', 'start', 'simulator', 'keys', 'tokens', 'exchanges', 'capture', 'replay', 'import'];
    expect(names).toEqual(expect.arrayContaining(promised));
    for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    // Three at a time, on few cores.
    const asked = [...names.map((name) => [name]), ['keys', 'add']];
    for (let from = 0; from < asked.length; from += 3) {
      const answers = await Promise.all(asked.slice(from, from + 3).map((path) => crossbook([...path, '--help'])));
      for (const [index, answer] of answers.entries()) {
        expect(answer).toMatchObject({ code: 0, stderr: '' });
        expect(answer.stdout).toContain(`Usage: crossbook ${asked[from + index]?.join(' ') ?? ''} `);
        expect(answer.stdout).not.toMatch(/npm (run|start)/);
      }
    }
    const add = await crossbook(['keys', 'add', '--help']);
    expect(add.stdout).toContain('crossbook keys add okx --label "main, read" --stdin < key.json');
  }, 120_000);

  it('tells its version, and refuses what it does not know', async () => {
    const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await crossbook(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
    expect(await crossbook(['strat'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean start?'),
    });
  }, 60_000);

  it('runs the demo in an empty folder and leaves nothing there', async () => {
    const port = String(await freePort());
    const { code, stdout, stderr } = await crossbook(['demo', '--duration', '10', '--port', port]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const last = stdout.trim().split('\n').at(-1);
    expect(last).toMatch(/^demo: 10 s, 4 exchanges, \d+ updates, \d+ opened, \d+ closed, \d+ refused$/);
    expect(Number(/(\d+) updates/.exec(last ?? '')?.[1])).toBeGreaterThan(100);
    expect(readdirSync(installation.empty)).toEqual([]);
  }, 120_000);

  it('starts in an empty folder, is healthy by http and by https, and Ctrl-C stops it cleanly', async () => {
    const healthcheck = path.join(ROOT, 'deploy/container/healthcheck.mjs');
    const { files } = await writeCertificate(installation.directory);
    for (const tls of [{}, { CROSSBOOK_TLS_CERT: files.cert, CROSSBOOK_TLS_KEY: files.key }]) {
      const port = String(await freePort());
      // Nothing listens on port 9: no exchange is reached, and the service runs all the same.
      const env = installation.environment({
        CROSSBOOK_PORT: port,
        CROSSBOOK_EXCHANGE_GATEWAY: 'http://127.0.0.1:9',
        ...tls,
      });
      const check = async (): Promise<number | null> =>
        (await run(process.execPath, [healthcheck], installation.empty, env)).code;
      expect(await check()).toBe(1);
      const service = spawn(installation.program, ['start'], { cwd: installation.empty, env });
      const end = ended(service);
      let said = '';
      service.stdout.on('data', (text: string) => (said += text));
      await waitFor(
        'the service tells where it is',
        () => said.includes('tokens create') || service.exitCode !== null,
        90_000,
      );
      expect(said).toContain('one of "crossbook tokens create"');
      expect(await check()).toBe(0);
      service.kill('SIGINT');
      const { code, stdout } = await end;
      expect([code, stdout.trim().split('\n').slice(-2)]).toEqual([0, ['stopping: SIGINT', 'stopped']]);
      const data = path.join(installation.empty, '.crossbook');
      expect(existsSync(path.join(data, 'admin.token'))).toBe(true);
      expect(existsSync(path.join(data, 'postgres/data/postmaster.pid'))).toBe(false);
      expect(existsSync(path.join(data, 'crossbook.lock'))).toBe(false);
    }
    const { code, stdout } = await crossbook(['keys', 'list']);
    expect([code, stdout]).toEqual([0, 'no keys are stored; add one with: crossbook keys add EXCHANGE --label NAME\n']);
  }, 240_000);
});

describe('what is made of the commands', () => {
  const MANDOC = toolAt('mandoc');
  const SYSTEMD = toolAt('systemd-analyze');
  const manPage = (): string => path.join(installation.prefix, 'share/man/man1/crossbook.1');

  it('completes in bash, sourced as its help says', async () => {
    const asking = `source <(crossbook completion bash)
      complete -p crossbook
      ask() { COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _crossbook; echo "\${COMPREPLY[*]}"; }
      ask crossbook ke; ask crossbook keys au; ask crossbook keys add --l; ask crossbook import --kind t`;
    const { code, stdout, stderr } = await run('bash', ['-c', asking], installation.empty, installation.environment());
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual(['complete -F _crossbook crossbook', 'keys', 'audit', '--label', 'tops', '']);
  }, 30_000);

  it('stands in the package too, for whoever packs it for a system', async () => {
    const { stdout } = await crossbook(['completion', 'fish']);
    expect(readFileSync(path.join(shipped(), 'dist/share/completion/crossbook.fish'), 'utf8')).toBe(stdout);
    expect(await crossbook(['completion', 'csh'])).toMatchObject({ code: 2 });
  }, 30_000);

  it('is a man page that npm puts where man looks, with every command and option', () => {
    const text = readFileSync(manPage(), 'utf8').replaceAll('\\-', '-');
    for (const node of allCommands(commandTree(crossbookProgram())).slice(1)) {
      expect(text).toContain(`.SS "crossbook ${node.path.join(' ')} `);
      for (const { flags } of node.options.filter(({ names }) => !names.includes('--help')))
        expect(text).toContain(flags);
    }
    expect(text).not.toMatch(/npm (run|start)/);
  });

  const linted = MANDOC === null ? it.skip : it;
  linted(`is a man page without a fault${MANDOC === null ? ' (left out: mandoc is not installed)' : ''}`, async () => {
    const { stdout } = await run(MANDOC ?? '', ['-Tlint', '-Wwarning', manPage()], installation.empty, {});
    // Without a date on purpose: the same sources give the same page.
    expect(stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([]);
  });

  const verified = SYSTEMD === null ? it.skip : it;
  verified(
    `are units that systemd accepts${SYSTEMD === null ? ' (left out: systemd-analyze is not installed)' : ''}`,
    async () => {
      const units = ['crossbook.service', 'crossbook@detector.service'].map((name) => {
        const file = name.replace('detector', '');
        const text = readFileSync(path.join(shipped(), 'deploy/systemd', file), 'utf8');
        return { name, text: text.replace('ExecStart=crossbook', `ExecStart=${installation.program}`) };
      });
      const files = units.map(({ name, text }) => installation.write(`units/${name}`, text));
      const verify = (given: readonly string[]): Promise<Ended> =>
        run(SYSTEMD ?? '', ['verify', '--man=no', ...given], installation.empty, installation.environment());
      expect(await verify(files)).toEqual({ code: 0, stdout: '', stderr: '' });
      // And it would have said so.
      const broken = units[0]?.text.replace('ProtectSystem=strict', 'ProtectSystme=strict') ?? '';
      expect((await verify([installation.write('units/broken.service', broken)])).stderr).toContain('ProtectSystme');
    },
    60_000,
  );
});
