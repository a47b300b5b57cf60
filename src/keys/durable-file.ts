import { randomUUID } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { chown, link, mkdir, open, realpath, rename, rm, stat, unlink } from 'node:fs/promises';
import path from 'node:path';

/** Only its owner reads a file that holds a secret. */
const OWNER_ONLY = 0o600;

/**
 * Writes a whole file that appears at once or not at all.
 *
 * @returns False when another process was first; its file stays.
 */
export async function writeOnce(file: string, text: string): Promise<boolean> {
  await mkdir(path.dirname(file), { recursive: true });
  const part = `${file}.${randomUUID()}`;
  await writeSynced(part, text);
  try {
    await link(part, file);
    await syncDirectory(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(part);
  }
}

/**
 * Puts a text in the place of a file: at every moment, power cuts among them, the old one or the new one is there, whole.
 * Mode 0600 and the owner of the file stay; a symbolic link goes on leading to it.
 */
export async function replaceDurably(file: string, text: string): Promise<void> {
  const target = await realpath(file);
  // One name: what a killed process left there is written over, and never adds up.
  const next = `${target}.next`;
  await rm(next, { force: true });
  await writeSynced(next, text);
  const { uid, gid } = await stat(target);
  const own = await stat(next);
  // Replaced by root, the file must still be the one of the service's user.
  if (own.uid !== uid || own.gid !== gid) await chown(next, uid, gid);
  await rename(next, target);
  await syncDirectory(target);
}

/**
 * Writes a file whole, whether there is one or not, and makes it last through a power cut. Written by root, the file keeps
 * its owner, and a new one gets the owner of its directory: the service's user must still read and replace it. Mode 0600.
 */
export async function writeDurably(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const target = existsSync(file) ? await realpath(file) : file;
  const part = `${target}.${randomUUID()}`;
  try {
    await writeSynced(part, text);
    if (isRoot()) {
      const { uid, gid } = await stat(existsSync(target) ? target : path.dirname(target));
      await chown(part, uid, gid);
    }
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  await syncDirectory(target);
}

/** The same as {@link writeDurably}, for what must be on the disk before anything else goes on. */
export function writeDurablySync(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const target = existsSync(file) ? realpathSync(file) : file;
  const part = `${target}.${randomUUID()}`;
  try {
    writeFileSync(part, text, { flag: 'wx', mode: OWNER_ONLY, flush: true });
    if (isRoot()) {
      const { uid, gid } = statSync(existsSync(target) ? target : path.dirname(target));
      chownSync(part, uid, gid);
    }
    renameSync(part, target);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  syncDirectorySync(target);
}

function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', OWNER_ONLY);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a rename last through a power cut; Windows neither needs nor allows it. */
async function syncDirectory(file: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path.dirname(file), 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function syncDirectorySync(file: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(path.dirname(file), 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
