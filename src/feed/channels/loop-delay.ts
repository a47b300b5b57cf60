const PROBE_MS = 10;

/** How late the event loop came to its probes, milliseconds. */
export interface LoopDelays {
  readonly meanMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/**
 * Probes the event loop every 10 ms while it is asked to. Node's own histogram forgets with each reset when it probed last,
 * and so misses a delay that begins there. Bounded by the probes between two takes.
 */
export class LoopDelay {
  private delays: number[] = [];
  private lastMs = 0;
  private timer: NodeJS.Timeout | null = null;

  start(): void {
    this.stop();
    this.delays = [];
    this.lastMs = performance.now();
    this.timer = setInterval(() => {
      this.probe();
    }, PROBE_MS).unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  /** The delays since the last take; one that lasts until now is among them. */
  take(): LoopDelays {
    // A probe that is overdue would count its whole delay in the next period.
    if (this.delays.length === 0 || performance.now() - this.lastMs > PROBE_MS) this.probe();
    const sorted = this.delays.sort((a, b) => a - b);
    this.delays = [];
    const at = (part: number): number => rounded(sorted[Math.ceil(sorted.length * part) - 1] ?? 0);
    const sum = sorted.reduce((total, delay) => total + delay, 0);
    return { meanMs: rounded(sum / sorted.length), p99Ms: at(0.99), maxMs: at(1) };
  }

  private probe(): void {
    const nowMs = performance.now();
    this.delays.push(Math.max(0, nowMs - this.lastMs - PROBE_MS));
    this.lastMs = nowMs;
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
