import { Histogram } from 'prom-client';

/** What describes a histogram of durations. */
export interface DurationHistogramParts<L extends string> {
  /** Ends in `_seconds`. */
  readonly name: string;
  readonly help: string;
  readonly labels: readonly L[];
  /** Upper bounds, seconds, ascending. */
  readonly buckets: readonly number[];
}

/** Durations in buckets that are fixed: observing one adds to a few plain numbers. */
export class DurationHistogram<L extends string = string> {
  /** For the registry alone. */
  readonly inner: Histogram;
  readonly name: string;

  constructor({ name, help, labels, buckets }: DurationHistogramParts<L>) {
    if (!/^crossbook_[a-z0-9_]+_seconds$/.test(name)) {
      throw new RangeError(`a histogram of durations must be named crossbook_…_seconds, was ${JSON.stringify(name)}`);
    }
    this.name = name;
    // No registry: the one of the service takes it when it finds its source.
    this.inner = new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [] });
  }

  /**
   * Adds one duration.
   *
   * @param durationMs - Milliseconds, told in seconds.
   * @param labels - A value of each label.
   */
  observeMs(durationMs: number, labels: Readonly<Record<L, string>>): void {
    this.inner.observe(labels, durationMs / 1_000);
  }
}
