import { closeSync, existsSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { createUser, fromSeed, type KeyPair } from '@nats-io/nkeys';
import type { ClusterRole } from '../platform/config/index.js';
import { readPrivateFile } from '../platform/nats/index.js';
import { CliError } from './cli.errors.js';

/** The seed of a role: the file that holds it, the public key that belongs to it. */
export interface Seed {
  readonly file: string;
  readonly publicKey: string;
  readonly isNew: boolean;
}

/**
 * Takes the seed of a role that is there, or makes one.
 *
 * @param directory - Where seeds are.
 * @param role - Whose.
 * @param isRotated - Makes a new one in place of one that is there.
 * @throws {CliError | StartupError} If what is there is no seed, or others can read it: it is never written over by itself.
 */
export function seedOf(directory: string, role: ClusterRole, isRotated: boolean): Seed {
  const file = path.join(directory, `${role}.seed`);
  if (isRotated || !existsSync(file)) {
    const pair = createUser();
    writePrivately(file, `${new TextDecoder().decode(pair.getSeed())}\n`);
    return { file, publicKey: pair.getPublicKey(), isNew: true };
  }
  const text = readPrivateFile('the seed', file).trim();
  let pair: KeyPair;
  try {
    pair = fromSeed(new TextEncoder().encode(text));
  } catch {
    throw new CliError(`${file} holds no nkey seed; "--rotate ${role}" makes a new one in its place`);
  }
  const publicKey = pair.getPublicKey();
  if (!publicKey.startsWith('U')) {
    throw new CliError(`${file} is not the seed of a user; "--rotate ${role}" makes a new one in its place`);
  }
  return { file, publicKey, isNew: false };
}

/** Written beside and moved: there is never half a seed, and never one that others can read. */
function writePrivately(file: string, text: string): void {
  const draft = `${file}.${process.pid}.new`;
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, file);
}
