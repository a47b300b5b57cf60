import { createWriteStream, openSync, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { constants, createGzip, type Gzip } from 'node:zlib';
import type { DetectionInput } from '../core/input/market-event.js';
import type { CaptureEnd, CaptureHeader, CaptureSection } from '../core/replay/capture-format.js';
import { CaptureError } from '../core/replay/capture.error.js';

/** Characters that are packed at once: a call of the packer costs more than a line. */
const BATCH_CHARACTERS = 65_536;
/** How often all that was taken is sent to the file, so that a killed process loses no more, milliseconds. */
const FLUSH_EVERY_MS = 500;
/** What may wait for the disk: beyond it entries would be lost or memory be filled, so the capture ends with an error. */
const MAX_WAITING_BYTES = 67_108_864;
const LEVEL = 5;

/** Where and how a capture is written. */
export interface CaptureFileOptions {
  readonly file: string;
  /** Write over a file that is there. */
  readonly mayReplace: boolean;
  /** The capture ends, whole, once its file has so many bytes. */
  readonly maxBytes: number;
  /** Told once when the file could not be written or the disk was too slow; nothing is taken any more. */
  readonly onFailure: (error: CaptureError) => void;
}

/**
 * Writes a capture: packed with gzip, sent to the file twice a second. `take` never waits; what waits for the disk is
 * bounded by 64 MiB, beyond which the capture fails rather than lose entries.
 */
export class CaptureFile {
  private readonly packer: Gzip;
  private readonly disk: WriteStream;
  private readonly timer: NodeJS.Timeout;
  private readonly written: Promise<void>;
  private batch = '';
  private counted = 0;
  private unflushed = false;
  private state: 'open' | 'ended' | 'failed' = 'open';

  private constructor(
    descriptor: number,
    private readonly options: CaptureFileOptions,
  ) {
    this.packer = createGzip({ level: LEVEL });
    this.disk = createWriteStream(options.file, { fd: descriptor });
    this.packer.on('error', (error) => {
      this.fail(error.message);
    });
    this.disk.on('error', (error) => {
      this.fail(error.message);
    });
    this.written = finished(this.disk).catch(() => undefined);
    this.packer.pipe(this.disk);
    this.timer = setInterval(() => {
      this.flush();
    }, FLUSH_EVERY_MS);
  }

  /**
   * Makes the file, readable by its owner only since balances may stand in it, and writes the header.
   *
   * @throws {CaptureError} If it is there already and may not be replaced, or cannot be written.
   */
  static create(header: CaptureHeader, options: CaptureFileOptions): CaptureFile {
    const file = new CaptureFile(openForWriting(options), options);
    file.write(header);
    return file;
  }

  /** Entries taken so far. */
  get entries(): number {
    return this.counted;
  }

  /** Size of the file so far. */
  get bytes(): number {
    return this.disk.bytesWritten;
  }

  /** Whether it takes entries. */
  get isOpen(): boolean {
    return this.state === 'open';
  }

  /** Whether the file has all the bytes that it may have. */
  get isFull(): boolean {
    return this.disk.bytesWritten >= this.options.maxBytes;
  }

  /** Begins a section. */
  enter(section: CaptureSection): void {
    this.write({ section });
  }

  /** Takes the next entry. */
  take(input: DetectionInput): void {
    if (this.state !== 'open') return;
    this.counted += 1;
    this.write(input);
    if (this.waiting > MAX_WAITING_BYTES) {
      this.fail(`the disk is behind by ${MAX_WAITING_BYTES} bytes; write to a faster one, or watch fewer symbols`);
    }
  }

  /** Bytes that the disk does not have yet. */
  get waiting(): number {
    return this.batch.length + this.packer.writableLength + this.disk.writableLength;
  }

  /** Resolves once the disk has most of what was taken: for a writer that is faster than any disk. */
  async drained(): Promise<void> {
    this.pack();
    if (this.state !== 'open' || !this.packer.writableNeedDrain) return;
    const { packer } = this;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        packer.off('drain', done).off('close', done);
        resolve();
      };
      packer.on('drain', done).on('close', done);
    });
  }

  /** Completes the file; after a failure it stays as it is, without its end. */
  async end(endedAtMs: number): Promise<void> {
    if (this.state === 'open') {
      const end: CaptureEnd = { end: true, entries: this.counted, endedAtMs };
      this.write(end);
      this.pack();
      this.state = 'ended';
      clearInterval(this.timer);
      this.packer.end();
    }
    await this.written;
  }

  /** Gives up: the file stays without its end. */
  async abandon(): Promise<void> {
    this.close();
    await this.written;
  }

  private write(line: object): void {
    this.batch += `${JSON.stringify(line)}\n`;
    if (this.batch.length >= BATCH_CHARACTERS) this.pack();
  }

  private pack(): void {
    if (this.batch === '' || this.state === 'failed') return;
    this.packer.write(this.batch);
    this.batch = '';
    this.unflushed = true;
  }

  private flush(): void {
    this.pack();
    if (!this.unflushed || this.state !== 'open') return;
    this.unflushed = false;
    this.packer.flush(constants.Z_SYNC_FLUSH);
  }

  private close(): void {
    this.state = 'failed';
    clearInterval(this.timer);
    this.batch = '';
    this.packer.destroy();
    this.disk.destroy();
  }

  private fail(why: string): void {
    if (this.state === 'failed') return;
    this.close();
    this.options.onFailure(new CaptureError(`${this.options.file}: ${why}`));
  }
}

function openForWriting({ file, mayReplace }: CaptureFileOptions): number {
  try {
    return openSync(file, mayReplace ? 'w' : 'wx', 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new CaptureError(`${file} exists already; name another file, or remove it first`);
    throw new CaptureError(`${file} cannot be written: ${message}`, { cause: error });
  }
}
