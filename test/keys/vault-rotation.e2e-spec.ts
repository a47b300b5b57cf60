import { rmSync } from 'node:fs';
import { setTimeout as pass } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { SettingsMasterKeySource } from '../../src/keys/vault/settings-master-key-source.js';
import { ownRotation } from '../../src/keys/vault/sealing-lock.js';
import { Database, type Queries } from '../../src/platform/prisma/index.js';
import { databaseByUrl, embeddedDatabase, openDuring } from '../support/databases.js';
import { KEY_TABLES } from '../support/keys-service.js';
import { VaultRig } from '../support/vault-rig.js';
import { waitFor } from '../support/wait-for.js';

const target = (await databaseByUrl()) ?? embeddedDatabase();
const NAMES = ['k1', 'k2', 'k3', 'k4', 'k5'];

/** Where a fault strikes: before or after the n-th thing that leaves a trace. */
class Saboteur {
  steps = 0;

  constructor(private readonly strikesAt: number) {}

  step(): void {
    this.steps += 1;
    if (this.steps === this.strikesAt) throw new Error('struck down');
  }
}

/** The real database, struck at any statement that changes or keeps something. */
class StruckDatabase extends Database {
  constructor(
    private readonly real: Database,
    private readonly saboteur: Saboteur,
  ) {
    super();
  }

  override query<T extends object>(sql: string, params?: readonly unknown[]): Promise<T[]> {
    return this.real.query<T>(sql, params);
  }

  override async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const result = await this.real.transaction(async (q) => {
      this.saboteur.step();
      const done = await work({
        query: async <R extends object>(sql: string, params?: readonly unknown[]) => {
          this.saboteur.step();
          return q.query<R>(sql, params);
        },
      });
      this.saboteur.step();
      return done;
    });
    this.saboteur.step();
    return result;
  }
}

