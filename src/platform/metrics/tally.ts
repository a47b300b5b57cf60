import type { MetricFamily, SetMetric } from './metric-family.js';

interface Counted<L extends string> {
  readonly labels: Readonly<Record<L, string>>;
  count: number;
}

/** Counts by labels, for what is rare. Bounded by the values that its labels may take. */
export class Tally<L extends string> {
  private readonly byLabels = new Map<string, Counted<L>>();

  constructor(readonly family: MetricFamily<L>) {}

  /** Adds one, or as many as given. */
  add(labels: Readonly<Record<L, string>>, count = 1): void {
    const key = this.family.labels.map((name) => labels[name]).join('\0');
    const known = this.byLabels.get(key);
    if (known) known.count += count;
    else this.byLabels.set(key, { labels, count });
  }

  /** Gives every count. */
  tell(set: SetMetric): void {
    for (const { labels, count } of this.byLabels.values()) set(this.family, count, labels);
  }
}
