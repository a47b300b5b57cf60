/** One line of figures. */
export interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One metric with all its lines. */
export interface ExposedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ExposedSample[];
}

const HEAD = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;
const TYPES = ['counter', 'gauge', 'histogram', 'summary'];
const SUFFIXES = { histogram: ['_bucket', '_sum', '_count'], summary: ['', '_sum', '_count'] } as const;

function valueOf(text: string): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  if (text === 'Nan' || text === 'NaN') return NaN;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw new Error(`not a number: ${text}`);
  return Number(text);
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const at = LABEL.lastIndex;
    const [, name, value] = LABEL.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new Error(`bad labels at ${at}: ${text}`);
    if (name in labels) throw new Error(`the label ${name} twice: ${text}`);
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}

interface Open {
  name: string;
  type: string | null;
  help: string;
  samples: ExposedSample[];
}

function belongs(name: string, { name: family, type }: Open): boolean {
  if (type !== 'histogram' && type !== 'summary') return name === family;
  return SUFFIXES[type].some((suffix) => name === `${family}${suffix}`);
}

/** What was read so far. */
class Reading {
  readonly families = new Map<string, Open>();
  private readonly seen = new Set<string>();
  private open: Open | null = null;

  take(line: string): void {
    const [, kind, name = '', rest = ''] = HEAD.exec(line) ?? [];
    if (kind === 'HELP') this.begin(name, rest);
    else if (kind === 'TYPE') this.setType(name, rest);
    else this.add(line);
  }

  private begin(name: string, help: string): void {
    if (this.families.has(name)) throw new Error(`told in two pieces: ${name}`);
    this.open = { name, type: null, help, samples: [] };
    this.families.set(name, this.open);
  }

  private setType(name: string, type: string): void {
    const { open } = this;
    if (open?.name !== name || open.type !== null || !TYPES.includes(type)) throw new Error(`misplaced: ${name}`);
    open.type = type;
  }

  private add(line: string): void {
    const { open } = this;
    const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
    if (!open || !belongs(name, open)) throw new Error(`belongs to no metric: ${line}`);
    const key = line.slice(0, line.lastIndexOf(' '));
    if (this.seen.has(key)) throw new Error(`told twice: ${line}`);
    this.seen.add(key);
    open.samples.push({ name, labels: labelsOf(labels), value: valueOf(value) });
  }
}

/**
 * Reads the text format of Prometheus, version 0.0.4, more strictly than Prometheus does: every family with its help
 * and type, in one piece, no line twice, counters from 0 up, buckets that only grow and end in `+Inf`.
 *
 * @throws {Error} That names the line which breaks a rule.
 */
export function parseExposition(text: string): Map<string, ExposedFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const reading = new Reading();
  for (const line of text.split('\n')) if (line !== '') reading.take(line);
  for (const family of reading.families.values()) check(family);
  return reading.families as Map<string, ExposedFamily>;
}

function check({ name, type, help, samples }: Open): void {
  if (type === null || help === '') throw new Error(`no type or help: ${name}`);
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) throw new Error(`not a counter: ${name}`);
  if (type === 'histogram') checkHistogram(name, samples);
}

function checkHistogram(name: string, samples: readonly ExposedSample[]): void {
  const series = new Map<string, ExposedSample[]>();
  for (const sample of samples) {
    const key = JSON.stringify(Object.entries(sample.labels).filter(([label]) => label !== 'le'));
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  for (const [key, own] of series) {
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`);
    const count = own.find((sample) => sample.name === `${name}_count`)?.value;
    const last = buckets.at(-1);
    if (last?.labels['le'] !== '+Inf' || last.value !== count) throw new Error(`no whole histogram: ${name}${key}`);
    buckets.reduce((before, { value }) => {
      if (value < before) throw new Error(`buckets shrink: ${name}${key}`);
      return value;
    }, 0);
  }
}

/** The sum of every line of a metric whose labels are those given and any others. */
export function sumOf(
  families: ReadonlyMap<string, ExposedFamily>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));
  const meant = (family?.samples ?? []).filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  return meant.reduce((sum, { value }) => sum + value, 0);
}
