import { Injectable } from '@nestjs/common';
import { CANDLE_WIDTHS, type CandleWidth, candleStart, WIDTH_MS } from './candle-widths.js';
import { RollupRepository } from './rollup.repository.js';

/** Candles of a width that one statement makes per route, so that none runs for long after a pause. */
const CANDLES_PER_STATEMENT = 60;
/** How far before the newest minute a new run begins: what came late to the last run is made up for. */
const RESUMED_MS = 3_600_000;

/**
 * Keeps wide candles in step with those of a second, at a cost that grows with what is new and not with what is kept.
 *
 * Whoever stores candles tells their times; only candles in which something new lies are made again. Minutes are made
 * once they are over; wider ones grow minute by minute. Made again from the same rows they are the same.
 */
@Injectable()
export class CandleRoller {
  private oldestNewMs: number | null = null;
  private newestNewMs = 0;
  private isResumed = false;

  constructor(private readonly rollups: RollupRepository) {}

  /** Notes that a candle of a second with this start was stored. */
  note(startMs: number): void {
    this.oldestNewMs = Math.min(this.oldestNewMs ?? startMs, startMs);
    this.newestNewMs = Math.max(this.newestNewMs, startMs);
  }

  /**
   * Makes the candles in which something is new.
   *
   * @param nowMs - Our clock: the minute in which it lies is not over.
   * @param signal - Ends it between two statements; what was not made is made the next time.
   * @throws {DatabaseError} When the database is away; the same is made the next time.
   */
  async roll(nowMs: number, signal?: AbortSignal): Promise<void> {
    const fromMs = await this.startMs();
    if (fromMs === null) return;
    const newestMs = Math.max(this.newestNewMs, fromMs);
    this.oldestNewMs = null;
    try {
      for (const width of CANDLE_WIDTHS) if (width !== '1s') await this.rollWidth(width, fromMs, nowMs, signal);
    } catch (error) {
      this.note(fromMs);
      throw error;
    }
    const overMs = candleStart('1m', nowMs);
    if (signal?.aborted) this.note(fromMs);
    else if (newestMs >= overMs) this.note(overMs);
  }

  private async rollWidth(
    width: Exclude<CandleWidth, '1s'>,
    fromMs: number,
    nowMs: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const step = CANDLES_PER_STATEMENT * WIDTH_MS[width];
    const endMs = candleStart('1m', nowMs);
    for (let start = candleStart(width, fromMs); start < endMs; start += step) {
      if (signal?.aborted) return;
      await this.rollups.roll(width, start, Math.min(start + step, endMs));
    }
  }

  /** The oldest time at which something is new; the first time, also what the last run may have left. */
  private async startMs(): Promise<number | null> {
    if (!this.isResumed) {
      const newest = await this.rollups.newestMinute();
      const left = newest === null ? await this.rollups.oldestSecond() : newest - RESUMED_MS;
      if (left !== null) this.note(left);
      this.isResumed = true;
    }
    return this.oldestNewMs;
  }
}
