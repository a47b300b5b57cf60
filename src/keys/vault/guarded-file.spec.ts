import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { env } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readGuarded } from './guarded-file.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'crossbook-guarded-'));
});

afterEach(() => {
  delete env['CREDENTIALS_DIRECTORY'];
  rmSync(directory, { recursive: true });
});

function reading(mode: number): Promise<string> {
  const file = path.join(directory, 'master.key');
  writeFileSync(file, 'secret');
  chmodSync(file, mode);
  return readGuarded({ file, unreadable: 'master_key_unreadable', whenMissing: 'make it' });
}

describe('readGuarded', () => {
  it('reads what its owner alone may read', async () => {
    expect(await reading(0o600)).toBe('secret');
    expect(await reading(0o400)).toBe('secret');
  });

  it.each([0o640, 0o604, 0o660])('refuses mode %o', async (mode) => {
    await expect(reading(mode)).rejects.toMatchObject({ code: 'master_key_exposed' });
  });

  it('takes a credential of systemd, whose access list shows as bits of the group, and still none that all may read', async () => {
    env['CREDENTIALS_DIRECTORY'] = directory;
    expect(await reading(0o440)).toBe('secret');
    await expect(reading(0o444)).rejects.toMatchObject({ code: 'master_key_exposed' });
  });

  it('trusts no file beside that directory', async () => {
    env['CREDENTIALS_DIRECTORY'] = path.join(directory, 'other');
    await expect(reading(0o440)).rejects.toMatchObject({ code: 'master_key_exposed' });
  });
});
