import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { buildCommandLine } from '../support/command-line.js';
import { databaseByUrl, embeddedDatabase, type TestDatabase } from '../support/databases.js';
import { KEY_TABLES } from '../support/keys-service.js';
import { programs } from '../support/stack.js';
import { VaultRig } from '../support/vault-rig.js';

const KEYS = 60;
const NAMES = Array.from({ length: KEYS }, (_, index) => `k${String(index).padStart(2, '0')}`);

/** Moments at which the process is killed: on its first word of this kind, or so many milliseconds after its start. */
const MOMENTS: readonly (RegExp | number)[] = [
  /a new master key was made/,
  /sealed 1 of/,
  /sealed 30 of/,
  new RegExp(`sealed ${KEYS} of`),
  ...[0, 1].map(() => 400 + Math.floor(Math.random() * 900)),
];

let target: TestDatabase;
beforeAll(async () => {
  buildCommandLine();
  target = (await databaseByUrl()) ?? embeddedDatabase();
}, 120_000);
afterAll(() => target.remove());

function environment(): Record<string, string> {
  const { dataDir, databaseUrl } = target;
  const url = databaseUrl === undefined ? {} : { CROSSBOOK_DATABASE_URL: databaseUrl };
  return { CROSSBOOK_DATA_DIR: dataDir, CROSSBOOK_PORT: '1', ...url };
}

/** Runs the rotation and kills it without warning. */
async function killAt(moment: RegExp | number): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [path.join(programs, 'cli/main.js'), 'keys', 'master', 'rotate'], {
    cwd: target.dataDir,
    env: environment(),
  });
  const kill = (): boolean => child.kill('SIGKILL');
  const timer = typeof moment === 'number' ? setTimeout(kill, moment) : undefined;
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += String(chunk);
      if (moment instanceof RegExp && moment.test(said)) kill();
    });
  }
  const signal = await new Promise<NodeJS.Signals | null>((resolve) => {
    child.on('close', (_code, by) => {
      resolve(by);
    });
  });
  clearTimeout(timer);
  return signal;
}

/** Opens the database for a look at what a process left. */
async function look<T>(work: (rig: VaultRig) => Promise<T>, isLast = false): Promise<T> {
  const opened = await target.open();
  try {
    const seen = await work(new VaultRig(opened.database, target.dataDir));
    if (isLast) await opened.database.query(`TRUNCATE ${KEY_TABLES.join(', ')}`);
    return seen;
  } finally {
    await opened.close();
  }
}

describe('a rotation whose process is killed', () => {
  afterEach(() => {
    rmSync(path.join(target.dataDir, 'master.key'), { force: true });
  });

  it.each(MOMENTS)(
    'at %p loses nothing and is finished by the next one',
    async (moment) => {
      await look(async (rig) => {
        for (const name of NAMES) await rig.add(name);
      });
      const signal = await killAt(moment);
      if (moment instanceof RegExp) expect(signal).toBe('SIGKILL');

      const { kids, rows } = await look(async (rig) => {
        expect(await rig.opened()).toEqual(NAMES);
        return { kids: (await rig.onDisk()).kids, rows: await rig.credentials.rowsByKid() };
      });
      for (const { kid } of rows) expect(kids).toContain(kid);

      const report = await look((rig) => rig.rotation.rotate('test'));
      // What was begun is finished under the key that it was begun with.
      if (kids.length > 1) expect(report).toMatchObject({ kid: kids[0], isNew: false });
      await look(async (rig) => {
        expect(await rig.opened()).toEqual(NAMES);
        expect((await rig.onDisk()).kids).toEqual([report.kid]);
        expect(await rig.credentials.rowsByKid()).toEqual([{ kid: report.kid, rows: KEYS }]);
      }, true);
      expect(readdirSync(target.dataDir).filter((name) => name.startsWith('master.key'))).toEqual(['master.key']);
    },
    120_000,
  );
});
