import { createReadStream, createWriteStream, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** So much text is handed over at once; what arrived meanwhile is let in between. */
const CHUNK_CHARS = 65_536;
/** `<number>-<oldest change, epoch ms>-<rows>.ndjson`: all that is known of a segment without reading it. */
const NAME = /^(\d{10})-(\d+)-(\d+)\.ndjson$/;
const UNFINISHED = '.part';
const BROKEN = '.broken';

interface Segment {
  readonly file: string;
  readonly number: number;
  readonly sinceMs: number;
  readonly rows: number;
  readonly bytes: number;
}

/** Raised where the disk holds as much as it may. */
export class SpillFullError extends Error {
  override readonly name = 'SpillFullError';
}

/**
 * Rows that wait on disk for the database, oldest first: what memory has no room for, and what was left when the service ended
 * without its database. A segment is there whole or not at all, also after the machine lost its power.
 */
export class Spill<T> {
  private readonly segments: Segment[];
  private next: number;

  /**
   * Finds what an earlier run left; writes nothing.
   *
   * @param directory - Of these rows alone; made when it is needed.
   * @param maxBytes - Most that may lie there.
   */
  constructor(
    private readonly directory: string,
    private readonly maxBytes: number,
  ) {
    this.segments = found(directory);
    this.next = (this.segments.at(-1)?.number ?? 0) + 1;
  }

  /** Rows that wait. */
  get rows(): number {
    return this.segments.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** When the oldest change among them came, epoch ms; null when none waits. */
  get oldestMs(): number | null {
    return this.segments.length === 0 ? null : Math.min(...this.segments.map(({ sinceMs }) => sinceMs));
  }

  /**
   * Writes rows behind those that wait already. One call at a time.
   *
   * @param rows - In their order.
   * @param oldestMs - When the oldest change in them came, epoch ms.
   * @throws {SpillFullError} If more may not lie there; nothing was written.
   * @throws {Error} If the disk does not take them; nothing was written.
   */
  async write(rows: readonly T[], oldestMs: number): Promise<void> {
    const sinceMs = Math.floor(oldestMs);
    const bytes = this.segments.reduce((sum, segment) => sum + segment.bytes, 0);
    if (bytes >= this.maxBytes) throw new SpillFullError(`${bytes} bytes lie in ${this.directory}, no more may`);
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    const number = this.next++;
    const name = `${String(number).padStart(10, '0')}-${sinceMs}-${rows.length}.ndjson`;
    const file = path.join(this.directory, name);
    const unfinished = file + UNFINISHED;
    try {
      await pipeline(Readable.from(lines(rows)), createWriteStream(unfinished, { mode: 0o600, flush: true }));
      await rename(unfinished, file);
      await synchronise(this.directory);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    this.segments.push({ file, number, sinceMs, rows: rows.length, bytes: statSync(file).size });
  }

  /**
   * Hands over the oldest segment in batches, and deletes it when all of it was taken. What was handed over before a failure is
   * handed over again.
   *
   * @param batchRows - Rows at a time.
   * @param take - Takes a batch.
   * @returns False where nothing waits.
   * @throws {BrokenSegmentError} If it can't be read as rows: it is put aside, and what it held is lost.
   */
  async drainOldest(batchRows: number, take: (batch: readonly T[]) => Promise<void>): Promise<boolean> {
    const [segment] = this.segments;
    if (!segment) return false;
    let batch: T[] = [];
    const input = createReadStream(segment.file);
    try {
      for await (const line of createInterface({ input, crlfDelay: Infinity })) {
        batch.push(await this.parsed(line, segment));
        if (batch.length < batchRows) continue;
        await take(batch);
        batch = [];
      }
    } finally {
      input.destroy();
    }
    if (batch.length > 0) await take(batch);
    this.segments.shift();
    await rm(segment.file);
    return true;
  }

  private async parsed(line: string, segment: Segment): Promise<T> {
    try {
      return JSON.parse(line) as T;
    } catch (cause) {
      this.segments.shift();
      await rename(segment.file, segment.file + BROKEN);
      throw new BrokenSegmentError(segment.file + BROKEN, segment.rows, cause);
    }
  }
}

/** Raised where a segment holds something else than rows. */
export class BrokenSegmentError extends Error {
  override readonly name = 'BrokenSegmentError';

  constructor(
    readonly file: string,
    readonly rows: number,
    cause: unknown,
  ) {
    super(`${file} is no list of rows`, { cause });
  }
}

function* lines(rows: readonly unknown[]): Generator<string> {
  let chunk = '';
  for (const row of rows) {
    chunk += `${JSON.stringify(row)}\n`;
    if (chunk.length < CHUNK_CHARS) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

function found(directory: string): Segment[] {
  const segments: Segment[] = [];
  for (const name of namesIn(directory)) {
    const file = path.join(directory, name);
    if (name.endsWith(UNFINISHED)) rmSync(file);
    const [, number, sinceMs, rows] = NAME.exec(name) ?? [];
    if (number === undefined) continue;
    segments.push({
      ...{ file, number: Number(number), sinceMs: Number(sinceMs), rows: Number(rows) },
      bytes: statSync(file).size,
    });
  }
  return segments.sort((a, b) => a.number - b.number);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Makes a new name last: POSIX promises that only once its folder was synchronised too. */
async function synchronise(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
