import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import type { Response } from 'express';
import { ProblemError } from '../http/index.js';
import { CONTENT_TYPE, type ExportFormat } from './export-format.js';
import { exportParts, type ExportTable } from './export-parts.js';

/** Exports at once, over all lists: each keeps a connection to the database busy while it reads a page. */
const MAX_EXPORTS = 4;
/** A client that takes nothing for so long has left without saying so. */
const STALLED_MS = 60_000;
const RETRY_AFTER_S = 5;

/** What is to be exported, opened when there is room; the signal ends what runs in the database. */
export type OpenTable<T> = (signal: AbortSignal) => Promise<ExportTable<T>> | ExportTable<T>;

/**
 * Lets a bounded number of exports through at a time and ends them with their clients.
 *
 * The first page is read before the answer begins, so that most faults are told as problem documents. After that a cut
 * connection is the only way to tell that an answer is not whole.
 */
export class ExportGate {
  private running = 0;

  /** @param max - Most exports at once. */
  constructor(private readonly max: number = MAX_EXPORTS) {}

  /** How many run now. */
  get count(): number {
    return this.running;
  }

  /**
   * Begins to answer with a table.
   *
   * @param response - To whom.
   * @param name - Of the file, without what the format adds.
   * @param format - How.
   * @param open - Opens the table.
   * @returns The answer, for the framework to send.
   * @throws {ProblemError} 503 `exports_busy` while too many run; whatever reading the first page throws.
   */
  async send<T>(response: Response, name: string, format: ExportFormat, open: OpenTable<T>): Promise<StreamableFile> {
    if (this.running >= this.max) {
      response.setHeader('Retry-After', RETRY_AFTER_S);
      const detail = `${this.max} exports run already; ask again when one of them is done`;
      throw new ProblemError(503, 'exports_busy', detail);
    }
    this.running += 1;
    const leaving = new AbortController();
    const leave = (): void => {
      leaving.abort();
    };
    response.once('close', leave);
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      this.running -= 1;
      response.off('close', leave);
    };
    try {
      const table = await open(leaving.signal);
      const pages = await begun(table.pages);
      const parts = watched(exportParts({ ...table, pages }, format), response);
      // Destroyed before its first read, a generator never reaches its own end: so the stream is asked, not the generator.
      const stream = Readable.from(parts, { objectMode: false, highWaterMark: 65_536 }).once('close', end);
      response.setHeader('X-Content-Type-Options', 'nosniff');
      const file = new StreamableFile(stream, {
        type: CONTENT_TYPE[format],
        disposition: `attachment; filename="${name}.${format}"`,
      });
      return file.setErrorHandler(() => response.destroy()).setErrorLogger(() => undefined);
    } catch (error) {
      end();
      throw error;
    }
  }
}

/** Reads the first page now, and gives it out with all others. */
async function begun<T>(pages: AsyncIterable<readonly T[]>): Promise<AsyncIterable<readonly T[]>> {
  const iterator = pages[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* () {
    try {
      for (let next = first; next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
}

/** Cuts off a client that takes nothing any more. */
async function* watched(parts: AsyncIterable<string | Buffer>, response: Response): AsyncGenerator<string | Buffer> {
  let timer: NodeJS.Timeout | undefined;
  try {
    for await (const part of parts) {
      timer = setTimeout(() => response.destroy(), STALLED_MS).unref();
      yield part;
      clearTimeout(timer);
    }
  } finally {
    clearTimeout(timer);
  }
}
