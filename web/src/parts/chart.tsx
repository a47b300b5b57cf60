import { useEffect, useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { theme, zone } from '../choices.js';
import { clock } from '../format.js';

/** One line of a chart. */
export interface Line {
  readonly label: string;
  /** Name of a custom property of the style sheet, such as `--accent`. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  /** Draws steps instead of slopes, bars instead of a line. */
  readonly shape?: 'line' | 'steps' | 'bars';
  readonly dash?: number[];
  readonly fill?: boolean;
}

/** What a chart shows. */
export interface ChartProps {
  /** Says it to those who do not see it. */
  readonly title: string;
  /** Times in epoch ms, or plain numbers where `isTime` is false; ascending. */
  readonly x: readonly number[];
  readonly lines: readonly Line[];
  readonly height?: number;
  readonly isTime?: boolean;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Writes a value of the y axis. */
  readonly format?: (value: number) => string;
}

function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function seriesOf({ label, colour, shape = 'line', dash, fill }: Line): uPlot.Series {
  const paths = { line: uPlot.paths.linear, steps: uPlot.paths.stepped, bars: uPlot.paths.bars }[shape];
  const made = shape === 'steps' ? paths?.({ align: 1 }) : paths?.();
  return {
    label,
    stroke: () => colourOf(colour),
    width: 1.5,
    points: { show: false },
    spanGaps: false,
    ...(made && { paths: made }),
    ...(dash && { dash }),
    ...((fill === true || shape === 'bars') && {
      fill: () => `color-mix(in srgb, ${colourOf(colour)} 35%, transparent)`,
    }),
  };
}

function axis(label: string | undefined, values?: (value: number) => string): uPlot.Axis {
  return {
    stroke: () => colourOf('--dim'),
    grid: { stroke: () => colourOf('--line'), width: 1 },
    ticks: { stroke: () => colourOf('--line'), width: 1 },
    font: '11px system-ui, sans-serif',
    labelFont: '11px system-ui, sans-serif',
    ...(label !== undefined && { label, labelSize: 16 }),
    ...(values && { values: (_: uPlot, splits: number[]) => splits.map((split) => values(split)), size: 62 }),
  };
}

/** Times of an axis: as much of date and time as tells its steps apart, 24 hours, in the chosen zone. */
function timesOf(_: uPlot, splits: number[], __: number, ___: number, stepS: number): string[] {
  const isUtc = zone.value === 'utc';
  const format = new Intl.DateTimeFormat(undefined, {
    ...(stepS >= 21_600 && { month: '2-digit', day: '2-digit' }),
    ...(stepS < 86_400 && { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    ...(stepS < 60 && { second: '2-digit' }),
    ...(isUtc && { timeZone: 'UTC' }),
  });
  return splits.map((split) => format.format(split * 1_000));
}

/** Lines over time or over another figure. Redrawn whole when what it shows changes in shape, else only its data. */
export function Chart(props: ChartProps): JSX.Element {
  const { title, x, lines, height = 190, isTime = true, xLabel, yLabel, format } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const data = [
    isTime ? x.map((ms) => ms / 1_000) : [...x],
    ...lines.map((line) => [...line.values]),
  ] as uPlot.AlignedData;
  const shape = JSON.stringify([lines.map(({ label, colour, shape }) => [label, colour, shape]), height, isTime]);
  const look = `${theme.value}/${zone.value}`;
  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const made = new uPlot(
      {
        width: Math.max(200, element.clientWidth),
        height,
        scales: { x: { time: isTime } },
        ...(isTime && zone.value === 'utc' && { tzDate: (s: number) => uPlot.tzDate(new Date(s * 1_000), 'Etc/UTC') }),
        cursor: { drag: { x: false, y: false } },
        legend: { live: true },
        axes: [{ ...axis(xLabel), ...(isTime && { values: timesOf, space: 70 }) }, axis(yLabel, format)],
        series: [
          isTime
            ? { value: (_: uPlot, s: number | null) => (s === null ? '–' : clock(s * 1_000)) }
            : { label: xLabel ?? 'x' },
          ...lines.map(seriesOf),
        ],
      },
      data,
      element,
    );
    plot.current = made;
    const watching = new ResizeObserver(() => {
      made.setSize({ width: Math.max(200, element.clientWidth), height });
    });
    watching.observe(element);
    return () => {
      watching.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, look]);
  useEffect(() => {
    plot.current?.setData(data);
  });
  return <div class="chart" ref={host} role="img" aria-label={title} />;
}
