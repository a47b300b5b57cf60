const NAME = /^crossbook_[a-z][a-z0-9_]*$/;

/** A metric with its labels, as Prometheus names them: base units, `_total` for what only grows. */
export interface MetricFamily<L extends string = string> {
  readonly type: 'counter' | 'gauge';
  readonly name: string;
  /** One sentence without a full stop; docs/metrics.md repeats it. */
  readonly help: string;
  /** Each takes values from a set that is bounded; none is ever a symbol, a path, an address or a text of a client. */
  readonly labels: readonly L[];
}

/** Gives a figure of a family; the same family and labels twice in one collection add up. */
export type SetMetric = <L extends string>(
  family: MetricFamily<L>,
  value: number,
  labels: Readonly<Record<L, string>>,
) => void;

function named<L extends string>(family: MetricFamily<L>): MetricFamily<L> {
  const { name, type } = family;
  if (!NAME.test(name)) throw new RangeError(`a metric must be named crossbook_…, was ${JSON.stringify(name)}`);
  if (name.endsWith('_total') !== (type === 'counter')) {
    throw new RangeError(`counters, and nothing else, end in _total: ${name} is a ${type}`);
  }
  return family;
}

/**
 * Describes what only grows.
 *
 * @param name - Ends in `_total`.
 * @param help - What it counts.
 * @param labels - Names of its labels.
 * @throws {RangeError} If the name breaks the conventions.
 */
export function counter<L extends string = never>(name: string, help: string, ...labels: L[]): MetricFamily<L> {
  return named({ type: 'counter', name, help, labels });
}

/**
 * Describes what goes up and down.
 *
 * @param name - Ends in its unit where it has one: `_seconds`, `_bytes`.
 * @param help - What it measures.
 * @param labels - Names of its labels.
 * @throws {RangeError} If the name breaks the conventions.
 */
export function gauge<L extends string = never>(name: string, help: string, ...labels: L[]): MetricFamily<L> {
  return named({ type: 'gauge', name, help, labels });
}
