import { crossed, type Distortion, emptied, thinned } from '../world/distortion.js';
import type { BookFault } from './fault.js';
import { Lasting } from './lasting.js';

/** Faults of the published books of one exchange; at most one at a time per book, a later one replaces the earlier. */
export class BookFaults {
  private readonly faults: Lasting<BookFault>;
  private readonly delisted = new Set<string>();

  constructor(now: () => number) {
    this.faults = new Lasting(now);
  }

  /** Puts a fault in force. */
  inject(fault: BookFault): void {
    this.faults.set(fault.symbol ?? '*', fault, fault.durationMs);
  }

  /** Takes a symbol off the market. */
  delist(symbol: string): void {
    this.delisted.add(symbol);
  }

  /** Puts a symbol back on the market. */
  relist(symbol: string): void {
    this.delisted.delete(symbol);
  }

  /** Ends all of them. */
  clear(): void {
    this.faults.clear();
    this.delisted.clear();
  }

  /** True while a symbol is off the market. */
  isDelisted(symbol: string): boolean {
    return this.delisted.has(symbol);
  }

  /** True while a book does not change. */
  isFrozen(symbol: string): boolean {
    return this.faults.of(symbol)?.fault === 'frozen';
  }

  /** What a book is bent by; null leaves it as it is quoted. */
  distortionOf(symbol: string): Distortion | null {
    const fault = this.faults.of(symbol);
    switch (fault?.fault) {
      case 'oneSided':
        return emptied(fault.side === 'bids' ? 'bid' : 'ask');
      case 'crossed':
        return crossed(fault.bps);
      case 'thin':
        return thinned(fault.levels);
      case 'frozen':
      case undefined:
        return null;
    }
  }
}
