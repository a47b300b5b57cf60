import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import type { DetectorSink } from '../core/detector/detector-sink.js';
import type { RefusalMinute, RefusalReason } from '../core/gates/refusal-reason.js';
import type { CloseReason, OpportunityEvent } from '../core/opportunity/opportunity.js';
import type { SpreadCandle } from '../core/spread-history/spread-candle.js';

/** What a replay decided, in numbers. */
export interface ReplayCounts {
  readonly opened: number;
  readonly updated: number;
  readonly closed: Readonly<Partial<Record<CloseReason, number>>>;
  /** Entries into each reason. */
  readonly refused: Readonly<Partial<Record<RefusalReason, number>>>;
  readonly spreads: number;
}

/**
 * Takes what a detector decides as lines of JSON, counts it, and gives the lines their fingerprint: two replays with one
 * fingerprint decided the same, byte for byte.
 *
 * Lines wait for {@link flush}, which the replay calls after each part of the capture.
 */
export class ReplayOutput implements DetectorSink {
  private readonly hash = createHash('sha256');
  private lines = '';
  private opened = 0;
  private updated = 0;
  private candles = 0;
  private readonly closed: Partial<Record<CloseReason, number>> = {};
  private readonly refused: Partial<Record<RefusalReason, number>> = {};

  /** @param to - Where the lines go; null where only the numbers and the fingerprint are wanted. */
  constructor(private readonly to: Writable | null) {}

  opportunity(event: OpportunityEvent): void {
    const { closeReason } = event.opportunity;
    if (event.event === 'opened') this.opened += 1;
    else if (event.event === 'updated') this.updated += 1;
    else if (closeReason !== null) this.closed[closeReason] = (this.closed[closeReason] ?? 0) + 1;
    this.write('opportunity', event);
  }

  refusals(minutes: readonly RefusalMinute[]): void {
    for (const minute of minutes) {
      this.refused[minute.reason] = (this.refused[minute.reason] ?? 0) + minute.entries;
      this.write('refusals', minute);
    }
  }

  spreads(candles: readonly SpreadCandle[]): void {
    this.candles += candles.length;
    for (const candle of candles) this.write('spread', candle);
  }

  /** Sends the lines on; resolves when there is room for more. */
  async flush(): Promise<void> {
    const { lines, to } = this;
    if (lines === '') return;
    this.lines = '';
    this.hash.update(lines);
    if (to === null) return;
    await new Promise<void>((resolve, reject) => {
      to.write(lines, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  get counts(): ReplayCounts {
    const { opened, updated, closed, refused, candles } = this;
    return { opened, updated, closed, refused, spreads: candles };
  }

  /** Gives sha256 of all lines in hex; nothing may come after it. */
  digest(): string {
    return this.hash.digest('hex');
  }

  private write(type: string, said: object): void {
    this.lines += `${JSON.stringify({ type, ...said })}\n`;
  }
}
