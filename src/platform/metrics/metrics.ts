import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { Log } from '../logging/index.js';
import { counter, type MetricFamily, type SetMetric } from './metric-family.js';
import type { MetricSource } from './metric-source.js';
import { Tally } from './tally.js';

type Labels = Readonly<Record<string, string>>;

/** One source with what the registry keeps for each of its families. */
interface Registered {
  readonly source: MetricSource;
  readonly instruments: ReadonlyMap<string, Counter | Gauge>;
}

const ERRORS = counter(
  'crossbook_metrics_source_errors_total',
  'Scrapes in which the figures of a source could not be read and were left out',
  'source',
);

/**
 * Every metric of the service, in a registry of its own.
 *
 * Sources are read at the scrape, all in one turn of the event loop, so that one answer shows one moment.
 */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly registered: Registered[] = [];
  private readonly failing = new Set<MetricSource>();
  private readonly errors = new Tally(ERRORS);
  private readonly errorCounter: Counter;

  constructor(private readonly log: Log) {
    this.errorCounter = this.counterOf(ERRORS);
  }

  /** The media type of {@link text}. */
  static readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  /** Adds what node tells of the process: `process_…` and `nodejs_…`. */
  addProcessDefaults(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /**
   * Adds a source.
   *
   * @param source - Who is asked at each scrape.
   * @throws {Error} If another source has a metric of the same name.
   */
  add(source: MetricSource): void {
    const instruments = new Map(
      source.families.map((family) => [
        family.name,
        family.type === 'counter' ? this.counterOf(family) : this.gaugeOf(family),
      ]),
    );
    for (const { inner } of source.histograms) this.registry.registerMetric(inner);
    this.registered.push({ source, instruments });
  }

  /**
   * Reads every source and tells all as Prometheus reads it.
   *
   * @returns The text exposition format, version 0.0.4.
   */
  text(): Promise<string> {
    for (const one of this.registered) this.collect(one);
    this.errorCounter.reset();
    this.errors.tell((_family, value, labels) => {
      this.errorCounter.inc(labels, value);
    });
    return this.registry.metrics();
  }

  /** One source that fails is left out whole: the others are worth reading all the same. */
  private collect({ source, instruments }: Registered): void {
    const reset = (): void => {
      for (const instrument of instruments.values()) instrument.reset();
    };
    const set: SetMetric = (family, value, labels) => {
      const instrument = instruments.get(family.name);
      if (!instrument) throw new Error(`${family.name} is not among the families of its source`);
      // The library takes NaN for a number, and every sum that it comes to is NaN from then on.
      if (!Number.isFinite(value)) throw new RangeError(`${family.name} must be a finite number, was ${value}`);
      instrument.inc(labels as Labels, value);
    };
    reset();
    try {
      source.collect(set);
      this.failing.delete(source);
    } catch (error) {
      reset();
      this.tellFailing(source, error);
    }
  }

  private tellFailing(source: MetricSource, error: unknown): void {
    const { name } = source.constructor;
    this.errors.add({ source: name });
    if (this.failing.has(source)) return;
    this.failing.add(source);
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.log.error('some metrics cannot be read and are left out', { source: name, reason });
  }

  private counterOf({ name, help, labels }: MetricFamily): Counter {
    return new Counter({ name, help, labelNames: [...labels], registers: [this.registry] });
  }

  private gaugeOf({ name, help, labels }: MetricFamily): Gauge {
    return new Gauge({ name, help, labelNames: [...labels], registers: [this.registry] });
  }
}
