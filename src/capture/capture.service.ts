import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { type DetectionInput } from '../core/input/market-event.js';
import { inputTimeMs } from '../core/input/input-time.js';
import { CaptureError } from '../core/replay/capture.error.js';
import { OpportunityFeed } from '../detection/index.js';
import { keptLevels } from '../exchanges/index.js';
import { Clock } from '../platform/clock/index.js';
import { SETTINGS, type Settings, StartupError } from '../platform/config/index.js';
import { Log } from '../platform/logging/index.js';
import { CaptureFile } from './capture-file.js';
import { captureHeader } from './capture-header.js';

const BYTES_PER_MB = 1_000_000;

/** How a capture ended before its run did. */
export interface CaptureEnding {
  readonly reason: 'failed' | 'full';
  readonly message: string;
}

/**
 * Writes what detection sees to the file of the settings, from its first input on. A capture that fails ends without its
 * last line and with an error in the log; detection goes on.
 */
@Injectable()
export class CaptureService implements OnModuleInit, OnApplicationShutdown {
  /** Resolves when the capture ended before its run; never where it did not. */
  readonly endedEarly: Promise<CaptureEnding>;
  private tellEnding: (ending: CaptureEnding) => void = () => undefined;
  private file: CaptureFile | null = null;
  private running: Subscription | null = null;
  private completing: Promise<void> = Promise.resolve();
  private lastMs = 0;

  constructor(
    private readonly feed: OpportunityFeed,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly log: Log,
  ) {
    this.endedEarly = new Promise((resolve) => {
      this.tellEnding = resolve;
    });
  }

  /** Entries so far. */
  get entries(): number {
    return this.file?.entries ?? 0;
  }

  /** Size of the file so far. */
  get bytes(): number {
    return this.file?.bytes ?? 0;
  }

  /**
   * Begins before anything is told to detection.
   *
   * @throws {StartupError} If the file is there already, or cannot be written.
   */
  onModuleInit(): void {
    const name = this.settings.capture.file.replaceAll('{epoch}', this.feed.epoch);
    if (name === '') return;
    const file = this.open(name);
    this.file = file;
    file.enter('state');
    file.enter('log');
    this.running = this.feed.inputs$.subscribe({
      next: (input) => {
        this.take(file, input);
      },
      complete: () => {
        this.complete(file, this.feed.endedAtMs ?? this.lastMs);
      },
      error: (error: unknown) => {
        this.end({ reason: 'failed', message: String(error) });
      },
    });
    this.log.info('a capture is written', { file: name });
  }

  /** Detection has closed everything by now. */
  async onApplicationShutdown(): Promise<void> {
    if (this.file?.isOpen === true) this.complete(this.file, this.feed.endedAtMs ?? this.lastMs);
    await this.completing;
  }

  private open(name: string): CaptureFile {
    const header = captureHeader({
      createdAtMs: this.clock.nowMs(),
      epoch: this.feed.epoch,
      keptLevels: keptLevels(this.settings.bookDepth),
      detection: this.settings.detection,
      source: 'live',
    });
    try {
      return CaptureFile.create(header, {
        ...{ file: name, mayReplace: false, maxBytes: this.settings.capture.maxMb * BYTES_PER_MB },
        onFailure: ({ message }) => {
          this.end({ reason: 'failed', message });
        },
      });
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      throw new StartupError(`capture.file: ${error.message}; "{epoch}" in the name makes it new at each start`);
    }
  }

  private take(file: CaptureFile, input: DetectionInput): void {
    this.lastMs = Math.max(this.lastMs, inputTimeMs(input));
    file.take(input);
    if (!file.isFull) return;
    const { maxMb } = this.settings.capture;
    this.end({ reason: 'full', message: `the file has ${maxMb} MB, as many as capture.maxMb allows` });
    this.complete(file, this.lastMs);
  }

  private complete(file: CaptureFile, endedAtMs: number): void {
    this.running?.unsubscribe();
    this.completing = file.end(endedAtMs);
  }

  private end({ reason, message }: CaptureEnding): void {
    this.running?.unsubscribe();
    if (reason === 'failed') this.log.error('the capture failed and is not complete; detection goes on', { message });
    else this.log.warn('the capture is full and complete; detection goes on', { message });
    this.tellEnding({ reason, message });
  }
}
