import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { buildCommandLine, commandLine, type Ended } from '../support/command-line.js';
import { databaseByUrl, embeddedDatabase, type TestDatabase } from '../support/databases.js';
import { type KeysService, plantedKey, startKeysService } from '../support/keys-service.js';

const PASSPHRASE = 'correct horse battery';
let database: TestDatabase;
let service: KeysService | null = null;

beforeAll(async () => {
  buildCommandLine();
  database = (await databaseByUrl()) ?? embeddedDatabase();
}, 120_000);
afterAll(() => database.remove());
afterEach(async () => {
  await service?.stop();
  service = null;
});

function master(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const { dataDir, databaseUrl } = database;
  return commandLine(['keys', 'master', ...args], {
    cwd: dataDir,
    env: {
      CROSSBOOK_DATA_DIR: dataDir,
      CROSSBOOK_PORT: String(service?.port ?? 1),
      ...(databaseUrl === undefined ? {} : { CROSSBOOK_DATABASE_URL: databaseUrl }),
      ...env,
    },
  });
}

describe('keys master', () => {
  it('shows and rotates through the running service, then locks and unlocks the file without one', async () => {
    service = await startKeysService(database);
    const given = plantedKey();
    await service.add(given);
    const status = await master(['status']);
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(status.stdout).toMatch(
      /master\.key, not locked\n {2}[0-9a-f]{16} {2}current {2}1 keys sealed {2}0 days old\n/,
    );
    const rotated = await master(['rotate']);
    expect(rotated.code).toBe(0);
    expect(rotated.stdout).toMatch(/^1 keys were sealed anew; the new master key is [0-9a-f]{16}\ndropped/);
    expect(await master(['lock'], { CROSSBOOK_MASTER_PASSPHRASE: PASSPHRASE })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('stop it first') as unknown as string,
    });
    await service.stop();
    service = null;

    const env = { CROSSBOOK_MASTER_PASSPHRASE: PASSPHRASE };
    expect(await master(['status'], env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('keys master lock') as unknown as string,
    });
    expect(await master(['lock'], env)).toMatchObject({ code: 0, stdout: expect.stringContaining('is locked now') });
    const locked = readFileSync(path.join(database.dataDir, 'master.key'), 'utf8');
    expect(locked).toMatch(/^crossbook-keyring v1 passphrase/);
    const offline = await master(['rotate', '--json'], env);
    expect(JSON.parse(offline.stdout)).toMatchObject({ isNew: true, resealed: 1 });
    expect(offline.stderr).toContain('sealed 1 of 1 anew');
    expect(JSON.parse((await master(['status', '--json'], env)).stdout)).toMatchObject({
      ...{ lock: 'passphrase', isRotating: false, keys: [{ rows: 1, isCurrent: true }] },
    });
    expect((await master(['unlock'], env)).stdout).toContain('is not locked any more');

    service = await startKeysService(database);
    expect((await service.credentials.credential('binance', 'fees'))?.secret?.reveal()).toBe(given['secret']);
    await service.clear();
  }, 300_000);
});
