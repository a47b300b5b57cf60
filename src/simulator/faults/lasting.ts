/** Values that hold for a time, one per key; setting a key again replaces what was there. */
export class Lasting<Value> {
  // Bounded by the keys that callers use: kinds, symbols, and paths as `bound` allows.
  private readonly entries = new Map<string, { readonly value: Value; readonly untilMs: number }>();

  constructor(private readonly now: () => number) {}

  /** Lets a value hold from now on; infinite durations end with `clear`. */
  set(key: string, value: Value, durationMs: number): void {
    this.entries.set(key, { value, untilMs: this.now() + durationMs });
  }

  /** The value of a key while it holds. */
  get(key: string): Value | null {
    const entry = this.entries.get(key);
    if (!entry) return null;
    if (this.now() < entry.untilMs) return entry.value;
    this.entries.delete(key);
    return null;
  }

  /** The value for a symbol, or the one for all symbols. */
  of(symbol: string): Value | null {
    return this.entries.size === 0 ? null : (this.get(symbol) ?? this.get('*'));
  }

  /** Every value that holds, oldest key first. */
  values(): readonly Value[] {
    const nowMs = this.now();
    for (const [key, { untilMs }] of this.entries) if (untilMs <= nowMs) this.entries.delete(key);
    return [...this.entries.values()].map(({ value }) => value);
  }

  /** Keeps so many at most; the oldest go first. */
  bound(most: number): void {
    for (const key of this.entries.keys()) {
      if (this.entries.size <= most) return;
      this.entries.delete(key);
    }
  }

  /** Ends all of them. */
  clear(): void {
    this.entries.clear();
  }
}