describe('a rotation of the master key', () => {
  const opened = openDuring(target);
  const rig = (): VaultRig => new VaultRig(opened.database, target.dataDir);
  const fill = async (names = NAMES): Promise<VaultRig> => {
    const vault = rig();
    for (const name of names) await vault.add(name);
    return vault;
  };
  const struck = (saboteur: Saboteur): VaultRig =>
    new VaultRig(new StruckDatabase(opened.database, saboteur), target.dataDir, {}, (source) => {
      const replace = source.replace.bind(source);
      return Object.assign(source, {
        replace: async (...ring: Parameters<SettingsMasterKeySource['replace']>) => {
          saboteur.step();
          await replace(...ring);
          saboteur.step();
        },
      });
    });
  const audited = async (): Promise<{ detail: unknown }[]> =>
    opened.database.query(`SELECT detail FROM audit_log WHERE action = 'master_key_rotated' ORDER BY id`);

  afterEach(async () => {
    await opened.database.query(`TRUNCATE ${KEY_TABLES.join(', ')}`);
    rmSync(rig().file, { force: true });
  });

  it('seals every row under a new key, drops the old one, and leaves a trace', async () => {
    const vault = await fill();
    const [before] = (await vault.onDisk()).kids;
    const rows = await opened.database.query<{ fingerprint: string }>('SELECT fingerprint FROM credentials');
    const progress: string[] = [];
    const report = await vault.rotation.rotate('test', (done, total) => progress.push(`${done}/${total}`));
    expect(report).toEqual({
      ...{ kid: expect.not.stringMatching(before!) as unknown, isNew: true, resealed: 5 },
      ...{ dropped: [before], removable: [], unopened: [] },
    });
    expect(progress).toEqual(['1/5', '2/5', '3/5', '4/5', '5/5']);
    expect((await vault.onDisk()).kids).toEqual([report.kid]);
    expect((await vault.onDisk()).current.createdAtMs).toBeGreaterThan(0);
    expect(await rig().opened()).toEqual(NAMES);
    expect(await vault.opened()).toEqual(NAMES);
    const after = await opened.database.query<{ fingerprint: string; kid: string }>('SELECT * FROM credentials');
    expect(new Set(after.map(({ kid }) => kid))).toEqual(new Set([report.kid]));
    expect(after.filter(({ fingerprint }) => rows.some((row) => row.fingerprint === fingerprint))).toEqual([]);
    expect(await audited()).toEqual([{ detail: { kid: report.kid, replaced: [before], rows: 5 } }]);
  });

  it('may be struck down at any step: nothing is lost, and the next one finishes it', async () => {
    const names = NAMES.slice(0, 2);
    let strikes = 0;
    for (let at = 1; ; at += 1) {
      await fill(names);
      const saboteur = new Saboteur(at);
      const isStruck = await struck(saboteur)
        .rotation.rotate('test')
        .then(
          () => false,
          () => true,
        );
      // Whatever happened, the disk and the database fit each other, and a key of either state is found again.
      expect(await rig().opened()).toEqual(names);
      expect(await rig().add('k1')).toBeNull();
      const isBegun = (await rig().onDisk()).kids.length > 1;
      const report = await rig().rotation.rotate('test');
      expect(report.isNew).toBe(!isBegun);
      expect((await rig().onDisk()).kids).toEqual([report.kid]);
      expect(await rig().opened()).toEqual(names);
      await opened.database.query(`TRUNCATE ${KEY_TABLES.join(', ')}`);
      if (!isStruck) break;
      strikes += 1;
    }
    expect(strikes).toBeGreaterThan(20);
  }, 120_000);

  it('goes on while keys are opened and added all the time, without one failure', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `load${index}`);
    const vault = await fill(names);
    const elsewhere = rig();
    let isRunning = true;
    let readings = 0;
    const read = async (one: VaultRig): Promise<void> => {
      while (isRunning) {
        expect((await one.opened()).length).toBeGreaterThanOrEqual(names.length);
        readings += 1;
      }
    };
    const added: string[] = [];
    const add = async (): Promise<void> => {
      for (let index = 0; isRunning; index += 1) {
        const one = index % 2 === 0 ? vault : elsewhere;
        if (await one.add(`added${index}`)) added.push(`added${index}`);
        await pass(1);
      }
    };
    const load = Promise.all([read(vault), read(elsewhere), add()]);
    for (let turn = 0; turn < 3; turn += 1) await vault.rotation.rotate('test');
    isRunning = false;
    await load;
    expect(readings).toBeGreaterThan(0);
    expect(await rig().opened()).toEqual([...names, ...added].sort());
    expect((await rig().onDisk()).kids).toHaveLength(1);
  }, 120_000);

  it('still finds a key that was stored before, half-way through', async () => {
    await fill();
    // Struck after the new key is on the disk and one row is sealed anew.
    let done = 0;
    const half = rig().rotation.rotate('test', () => {
      done += 1;
      if (done === 1) throw new Error('struck down');
    });
    await expect(half).rejects.toThrow('struck down');
    const kids = await rig().credentials.rowsByKid();
    expect(kids.map(({ rows }) => rows).sort()).toEqual([1, 4]);
    for (const name of NAMES) expect(await rig().add(name)).toBeNull();
    expect(await rig().add('k6')).not.toBeNull();
    await rig().rotation.rotate('test');
    for (const name of [...NAMES, 'k6']) expect(await rig().add(name)).toBeNull();
  });

  it('is refused while another one runs, of another process too', async () => {
    await fill();
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let isHeld = false;
    const other = opened.database.transaction(async (q) => {
      await ownRotation(q);
      isHeld = true;
      await released;
    });
    await waitFor('the other one runs', () => isHeld);
    const before = rig().fileText();
    await expect(rig().rotation.rotate('test')).rejects.toMatchObject({ code: 'rotation_running' });
    expect(rig().fileText()).toBe(before);
    release();
    await other;
    expect(await rig().rotation.rotate('test')).toMatchObject({ resealed: 5 });

    const both = await Promise.allSettled([rig().rotation.rotate('test'), rig().rotation.rotate('test')]);
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await rig().opened()).toEqual(NAMES);
    expect((await rig().onDisk()).kids).toHaveLength(1);
  });

  it('leaves an altered row as it is and keeps the key that it names, until the row is gone', async () => {
    const vault = await fill();
    const [before] = (await vault.onDisk()).kids;
    const broken = (await vault.credentials.list()).find(({ label }) => label === 'k3');
    await opened.database.query('UPDATE credentials SET secret_sealed = api_key_sealed WHERE id = $1', [broken?.id]);
    const report = await vault.rotation.rotate('test');
    expect(report).toMatchObject({ resealed: 4, dropped: [], unopened: [broken?.id] });
    expect((await vault.onDisk()).kids).toEqual([report.kid, before]);
    const again = await rig().rotation.rotate('test');
    expect(again).toMatchObject({ isNew: true, resealed: 4, dropped: [report.kid], unopened: [broken?.id] });
    expect(again.kid).not.toBe(report.kid);
    expect((await rig().onDisk()).kids).toEqual([again.kid, before]);
    await opened.database.query('DELETE FROM credentials WHERE id = $1', [broken?.id]);
    expect(await rig().rotation.rotate('test')).toMatchObject({ isNew: false, resealed: 0, dropped: [before] });
    expect(await rig().opened()).toEqual(['k1', 'k2', 'k4', 'k5']);
  });

  it('leaves a variable to its owner, and says when the old key may go', async () => {
    const [older, newer] = ['a', 'b'].map((letter) => Buffer.alloc(32, letter).toString('base64'));
    const using = (masterKey: string): VaultRig => new VaultRig(opened.database, target.dataDir, { masterKey });
    const first = using(older!);
    for (const name of NAMES) await first.add(name);
    await expect(first.rotation.rotate('test')).rejects.toMatchObject({
      code: 'master_lock_settings',
      remedy: expect.stringContaining('NEW,OLD') as unknown as string,
    });
    const both = using(`${newer!},${older!}`);
    const [kid, old] = (await both.masterKeys.ring()).kids;
    expect(await both.rotation.rotate('test')).toMatchObject({ kid, resealed: 5, dropped: [], removable: [old] });
    expect(await using(newer!).opened()).toEqual(NAMES);
    await expect(using(older!).masterKeys.ring()).rejects.toMatchObject({ code: 'wrong_master_key' });
  });
});
