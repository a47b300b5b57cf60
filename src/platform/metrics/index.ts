export { DurationHistogram } from './duration-histogram.js';
export { installMetrics } from './install-metrics.js';
export { counter, gauge, type MetricFamily, type SetMetric } from './metric-family.js';
export { MetricSource } from './metric-source.js';
export { MetricsModule } from './metrics.module.js';
export { Tally } from './tally.js';
