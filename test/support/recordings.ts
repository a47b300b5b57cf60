import { describe } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { env } from 'node:process';
import { gunzipSync } from 'node:zlib';

const folder = env['CROSSBOOK_RECORDINGS'];

/**
 * Declares tests that replay recordings of real markets; skipped, and said so, where `CROSSBOOK_RECORDINGS` names no
 * folder. A folder that is named and missing is a failure, not a skip.
 */
export function describeRecorded(name: string, tests: () => void): void {
  if (folder === undefined || folder === '') {
    describe.skip(`${name} (set CROSSBOOK_RECORDINGS to the folder of recordings to run it)`, tests);
    return;
  }
  if (!existsSync(folder)) throw new Error(`CROSSBOOK_RECORDINGS names ${folder}, which does not exist`);
  describe(name, tests);
}

/** Path of a recording, for what reads files by itself. */
export function recordingFile(file: string): string {
  return path.join(folder ?? '', file);
}

/** Reads a recording as text, unpacked when it is packed. */
export function readRecording(file: string): string {
  const bytes = readFileSync(recordingFile(file));
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}
