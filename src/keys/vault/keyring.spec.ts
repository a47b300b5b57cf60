import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Keyring } from './keyring.js';
import { MasterKey } from './master-key.js';
import { VaultError } from './vault.errors.js';

const text = (): string => randomBytes(32).toString('base64');
const parse = (given: string): Keyring => Keyring.parse(given, 'the place', 'the remedy');
const kidOf = (base64: string): string => new MasterKey(Buffer.from(base64, 'base64')).kid;

describe('Keyring', () => {
  it('reads keys from lines or between commas, the current one first, with their times', () => {
    const [first, second, third] = [text(), text(), text()];
    const lines = parse(`${first} 2026-11-22T20:00:00Z\r\n\n${second}\n`);
    expect(lines.kids).toEqual([kidOf(first), kidOf(second)]);
    expect(lines.keys.map(({ createdAtMs }) => createdAtMs)).toEqual([Date.UTC(2026, 10, 22, 20), null]);
    expect(parse(` ${first}, ${second},${third} `).kids).toEqual([first, second, third].map(kidOf));
    expect(parse(first).older).toEqual([]);
  });

  it('is read again from what it writes', () => {
    const ring = Keyring.of(MasterKey.make(1_795_000_000_999), [new MasterKey(randomBytes(32))]);
    const again = parse(ring.reveal());
    expect(again.kids).toEqual(ring.kids);
    expect(again.keys.map(({ createdAtMs }) => createdAtMs)).toEqual([1_795_000_000_000, null]);
  });

  it.each<[string, (key: string) => string, string]>([
    ['nothing', () => ' \n,', 'it holds nothing'],
    ['a short second key', (key) => `${key}\n${key.slice(0, 20)}`, 'the place, entry 2, must hold 32 bytes'],
    ['the same key twice', (key) => `${key},${key}`, 'the same key twice'],
    ['a time that is none', (key) => `${key} yesterday`, 'no time'],
    ['a time of no zone', (key) => `${key} 2026-11-22T20:00:00`, 'no time'],
    ['a day that is none', (key) => `${key} 2026-13-45T20:00:00Z`, 'no time'],
    ['more behind the time', (key) => `${key} 2026-11-22T20:00:00Z x`, 'it holds something else'],
  ])('refuses %s without repeating it', (_name, given, said) => {
    const key = text();
    let fault: unknown;
    try {
      parse(given(key));
    } catch (error) {
      fault = error;
    }
    expect(fault).toBeInstanceOf(VaultError);
    expect(fault).toMatchObject({ code: 'master_key_malformed' });
    expect((fault as Error).message).toContain(said);
    expect((fault as Error).message).not.toContain(key.slice(0, 12));
  });

  it('puts a new key in front of all others, and keeps those that are needed', () => {
    const ring = parse(`${text()},${text()}`);
    const [before = '', oldest = ''] = ring.kids;
    const next = ring.behind(MasterKey.make(0));
    expect(next.older.map(({ kid }) => kid)).toEqual([before, oldest]);
    expect(next.keeping(new Set([oldest])).kids).toEqual([next.current.kid, oldest]);
    expect(next.keeping(new Set()).kids).toEqual([next.current.kid]);
    expect(() => ring.behind(ring.current)).toThrow(RangeError);
  });

  it('prints nothing of its keys', () => {
    const key = text();
    const ring = parse(key);
    const shown = [inspect(ring, { depth: 9, showHidden: true }), JSON.stringify({ ring })].join();
    expect(shown).not.toContain(key);
    expect(shown).toContain('[redacted]');
  });
});
