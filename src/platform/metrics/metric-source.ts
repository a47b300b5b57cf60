import type { DurationHistogram } from './duration-histogram.js';
import type { MetricFamily, SetMetric } from './metric-family.js';

/**
 * What a feature tells Prometheus. A provider that extends this is found wherever its module stands.
 *
 * Features count in plain numbers and are asked at each scrape, so that nothing is added to the path of a book update.
 */
export abstract class MetricSource {
  /** Every family that `collect` sets. */
  abstract readonly families: readonly MetricFamily[];
  /** Histograms that the feature keeps itself. */
  readonly histograms: readonly DurationHistogram[] = [];

  /**
   * Reads every figure as it stands now. Costs the same however many symbols are watched: by exchange, reason or kind.
   *
   * @param set - Takes each figure.
   */
  abstract collect(set: SetMetric): void;
}
