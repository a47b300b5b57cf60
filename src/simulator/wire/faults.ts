/** What can be made to go wrong on purpose. */
export const FAULT_KINDS = ['drop', 'kill', 'freeze', 'corrupt', 'refuse', 'restFail', 'clear'] as const;

/** One of the faults. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault to inject; it touches the wire only, never the true books. */
export interface Fault {
  readonly exchange: string;
  /** Limits `drop`, `freeze`, `corrupt` and `kill` to one symbol. */
  readonly symbol?: string;
  readonly fault: FaultKind;
  /** Frames to drop or to corrupt, per symbol; default 1. */
  readonly count?: number;
  /** How long `freeze`, `refuse` and `restFail` last; default 10 s. */
  readonly durationMs?: number;
}

const DEFAULT_DURATION_MS = 10_000;

interface Counted {
  readonly fault: 'drop' | 'corrupt';
  readonly symbol: string | null;
  readonly left: Map<string, number>;
  readonly count: number;
}

/** The faults of one exchange that are in force. */
export class ExchangeFaults {
  // Bounded: one per kind and symbol, a later one replaces the earlier.
  private readonly counted = new Map<string, Counted>();
  private readonly until = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  /** Puts a fault in force; `kill` is done by the caller, `clear` ends all of them. */
  inject(fault: Fault): void {
    const key = `${fault.fault}:${fault.symbol ?? '*'}`;
    switch (fault.fault) {
      case 'clear':
        this.counted.clear();
        this.until.clear();
        return;
      case 'drop':
      case 'corrupt':
        this.counted.set(key, {
          ...{ fault: fault.fault, symbol: fault.symbol ?? null, left: new Map<string, number>() },
          count: fault.count ?? 1,
        });
        return;
      case 'freeze':
      case 'refuse':
      case 'restFail':
        this.until.set(key, this.now() + (fault.durationMs ?? DEFAULT_DURATION_MS));
        return;
      case 'kill':
        return;
    }
  }

  /** True when the symbol's next frame is to be dropped or corrupted; counts it. */
  take(fault: 'drop' | 'corrupt', symbol: string): boolean {
    if (this.counted.size === 0) return false;
    for (const counted of this.counted.values()) {
      if (counted.fault !== fault || (counted.symbol ?? symbol) !== symbol) continue;
      const left = counted.left.get(symbol) ?? counted.count;
      if (left === 0) continue;
      counted.left.set(symbol, left - 1);
      return true;
    }
    return false;
  }

  /** True while no market data leaves for the symbol; null asks for the whole exchange. */
  isFrozen(symbol: string | null): boolean {
    return this.lasts('freeze:*') || (symbol !== null && this.lasts(`freeze:${symbol}`));
  }

  /** True while new sockets are refused. */
  get isRefusing(): boolean {
    return this.lasts('refuse:*');
  }

  /** True while REST answers 503. */
  get isRestFailing(): boolean {
    return this.lasts('restFail:*');
  }

  private lasts(key: string): boolean {
    const end = this.until.get(key);
    return end !== undefined && this.now() < end;
  }
}
