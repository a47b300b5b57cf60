import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isDataDirectoryHeld, takeDataDirectory } from './data-directory.js';
import { isProcessGone, processMark } from './process-mark.js';

const OWN = processMark(process.pid) ?? '';

describe('takeDataDirectory', () => {
  let parent: string;
  let dataDir: string;
  let lock: string;

  beforeEach(() => {
    parent = mkdtempSync(path.join(tmpdir(), 'crossbook-test-'));
    dataDir = path.join(parent, 'new', 'data');
    lock = path.join(dataDir, 'crossbook.lock');
  });

  afterEach(() => {
    rmSync(parent, { recursive: true });
  });

  it('creates the directory for its owner alone, and gives it back', () => {
    const giveBack = takeDataDirectory(dataDir);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(readFileSync(lock, 'utf8')).toBe(`${process.pid}\n${OWN}\n`);
    giveBack();
    expect(() => statSync(lock)).toThrow('ENOENT');
    takeDataDirectory(dataDir)();
  });

  it('tells whether a directory is held', () => {
    expect(isDataDirectoryHeld(dataDir)).toBe(false);
    const giveBack = takeDataDirectory(dataDir);
    expect(isDataDirectoryHeld(dataDir)).toBe(true);
    giveBack();
    expect(isDataDirectoryHeld(dataDir)).toBe(false);
    writeFileSync(lock, 'half a li');
    expect(isDataDirectoryHeld(dataDir)).toBe(false);
  });

  it('refuses a directory that a living process holds, and leaves its lock alone', () => {
    const giveBack = takeDataDirectory(dataDir);
    expect(() => takeDataDirectory(dataDir)).toThrow(`is in use by process ${process.pid}; stop it`);
    expect(readFileSync(lock, 'utf8')).toContain(OWN);
    giveBack();
  });

  it('takes over from a process that has ended, also when its number was given away again', async () => {
    takeDataDirectory(dataDir)();
    const ended = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(ended, 'exit');
    const stale = [
      `${ended.pid ?? 0}\n${OWN.replace(/\d+\/\d+$/, `${ended.pid ?? 0}/5`)}\n`,
      `${process.pid}\n${OWN}9\n`,
    ];
    for (const text of [...stale, 'half a li', '']) {
      writeFileSync(lock, text);
      takeDataDirectory(dataDir)();
    }
  });

  it('believes a holder that it cannot see for as long as it shows signs of life', () => {
    takeDataDirectory(dataDir)();
    writeFileSync(lock, '7\nanother-boot/pid:[1]/7/1\n');
    expect(() => takeDataDirectory(dataDir)).toThrow('in use by process 7 of another container or machine');
    const longAgo = new Date(Date.now() - 11_000);
    utimesSync(lock, longAgo, longAgo);
    takeDataDirectory(dataDir)();
  });
});

describe('processMark', () => {
  it('is the same for as long as a process lives, and proves its end', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    const mark = processMark(pid) ?? '';
    expect(mark).not.toBe('');
    expect(processMark(pid)).toBe(mark);
    expect(isProcessGone(mark, pid)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(processMark(pid)).toBeNull();
    expect(isProcessGone(mark, pid)).toBe(true);
  });

  it('proves nothing about another machine', () => {
    expect(isProcessGone('another-boot/pid:[1]/7/1', 7)).toBe(false);
  });
});
