import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { register } from 'prom-client';
import { parseExposition, sumOf } from '../../../test/metrics/exposition.js';
import { Log } from '../logging/index.js';
import { DurationHistogram } from './duration-histogram.js';
import { counter, gauge, type SetMetric } from './metric-family.js';
import { MetricSource } from './metric-source.js';
import { Metrics } from './metrics.js';
import { Tally } from './tally.js';

const COUNTED = counter('crossbook_things_total', 'Things that were counted', 'kind');
const NOW = gauge('crossbook_things', 'Things that are there');

class Things extends MetricSource {
  override readonly families = [COUNTED, NOW];
  readonly tally = new Tally(COUNTED);
  readonly times = new DurationHistogram({
    name: 'crossbook_thing_seconds',
    help: 'Time of a thing',
    labels: ['kind'],
    buckets: [0.01, 0.1],
  });
  override readonly histograms = [this.times];
  there = 0;
  fault: Error | null = null;

  override collect(set: SetMetric): void {
    this.tally.tell(set);
    if (this.fault) throw this.fault;
    set(NOW, this.there, {});
  }
}

function setUp() {
  const lines: string[] = [];
  const log = new Log(pino({ level: 'debug' }, { write: (line) => lines.push(line) }));
  const metrics = new Metrics(log);
  const things = new Things();
  metrics.add(things);
  return { metrics, things, lines, read: async () => parseExposition(await metrics.text()) };
}

describe('Metrics', () => {
  it('tells what its sources count at the moment of the scrape, however often it is asked', async () => {
    const { things, read } = setUp();
    things.tally.add({ kind: 'a' });
    things.tally.add({ kind: 'b' }, 4);
    things.there = 3;
    await read();
    things.tally.add({ kind: 'a' });
    things.there = -1;
    const told = await read();
    expect(told.get('crossbook_things_total')).toEqual({
      name: 'crossbook_things_total',
      type: 'counter',
      help: 'Things that were counted',
      samples: [
        { name: 'crossbook_things_total', labels: { kind: 'a' }, value: 2 },
        { name: 'crossbook_things_total', labels: { kind: 'b' }, value: 4 },
      ],
    });
    expect(sumOf(told, 'crossbook_things')).toBe(-1);
  });

  it('escapes what a label holds', async () => {
    const { things, read } = setUp();
    const kind = 'a "quoted" back\\slash\nand line';
    things.tally.add({ kind });
    expect(sumOf(await read(), 'crossbook_things_total', { kind })).toBe(1);
  });

  it('tells durations in seconds', async () => {
    const { things, read } = setUp();
    for (const durationMs of [4, 50, 2_000]) things.times.observeMs(durationMs, { kind: 'a' });
    const told = await read();
    const bucket = (le: string): number => sumOf(told, 'crossbook_thing_seconds_bucket', { le });
    expect([bucket('0.01'), bucket('0.1'), bucket('+Inf')]).toEqual([1, 2, 3]);
    expect(sumOf(told, 'crossbook_thing_seconds_sum')).toBeCloseTo(2.054);
  });

  it('leaves a source out that fails, says so once, and tells the others', async () => {
    const { metrics, things, lines, read } = setUp();
    class Others extends MetricSource {
      override readonly families = [gauge('crossbook_others', 'Others that are there')];
      override collect(set: SetMetric): void {
        set(this.families[0]!, 7, {});
      }
    }
    metrics.add(new Others());
    things.tally.add({ kind: 'a' });
    things.fault = new Error('the counters are gone');
    await read();
    const told = await read();
    expect(told.get('crossbook_things_total')?.samples).toEqual([]);
    expect(sumOf(told, 'crossbook_others')).toBe(7);
    expect(sumOf(told, 'crossbook_metrics_source_errors_total', { source: 'Things' })).toBe(2);
    expect(lines.filter((line) => line.includes('the counters are gone'))).toHaveLength(1);
    things.fault = null;
    expect(sumOf(await read(), 'crossbook_things_total')).toBe(1);
  });

  it('counts a source as failed that tells what it did not name, or what is no figure', async () => {
    const { metrics, read } = setUp();
    class Wrong extends MetricSource {
      override readonly families = [gauge('crossbook_wrong', 'A figure')];
      value = NaN;
      family = this.families[0]!;
      override collect(set: SetMetric): void {
        set(this.family, this.value, {});
      }
    }
    const wrong = new Wrong();
    metrics.add(wrong);
    expect(sumOf(await read(), 'crossbook_metrics_source_errors_total', { source: 'Wrong' })).toBe(1);
    wrong.value = 1;
    wrong.family = NOW;
    expect(sumOf(await read(), 'crossbook_metrics_source_errors_total', { source: 'Wrong' })).toBe(2);
  });

  it('refuses a second metric of one name', () => {
    const { metrics } = setUp();
    expect(() => {
      metrics.add(new Things());
    }).toThrow(/crossbook_things_total/);
  });

  it('tells of the process, and keeps out of the registry that all of a process share', async () => {
    const { metrics, read } = setUp();
    metrics.addProcessDefaults();
    const told = await read();
    expect(sumOf(told, 'process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
    expect(told.has('nodejs_eventloop_lag_seconds')).toBe(true);
    expect(register.getMetricsAsArray()).toEqual([]);
  });
});

describe('names', () => {
  it.each([
    () => counter('crossbook_things', 'No suffix'),
    () => gauge('crossbook_things_total', 'A suffix too many'),
    () => gauge('things', 'No prefix'),
    () => new DurationHistogram({ name: 'crossbook_time_ms', help: 'Not seconds', labels: [], buckets: [1] }),
  ])('that break the conventions are refused', (make) => {
    expect(make).toThrow(RangeError);
  });
});
