import { createReadStream, type ReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { constants, createGunzip } from 'node:zlib';
import { CaptureError } from '../core/replay/capture.error.js';

const CHUNK_BYTES = 262_144;
/** A longer line is taken for a file of another kind: a snapshot of 5,000 levels a side has some 400,000. */
const MAX_LINE_CHARACTERS = 16_777_216;

/** How a file is read. */
export interface LineOptions {
  /** Whether the file may end anywhere, as one does whose writer was killed: what is left of a line is then dropped. */
  readonly mayBeCut: boolean;
  /** Told after each part how much of the file was read, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/**
 * Reads a text file, packed with gzip or not, as lines without their breaks, in batches: what one part of the file
 * holds. Never more than a part and a line are in memory.
 *
 * @throws {CaptureError} If it cannot be opened or unpacked, or a line is longer than 16 Mi characters.
 */
export async function* readLines(file: string, options: LineOptions): AsyncGenerator<readonly string[]> {
  const raw = await openFile(file);
  const bytes = await stat(file).then(({ size }) => size);
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const part of unpacked(raw, options.mayBeCut, await isPacked(file))) {
      const lines = (rest + decoder.decode(part as Buffer, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE_CHARACTERS) throw new CaptureError(`${file}: a line is too long for a text file`);
      options.onProgress?.(bytes === 0 ? 1 : raw.bytesRead / bytes);
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    if (error instanceof CaptureError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'Z_BUF_ERROR' ? 'it was cut off; get a whole copy of it' : message;
    throw new CaptureError(`${file} cannot be read: ${why}`, { cause: error });
  } finally {
    raw.destroy();
  }
  rest += decoder.decode();
  if (rest !== '' && !options.mayBeCut) yield [rest];
}

async function openFile(file: string): Promise<ReadStream> {
  const raw = createReadStream(file, { highWaterMark: CHUNK_BYTES });
  try {
    await new Promise((resolve, reject) => raw.once('open', resolve).once('error', reject));
  } catch (error) {
    throw new CaptureError(`${file} cannot be opened: ${(error as Error).message}`, { cause: error });
  }
  return raw;
}

async function isPacked(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

function unpacked(raw: ReadStream, mayBeCut: boolean, isGzip: boolean): AsyncIterable<unknown> {
  if (!isGzip) return raw;
  const finishFlush = mayBeCut ? constants.Z_SYNC_FLUSH : constants.Z_FINISH;
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES, finishFlush });
  raw.on('error', (error) => gunzip.destroy(error));
  return raw.pipe(gunzip);
}
