import type { FrameFault } from './fault.js';
import { Lasting } from './lasting.js';

type CountedKind = 'drop' | 'duplicate' | 'reorder' | 'corrupt';

interface Counted {
  readonly count: number;
  /** What is left per symbol. */
  readonly left: Map<string, number>;
}

/** What happens to the frames of one step on their way to everyone who listens. */
export interface FrameFate {
  readonly isLost: boolean;
  /** Times that it is sent. */
  readonly copies: number;
  /** True when it lets the next frame of its topic go first. */
  readonly isSwapped: boolean;
  /** When it may leave at the earliest, epoch ms; null leaves at once. */
  readonly dueMs: number | null;
}

/** The fate of a frame that nothing happens to. */
export const UNHARMED: FrameFate = { isLost: false, copies: 1, isSwapped: false, dueMs: null };

/** Decides what happens to the frames of an exchange; a step of a symbol counts once, whatever the topics it is told in. */
export class FrameFaults {
  // Bounded: one per kind and symbol, a later one replaces the earlier.
  private readonly counted = new Map<string, Counted>();
  private readonly frozen: Lasting<true>;
  private readonly delays: Lasting<(nowMs: number) => number>;
  private readonly overtaken = new Set<string>();

  constructor(private readonly now: () => number) {
    this.frozen = new Lasting(now);
    this.delays = new Lasting(now);
  }

  /** Puts a fault in force. */
  inject(fault: FrameFault): void {
    const { symbol = '*' } = fault;
    if (fault.fault === 'freeze') {
      this.frozen.set(symbol, true, fault.durationMs);
    } else if (fault.fault === 'delay') {
      const { delayMs, durationMs } = fault;
      const endMs = this.now() + durationMs;
      this.delays.set(symbol, delayMs === undefined ? () => endMs : (nowMs) => nowMs + delayMs, durationMs);
    } else {
      this.counted.set(`${fault.fault}:${symbol}`, { count: fault.count, left: new Map<string, number>() });
    }
  }

  /** Ends all of them. */
  clear(): void {
    this.counted.clear();
    this.frozen.clear();
    this.delays.clear();
    this.overtaken.clear();
  }

  /** True while no market data leaves for the symbol; null asks for the whole exchange. */
  isFrozen(symbol: string | null): boolean {
    return (symbol === null ? this.frozen.get('*') : this.frozen.of(symbol)) !== null;
  }

  /** True when the symbol's next frame is to carry a wrong sequence or checksum; it counts when its fate is taken. */
  isCorrupting(symbol: string): boolean {
    return this.find('corrupt', symbol) !== null;
  }

  /** Decides the fate of a symbol's next frame and counts it. */
  take(symbol: string): FrameFate {
    this.count('corrupt', symbol);
    const isLost = this.count('drop', symbol) || this.isFrozen(symbol);
    const dueMs = this.delays.of(symbol)?.(this.now()) ?? null;
    if (this.counted.size === 0 && dueMs === null && !isLost) return UNHARMED;
    if (isLost) return { ...UNHARMED, isLost };
    return { isLost, copies: this.count('duplicate', symbol) ? 2 : 1, isSwapped: this.swaps(symbol), dueMs };
  }

  // The frame after a swapped one is the other half of that swap.
  private swaps(symbol: string): boolean {
    if (this.overtaken.delete(symbol) || !this.count('reorder', symbol)) return false;
    this.overtaken.add(symbol);
    return true;
  }

  private count(kind: CountedKind, symbol: string): boolean {
    const found = this.find(kind, symbol);
    if (!found) return false;
    found.counted.left.set(symbol, found.left - 1);
    return true;
  }

  private find(kind: CountedKind, symbol: string): { counted: Counted; left: number } | null {
    for (const key of [`${kind}:${symbol}`, `${kind}:*`]) {
      const counted = this.counted.get(key);
      const left = counted?.left.get(symbol) ?? counted?.count ?? 0;
      if (counted && left > 0) return { counted, left };
    }
    return null;
  }
}
