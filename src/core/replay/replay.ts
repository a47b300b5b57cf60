import { Detector } from '../detector/detector.js';
import type { DetectorSettings } from '../detector/detector-settings.js';
import type { DetectorSink } from '../detector/detector-sink.js';
import { inputTimeMs } from '../input/input-time.js';
import { type DetectionInput, NOT_WATCHED } from '../input/market-event.js';
import { BookRegistry, type BookReader } from '../order-book/book-registry.js';
import { CaptureError } from './capture.error.js';

/**
 * Runs a detector on the entries of an input log, with books of its own that it keeps as their owner did: an update is
 * applied before detection is told of it, and a book that is not live any more is empty by then.
 *
 * Equal settings and entries give equal calls of the sink: nothing else is asked.
 */
export class Replay {
  readonly detector: Detector;
  private readonly registry: BookRegistry;
  private lastMs = 0;
  private counted = 0;
  private updateCount = 0;

  /**
   * @param settings - What rules the decisions.
   * @param keptLevels - The most levels that each side of a book keeps.
   * @param sink - Takes what is decided.
   */
  constructor(settings: DetectorSettings, keptLevels: number, sink: DetectorSink) {
    this.registry = new BookRegistry(keptLevels);
    this.detector = new Detector(settings, this.registry, sink);
  }

  /** @returns The books as of the last entry. */
  get books(): BookReader {
    return this.registry;
  }

  /** @returns Entries taken so far. */
  get entries(): number {
    return this.counted;
  }

  /** @returns Book updates among them. */
  get updates(): number {
    return this.updateCount;
  }

  /**
   * Takes the next entry.
   *
   * @param input - The entry.
   * @throws {CaptureError} If a book cannot take its update.
   */
  take(input: DetectionInput): void {
    this.counted += 1;
    this.lastMs = Math.max(this.lastMs, inputTimeMs(input));
    if (input.type === 'book') this.apply(input);
    else if (input.type === 'bookState' && input.state !== 'live') this.registry.open(input.instrument).discard();
    this.detector.accept(input);
    if (input.type === 'bookState' && input.reason === NOT_WATCHED) this.registry.close(input.instrument);
  }

  /**
   * Closes what is open, as the end of the run that was captured did.
   *
   * @param endedAtMs - When that was; null where it is not known: the time of the last entry.
   */
  end(endedAtMs: number | null): void {
    this.detector.shutdown(endedAtMs ?? this.lastMs);
  }

  private apply({ update }: Extract<DetectionInput, { type: 'book' }>): void {
    this.updateCount += 1;
    try {
      this.registry.open(update.instrument).apply(update);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const { exchange, symbol } = update.instrument;
      throw new CaptureError(`entry ${this.counted}, ${exchange} ${symbol}: ${error.message}`, { cause: error });
    }
  }
}
