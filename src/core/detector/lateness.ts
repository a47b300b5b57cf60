import type { TickEvent } from '../input/market-event.js';

/**
 * How far our own queue or event loop is behind, from the clock's ticks: what the last one told, and how long the next
 * one is overdue.
 */
export class Lateness {
  private toldMs = 0;
  private tickedAtMs: number | null = null;

  /** @param tickMs - Time between two ticks. */
  constructor(private readonly tickMs: number) {}

  /**
   * Takes a tick.
   *
   * @param tick - The tick.
   */
  take({ nowMs, loopDelayMs, queueMs }: TickEvent): void {
    this.toldMs = Math.max(loopDelayMs, queueMs);
    this.tickedAtMs = nowMs;
  }

  /**
   * @param nowMs - Our clock.
   * @returns Milliseconds; 0 before the first tick.
   */
  at(nowMs: number): number {
    if (this.tickedAtMs === null) return 0;
    return Math.max(this.toldMs, nowMs - this.tickedAtMs - this.tickMs);
  }
}
