import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Capabilities } from '../../src/exchanges/index.js';
import { buildCommandLine, commandLine, type Ended } from '../support/command-line.js';

describe('npm run exchanges', () => {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'crossbook-exchanges-'));
  const run = (...args: string[]): Promise<Ended> => commandLine(['exchanges', ...args], { cwd });
  beforeAll(() => {
    buildCommandLine();
  });
  afterAll(() => {
    rmSync(cwd, { recursive: true });
  });

  it('prints a table of those that stream books, without settings or data', async () => {
    const { code, stdout, stderr } = await run();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^EXCHANGE +BOOKS +FEES/);
    expect(stdout).toMatch(/^kraken +● +market +● +– +– +– +● +○$/m);
    expect(stdout).not.toMatch(/^bitso /m);
  }, 60_000);

  it('prints JSON, of all or of some', async () => {
    const all = JSON.parse((await run('--json', '--all')).stdout) as { data: Capabilities[] };
    expect(all.data.find(({ id }) => id === 'bitso')?.books).toBe('absent');
    const some = JSON.parse((await run('--json', 'okx', 'bitso')).stdout) as { data: Capabilities[] };
    expect(some.data.map(({ id, books }) => [id, books])).toEqual([
      ['bitso', 'absent'],
      ['okx', 'verified'],
    ]);
  }, 60_000);

  it('names an unknown exchange with what was probably meant, and explains itself', async () => {
    const unknown = await run('okx', 'krakn');
    expect([unknown.code, unknown.stdout]).toEqual([2, '']);
    expect(unknown.stderr).toContain('no exchange is called "krakn" (did you mean "kraken"?); use ccxt ids');
    const help = await run('--help');
    expect([help.code, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toContain('--all');
  }, 60_000);
});
