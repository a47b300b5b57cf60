import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StartupError } from '../config/index.js';
import { digestOf, newSecret } from './grant.js';
import { SCOPES } from './scopes.js';
import { TokenService } from './token.service.js';

let dataDir: string;
const tokenFile = (): string => path.join(dataDir, 'admin.token');

beforeEach(() => {
  dataDir = path.join(mkdtempSync(path.join(os.tmpdir(), 'crossbook-token-')), 'data');
});

afterEach(() => {
  rmSync(path.dirname(dataDir), { recursive: true });
});

describe('TokenService', () => {
  it('writes a token for its owner only at the first start, and keeps it at the next', () => {
    const first = TokenService.open(dataDir);
    const token = readFileSync(tokenFile(), 'utf8').trim();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(statSync(tokenFile()).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(['admin.token']);
    expect(first.verify(token)).toEqual({ id: null, name: 'admin', scopes: SCOPES, expiresAtMs: null });
    expect(TokenService.open(dataDir).verify(token)).not.toBeNull();
  });

  it('knows no other token', () => {
    const service = TokenService.open(dataDir);
    const token = readFileSync(tokenFile(), 'utf8').trim();
    for (const wrong of ['', 'x', token.slice(1), `${token}A`, token.toLowerCase()]) {
      expect(service.verify(wrong)).toBeNull();
    }
  });

  it('closes a file that others could read, and says so', () => {
    TokenService.open(dataDir);
    chmodSync(tokenFile(), 0o644);
    expect(TokenService.open(dataDir).wasExposed).toBe(true);
    expect(statSync(tokenFile()).mode & 0o777).toBe(0o600);
    expect(TokenService.open(dataDir).wasExposed).toBe(false);
  });

  it('refuses a file that holds no token, without repeating what it holds', () => {
    TokenService.open(dataDir);
    writeFileSync(tokenFile(), 'hunter2\n');
    expect(() => TokenService.open(dataDir)).toThrow(StartupError);
    expect(() => TokenService.open(dataDir)).toThrow(/delete it/);
    expect(() => TokenService.open(dataDir)).not.toThrow(/hunter2/);
  });

  it('knows what was issued until it is ended or expires, and tells each change', () => {
    let nowMs = 1_000;
    const service = TokenService.open(dataDir, () => nowMs);
    const [lasting, short] = [newSecret(), newSecret()];
    const grant = { name: 'a', scopes: ['feed'] as const, expiresAtMs: null };
    let changes = 0;
    const watch = service.changed$.subscribe({
      next: () => (changes += 1),
      error: (error: unknown) => {
        throw error;
      },
    });
    service.issue(
      new Map([
        [digestOf(lasting.token), { ...grant, id: lasting.id }],
        [digestOf(short.token), { ...grant, id: short.id, expiresAtMs: 2_000 }],
      ]),
    );
    const held = service.verify(short.token)!;
    expect(held).toMatchObject({ id: short.id });
    nowMs = 2_000;
    expect([service.verify(short.token), service.holds(held)]).toEqual([null, false]);
    const other = service.verify(lasting.token)!;
    expect(service.holds(other)).toBe(true);
    expect(service.takeUses()).toEqual(
      new Map([
        [short.id, 1_000],
        [lasting.id, 2_000],
      ]),
    );
    expect(service.takeUses().size).toBe(0);
    service.end(lasting.id);
    watch.unsubscribe();
    expect([service.verify(lasting.token), service.holds(other), changes]).toEqual([null, false, 2]);
  });

  it('names the setting when the directory cannot be made', () => {
    writeFileSync(dataDir, 'a file in its place');
    expect(() => TokenService.open(dataDir)).toThrow(/dataDir.*CROSSBOOK_DATA_DIR|dataDir: cannot read/);
  });
});
